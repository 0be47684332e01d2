"""Which rights a person has where they live, by when an answer is due, and who hears complaints (notes: GDPR Art. 12-22, UK GDPR,
California Civil Code 1798.100-135 with its Regulations, title 11)."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from ringtrue.privacy.periods import add
from ringtrue.rights.models import KINDS

EVERYWHERE = ("appeal", "child", "withdrawal")  # no law is needed to answer these
EUROPEAN = ("access", "portability", "correction", "deletion", "restriction", "objection")
CALIFORNIAN = ("access", "know", "portability", "correction", "deletion", "opt_out_sale", "limit_sensitive")


class Law(msgspec.Struct, frozen=True):
    name: str
    rights: tuple[str, ...]
    due: str  # a period
    extension: str  # by which it may be made longer, once, with a reason; "" where the law knows none


LAWS: dict[str, Law] = {
    "gdpr": Law("GDPR", EUROPEAN, "P1M", "P2M"),
    "uk": Law("UK GDPR", EUROPEAN, "P1M", "P2M"),
    "ccpa": Law("CCPA", CALIFORNIAN, "P45D", "P45D"),
    "other": Law("the policy of this business", (), "P45D", ""),
}
OPT_OUT_BUSINESS_DAYS = 15  # California, opting out of sale or sharing and limiting sensitive data: § 7026(f), § 7027(g)
CHILD_DUE = "P3D"  # "promptly", made a number

AUTHORITIES: dict[str, str] = {
    "AT": "Datenschutzbehörde, dsb.gv.at", "BE": "Autorité de protection des données, dataprotectionauthority.be",
    "BG": "Commission for Personal Data Protection, cpdp.bg", "HR": "AZOP, azop.hr",
    "CY": "Commissioner for Personal Data Protection, dataprotection.gov.cy", "CZ": "ÚOOÚ, uoou.gov.cz",
    "DK": "Datatilsynet, datatilsynet.dk", "EE": "Andmekaitse Inspektsioon, aki.ee", "FI": "Tietosuojavaltuutettu, tietosuoja.fi",
    "FR": "CNIL, cnil.fr", "DE": "BfDI or the authority of your state, bfdi.bund.de", "GR": "Hellenic Data Protection Authority, dpa.gr",
    "HU": "NAIH, naih.hu", "IE": "Data Protection Commission, dataprotection.ie", "IT": "Garante, garanteprivacy.it",
    "LV": "Datu valsts inspekcija, dvi.gov.lv", "LT": "VDAI, vdai.lrv.lt", "LU": "CNPD, cnpd.public.lu", "MT": "IDPC, idpc.org.mt",
    "NL": "Autoriteit Persoonsgegevens, autoriteitpersoonsgegevens.nl", "PL": "UODO, uodo.gov.pl", "PT": "CNPD, cnpd.pt",
    "RO": "ANSPDCP, dataprotection.ro", "SK": "Úrad na ochranu osobných údajov, dataprotection.gov.sk",
    "SI": "Informacijski pooblaščenec, ip-rs.si", "ES": "AEPD, aepd.es", "SE": "IMY, imy.se", "IS": "Persónuvernd, personuvernd.is",
    "LI": "Datenschutzstelle, datenschutzstelle.li", "NO": "Datatilsynet, datatilsynet.no",
    "GB": "Information Commissioner's Office, ico.org.uk", "CH": "FDPIC, edoeb.admin.ch",
    "US-CA": "California Privacy Protection Agency, cppa.ca.gov", "CA": "Privacy Commissioner of Canada, priv.gc.ca",
}  # fmt: skip
_NOT_GDPR = {"GB", "CH", "US-CA", "CA"}


def law_of(place: str) -> str:
    """`place`: "DE", "GB", "US-CA" ... A place that is not known has the law "other"."""
    place = place.upper()
    if place in AUTHORITIES and place not in _NOT_GDPR:
        return "gdpr"
    return {"GB": "uk", "US-CA": "ccpa"}.get(place, "other")


def authority(place: str) -> str:
    return AUTHORITIES.get(place.upper(), "the data protection authority or attorney general of the place where you live")


def rights_of(law: str, for_all: bool) -> list[str]:
    """Kinds of request that are open to a person, in the order of `KINDS`."""
    granted = set(KINDS) if for_all else {*LAWS[law].rights, *EVERYWHERE}
    return [kind for kind in KINDS if kind in granted]


def due_at(kind: str, law: str, received: datetime, *, promised: str, for_all: bool) -> datetime:
    """The earliest of what the policy promises and what the law asks; of every law where all people have all rights."""
    laws = LAWS.values() if for_all else [LAWS[law]]
    days = [add(received, promised), *(add(received, held.due) for held in laws)]
    if kind in ("opt_out_sale", "limit_sensitive"):
        days.append(after_business_days(received, OPT_OUT_BUSINESS_DAYS))
    if kind == "child":
        days.append(add(received, CHILD_DUE))
    return min(days)


def after_business_days(moment: datetime, days: int) -> datetime:
    while days:
        moment += timedelta(days=1)
        days -= moment.weekday() < 5
    return moment
