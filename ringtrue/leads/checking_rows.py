"""One row of a file, checked: either somebody who can be called, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import phonenumbers

from ringtrue.leads.mapping import Mapping
from ringtrue.leads.places import STATES
from ringtrue.leads.reading import LeadDetails
from ringtrue.leads.reading_tables import LONGEST_CELL

PROBLEMS: dict[str, str] = {
    "cells": "The row has more cells than there are headings. A comma or quotation mark may be in the wrong place.",
    "long": f"A cell has more than {LONGEST_CELL} characters.",
    "no_number": "There is no telephone number.",
    "number": "This is not a telephone number. Write it with its country code, such as +1 856 555 0100.",
    "country": "The country is not known. Write two letters, such as US.",
    "state": "The state or province is not known. Write its letters, such as TX.",
    "time_zone": "The time zone is not known. Write it like America/Chicago.",
    "email": "This is not an e-mail address.",
    "consent": "Whether the person agreed must be yes or no.",
    "consent_date": "The day of the agreement is missing, in the future, or not written like 2026-11-01.",
    "twice": "The same number stands further up in the file.",
    "there": "This number is already on the list.",
}
"""Kind of problem -> what is said to the person who uploaded the file."""

YES = frozenset({"yes", "y", "true", "1", "x", "ja", "si", "sí", "oui", "granted", "opted in"})
NO = frozenset({"no", "n", "false", "0", "", "nein", "non", "denied", "opted out"})
COUNTRIES = {
    "USA": "US", "UNITED STATES": "US", "UNITED STATES OF AMERICA": "US", "AMERICA": "US", "UK": "GB", "GREAT BRITAIN": "GB",
    "UNITED KINGDOM": "GB", "ENGLAND": "GB", "SCOTLAND": "GB", "WALES": "GB", "CANADA": "CA", "AUSTRALIA": "AU",
    "IRELAND": "IE", "GERMANY": "DE", "DEUTSCHLAND": "DE", "FRANCE": "FR", "SPAIN": "ES", "ESPAÑA": "ES", "MEXICO": "MX",
}  # fmt: skip
EMAIL = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@.,;<>]{2,}")
_NORTH_AMERICAN = re.compile(r"(\+1[ .-]?)?\(?([2-9]\d\d)\)?[ .-]?(\d{3})[ .-]?(\d{4})", re.ASCII)
ZONES = {name.lower(): name for name in available_timezones()}


class Candidate(msgspec.Struct, kw_only=True):
    """A row that can become a lead. `agreed_at`: when the person agreed, if they did."""

    details: LeadDetails
    country: str
    state: str = ""
    time_zone: str = ""
    agreed_at: datetime | None = None


class Checker:
    """Checks the rows of one file. `now` and `time_zone` (of the workspace) are for the days of agreements."""

    def __init__(self, mapping: Mapping, now: datetime, time_zone: str) -> None:
        self._mapping = mapping
        self._now = now
        self._zone = ZoneInfo(time_zone)
        self._asks_each = "consent" in mapping.columns

    def check(self, cells: Sequence[str]) -> Candidate | list[str]:
        """Kinds of PROBLEMS, or the candidate."""
        columns = self._mapping.columns
        if len(cells) > len(columns):
            return ["cells"]
        if any(len(cell) > LONGEST_CELL for cell in cells):
            return ["long"]
        known: dict[str, str] = {}
        fields: dict[str, str] = {}
        for kind, cell in zip(columns, cells, strict=False):
            if kind.startswith("field:"):
                if cell:
                    fields[kind[6:]] = cell
            elif kind:
                known[kind] = cell
        problems: list[str] = []
        said = _country(known.get("country", ""), problems)
        number, region = _number(known.get("number", ""), said or self._mapping.country, problems)
        country = said or region
        state = _state(known.get("state", ""), country, problems)
        zone = ZONES.get(known.get("time_zone", "").lower(), "")
        if known.get("time_zone") and not zone:
            problems.append("time_zone")
        if known.get("email") and not EMAIL.fullmatch(known["email"]):
            problems.append("email")
        agreed_at = self._agreed_at(known, problems)
        if problems:
            return problems
        parts = (known.get("first_name", ""), known.get("last_name", ""))
        details = LeadDetails(
            number=number, name=known.get("name") or " ".join(part for part in parts if part), email=known.get("email", ""),
            company=known.get("company", ""), fields=fields, proof=known.get("proof", "") if agreed_at else "",
        )  # fmt: skip
        return Candidate(details=details, country=country, state=state, time_zone=zone, agreed_at=agreed_at)

    def _agreed_at(self, known: dict[str, str], problems: list[str]) -> datetime | None:
        """An agreement without its day is worth nothing: the row says so instead of being taken without it."""
        consent = self._mapping.consent
        if not consent.purpose:
            return None
        said = known.get("consent", "").lower()
        if self._asks_each and said not in YES:
            if said not in NO:
                problems.append("consent")
            return None
        try:
            at = datetime.fromisoformat(known.get("consent_date") or consent.given_on)
        except ValueError:
            problems.append("consent_date")
            return None
        at = at if at.tzinfo else at.replace(tzinfo=self._zone)
        if at > self._now + timedelta(minutes=5):
            problems.append("consent_date")
        return at.astimezone(UTC)


def _number(text: str, country: str, problems: list[str]) -> tuple[str, str]:
    """(E.164, country of the number). The plan of its country must have it; whether it may be called is the permit's question."""
    if not text:
        problems.append("no_number")
        return "", ""
    try:
        parsed = parse_number(text, country)
    except phonenumbers.NumberParseException:
        problems.append("number")
        return "", ""
    region = phonenumbers.region_code_for_number(parsed)
    # Where countries share a code, finding the country has asked for validity already.
    shared = len(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(parsed.country_code or 0, ())) > 1
    if region is None or not (shared or phonenumbers.is_valid_number_for_region(parsed, region)):
        problems.append("number")
        return "", ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), region


def parse_number(text: str, country: str) -> phonenumbers.PhoneNumber:
    """As phonenumbers.parse, which takes a fifth of a large import: ten digits of North America need no search for their parts.
    Raises NumberParseException."""
    plain = _NORTH_AMERICAN.fullmatch(text)
    if plain and (plain[1] or country in ("US", "CA")):
        return phonenumbers.PhoneNumber(country_code=1, national_number=int(plain[2] + plain[3] + plain[4]))
    return phonenumbers.parse(text, country or None)


def _country(text: str, problems: list[str]) -> str:
    found = COUNTRIES.get(text.upper(), text.upper())
    if found and found not in phonenumbers.SUPPORTED_REGIONS:
        problems.append("country")
        return ""
    return found


def _state(text: str, country: str, problems: list[str]) -> str:
    if not text:
        return ""
    states = STATES.get(country)
    if states is None:
        return text.upper() if len(text) <= 3 else ""  # no rule of a permit depends on the parts of other countries
    if text.lower() not in states:
        problems.append("state")
    return states.get(text.lower(), "")
