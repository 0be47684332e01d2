"""Who the business is and where."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import QueryDict

from ringtrue.console.agent_forms.section import Section, State, Taken, paragraph, text
from ringtrue.numbers.reading import e164

LANGUAGES = (("en-US", "English (United States)"), ("en-GB", "English (United Kingdom)"))
COUNTRIES = (
    ("US", "United States"), ("CA", "Canada"), ("GB", "United Kingdom"), ("IE", "Ireland"), ("AU", "Australia"),
    ("NZ", "New Zealand"), ("ZA", "South Africa"), ("IN", "India"), ("SG", "Singapore"), ("DE", "Germany"), ("FR", "France"),
    ("ES", "Spain"), ("IT", "Italy"), ("NL", "Netherlands"), ("BE", "Belgium"), ("CH", "Switzerland"), ("AT", "Austria"),
    ("SE", "Sweden"), ("DK", "Denmark"), ("NO", "Norway"), ("FI", "Finland"), ("PL", "Poland"), ("PT", "Portugal"),
    ("MX", "Mexico"), ("BR", "Brazil"), ("JP", "Japan"), ("AE", "United Arab Emirates"), ("IL", "Israel"),
)  # fmt: skip
USUAL_ZONES = (
    ("America/New_York", "New York, Eastern time"), ("America/Chicago", "Chicago, Central time"),
    ("America/Denver", "Denver, Mountain time"), ("America/Phoenix", "Phoenix, Arizona time"),
    ("America/Los_Angeles", "Los Angeles, Pacific time"), ("America/Anchorage", "Anchorage, Alaska time"),
    ("Pacific/Honolulu", "Honolulu, Hawaii time"), ("Europe/London", "London"), ("Europe/Dublin", "Dublin"),
    ("America/Toronto", "Toronto"), ("America/Vancouver", "Vancouver"), ("Australia/Sydney", "Sydney"),
    ("Pacific/Auckland", "Auckland"),
)  # fmt: skip
FIELDS = (
    "business", "kind", "agent_name", "language", "time_zone", "country", "address", "phone", "email", "website",
)  # fmt: skip


def zones() -> list[tuple[str, list[tuple[str, str]]]]:
    usual = {name for name, _ in USUAL_ZONES}
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    rest = sorted(z for z in available_timezones() if z.startswith(regions) and z not in usual)
    return [("Usual", list(USUAL_ZONES)), ("All others", [(z, z.replace("_", " ").replace("/", " – ")) for z in rest])]


def show(draft: dict[str, Any]) -> State:
    return {name: draft.get(name, "") for name in FIELDS} | choices(draft.get("country", "US"))


def choices(country: str) -> State:
    countries = COUNTRIES if country in dict(COUNTRIES) else ((country, country), *COUNTRIES)
    return {"languages": LANGUAGES, "countries": countries, "zones": zones()}


def take(post: QueryDict) -> Taken:
    state: State = {name: text(post, name, 200) for name in FIELDS}
    state["address"] = " ".join(paragraph(post, "address", 300).split())
    errors: dict[str, str] = {}
    if not state["business"]:
        errors["business"] = "Callers hear this name first, so it cannot be empty."
    if len(state["business"]) > 100:
        errors["business"] = "Please shorten the name to 100 letters: it is spoken at the start of every call."
    if state["language"] not in dict(LANGUAGES):
        errors["language"] = "Please choose the language from the list."
    if state["time_zone"] not in available_timezones():
        errors["time_zone"] = "Please choose the time zone from the list: it decides when you are open."
    state["country"] = state["country"].upper()
    if len(state["country"]) != 2 or not state["country"].isalpha():
        errors["country"] = "Please choose the country from the list."
    patch = {name: state[name] for name in FIELDS}
    patch["agent_name"] = state["agent_name"] or "the assistant"
    if state["phone"]:
        patch["phone"] = e164(state["phone"], state["country"] if "country" not in errors else "")
        if not patch["phone"]:
            errors["phone"] = "This does not look like a telephone number. Write it as callers dial it, such as (856) 555-0100."
    if state["email"]:
        try:
            validate_email(state["email"])
        except ValidationError:
            errors["email"] = "This does not look like an e-mail address. One looks like hello@example.com."
    patch["website"] = state["website"].removeprefix("https://").removeprefix("http://").rstrip("/")
    return Taken(state | choices(state["country"]), patch, errors)


def told(draft: dict[str, Any]) -> str:
    if not draft.get("address") and not draft.get("kind"):
        return ""
    return ", ".join(part for part in (draft.get("kind"), draft.get("address")) if part)


SECTION = Section(
    "basics",
    "Basics",
    "Who you are. Callers may ask for any of this, and the agent says it as you write it.",
    FIELDS,
    show,
    take,
    told,
)
