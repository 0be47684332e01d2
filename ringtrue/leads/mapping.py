"""Which column of a file is what: suggested from headings and cells, corrected by a person, kept with the upload."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import msgspec
import phonenumbers

KINDS: dict[str, str] = {
    "number": "Telephone number",
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "company": "Company",
    "country": "Country",
    "state": "State or province",
    "time_zone": "Time zone",
    "consent": "Agreed to be called (yes or no)",
    "consent_date": "Day of the agreement",
    "proof": "Proof of the agreement",
}
"""What a column can be, besides "" (left out) and "field:<name>" (a field of the workspace's own)."""

HEADINGS: dict[str, str] = {
    "number": r"(tele)?phone.*|(tele)?fono|tel(efon)?(nummer)?|mobile.*|cell.*|number|e164|handy|phonenumber|contactnumber|rufnummer",
    "name": r"(full|contact|lead|customer|person|client)?name|contact|nombre",
    "first_name": r"(first|given|fore)name|vorname|prenom",
    "last_name": r"(last|family|sur)name|nachname|apellidos?",
    "email": r"e?mail(address)?|correo",
    "company": r"company(name)?|business(name)?|organi[sz]ation|firma|employer|account(name)?",
    "country": r"country(code)?|land|pais",
    "state": r"state|province|region|stateprovince|bundesland",
    "time_zone": r"time_?zone|tz",
    "consent": r"(consent(ed|given)?|optin|optedin|agreed|permission)",
    "consent_date": r"(consent|optin|agreed|permission)(date|at|on|time)|dateofconsent",
    "proof": r"(consent)?(proof|evidence|source|reference|url|form|ip)|jornayaid|trustedform.*|leadid",
}
WHAT_IS_WRONG = "What is wrong"
"""Heading of the column that our reports add; it is left out when such a file comes back."""
PURPOSES = ("marketing.call", "information.call")


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """What the people of a file agreed to. `wording`: the text that they were shown, the same for all; without it an agreement does
    not count as written. `given_on`: ISO date for rows that have none of their own."""

    purpose: str = ""  # of PURPOSES; "" for none
    wording: str = ""
    given_on: str = ""


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """`columns[i]` says what column i is: a key of KINDS, "field:<name>", or ""."""

    headings: list[str] = []
    columns: list[str] = []
    country: str = ""  # ISO 3166-1, for numbers without a country code
    consent: Consent = Consent()


def suggest(headings: Sequence[str], rows: Sequence[Sequence[str]], country: str) -> list[str]:
    """One kind per column, each at most once; a heading that says nothing becomes a field of one's own."""
    found: list[str] = []
    for heading in headings:
        plain = re.sub(r"[^a-z0-9]", "", heading.lower().replace("é", "e").replace("í", "i"))
        kind = next((kind for kind, form in HEADINGS.items() if re.fullmatch(form, plain)), "")
        found.append(kind if kind and kind not in found else "")
    if "number" not in found:
        _first(found, "number", [_share(rows, i, lambda cell: is_number(cell, country)) for i in range(len(headings))])
    if "email" not in found:
        _first(found, "email", [_share(rows, i, lambda cell: "@" in cell) for i in range(len(headings))])
    named = zip(found, headings, strict=True)
    return ["" if heading == WHAT_IS_WRONG else kind or field_name(heading) for kind, heading in named]


def field_name(heading: str) -> str:
    """ "Plan type" -> "field:plan_type"; "" for a heading without letters."""
    plain = re.sub(r"[^\w]+", "_", heading.lower()).strip("_")[:40]
    return f"field:{plain}" if re.search(r"[^\W\d_]", plain) else ""


def troubles(columns: Sequence[str]) -> list[str]:
    """What is wrong with a choice of columns, in sentences."""
    found = []
    if columns.count("number") != 1:
        found.append("Say which one column holds the telephone number.")
    twice = {KINDS.get(c, c.removeprefix("field:")) for c in columns if c and columns.count(c) > 1 and c != "number"}
    found += [f"Two columns are called “{name}”. Choose one." for name in sorted(twice)]
    if any(c and c not in KINDS and not re.fullmatch(r"field:\w{1,40}", c) for c in columns):
        found.append("A field of your own needs a name of letters, digits and underscores.")
    return found


def is_number(text: str, country: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text, country or None))
    except phonenumbers.NumberParseException:
        return False


def _first(found: list[str], kind: str, shares: list[float]) -> None:
    """Give `kind` to the column without one whose cells fit best, if most of them do."""
    best = max((i for i, had in enumerate(found) if not had), key=lambda i: shares[i], default=-1)
    if best >= 0 and shares[best] > 0.5:
        found[best] = kind


def _share(rows: Sequence[Sequence[str]], column: int, fits: Callable[[str], bool]) -> float:
    cells = [row[column] for row in rows if column < len(row) and row[column]]
    return sum(1 for cell in cells if fits(cell)) / len(cells) if cells else 0.0
