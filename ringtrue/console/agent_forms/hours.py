"""When the business is open: a week, its own special days, and the public holidays of its place."""

from __future__ import annotations

import itertools
from datetime import date, time, timedelta
from typing import Any

import holidays
from django.http import QueryDict

from ringtrue.console.agent_forms.section import Section, State, Taken, row_keys, text, with_keys
from ringtrue.voice.agent import DAYS
from ringtrue.voice.brains.public_days import public_holidays

Span = tuple[str, str]
SPANS_A_DAY = 3
NATIONS = {"GB-ENG": "England", "GB-SCT": "Scotland", "GB-WLS": "Wales", "GB-NIR": "Northern Ireland"}


def places() -> list[tuple[str, str]]:
    states = sorted((name, code) for name, code in holidays.country_holidays("US").subdivisions_aliases.items())
    found = [("", "None: only the days below"), ("US", "United States, federal holidays")]
    found += [(f"US-{code}", f"United States, {name}") for name, code in states]
    found += [("GB", "United Kingdom")] + [(code, f"United Kingdom, {name}") for code, name in NATIONS.items()]
    found += [("CA", "Canada"), ("IE", "Ireland"), ("AU", "Australia"), ("NZ", "New Zealand")]
    return found


def coming(place: str, after: date, count: int = 4) -> list[tuple[date, str]]:
    """The next public holidays of a place."""
    known = public_holidays(place, [after.year, after.year + 1])
    return sorted((day, name) for day, name in known.items() if after <= day < after + timedelta(days=370))[:count]


def show(draft: dict[str, Any]) -> State:
    hours = draft.get("hours") or {}
    weekly = hours.get("weekly") or {}
    days = [_day(name, weekly.get(name) or []) for name in DAYS]
    special = []
    for holiday in hours.get("holidays") or []:
        spans = holiday.get("spans") or []
        opens, closes = spans[0] if spans else ("", "")
        special.append({"date": holiday["date"], "name": holiday["name"], "opens": opens, "closes": _shown(closes)})
    return _page(days, with_keys(special), hours.get("public_holidays") or "")


def _day(name: str, spans: list[Span]) -> dict[str, Any]:
    shown = [{"n": n, "opens": "", "closes": ""} for n in range(SPANS_A_DAY)]
    for n, (opens, closes) in enumerate(spans[:SPANS_A_DAY]):
        shown[n] = {"n": n, "opens": opens, "closes": _shown(closes)}
    return {"name": name, "open": bool(spans), "spans": shown, "more": len(spans) > 1}


def _shown(closes: str) -> str:
    return "00:00" if closes == "24:00" else closes  # a time input has no 24:00


def _page(days: list[dict[str, Any]], special: list[dict[str, Any]], place: str) -> State:
    known = places()
    if place not in dict(known):
        known.append((place, place))
    next_days = coming(place, date.today()) if place else []  # noqa: DTZ011 - a preview of days, not an instant
    return {"days": days, "special": special, "public_holidays": place, "places": known, "next_public": next_days}


def take(post: QueryDict) -> Taken:
    errors: dict[str, str] = {}
    weekly: dict[str, list[Span]] = {}
    days = []
    for name in DAYS:
        opened = post.get(f"{name}-open") == "on"
        typed = [(text(post, f"{name}-{n}-opens", 5), text(post, f"{name}-{n}-closes", 5)) for n in range(SPANS_A_DAY)]
        shown = [{"n": n, "opens": opens, "closes": closes} for n, (opens, closes) in enumerate(typed)]
        days.append({"name": name, "open": opened, "spans": shown, "more": any(o or c for o, c in typed[1:])})
        if opened:
            spans, problem = read_spans(typed)
            if problem:
                errors[name] = problem
            elif not spans:
                errors[name] = f"Please say from when to when you are open on {name.title()}, or untick the day."
            else:
                weekly[name] = spans
    special, kept = _special_days(post, errors)
    place = text(post, "public_holidays", 12)
    if place not in dict(places()):
        errors["public_holidays"] = "Please choose a place from the list."
    patch = {"hours": {"weekly": weekly, "holidays": kept, "public_holidays": place}}
    return Taken(_page(days, special, place), patch, errors)


def _special_days(post: QueryDict, errors: dict[str, str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    shown, kept = [], []
    for key in row_keys(post, "special"):
        row = {name: text(post, f"special-{key}-{name}", 80) for name in ("date", "name", "opens", "closes")}
        shown.append({**row, "key": key})
        if not any(row.values()):
            continue
        try:
            date.fromisoformat(row["date"])
        except ValueError:
            errors[f"special-{key}-date"] = "Please give the date of this day."
            continue
        spans, problem = read_spans([(row["opens"], row["closes"])])
        if problem:
            errors[f"special-{key}-opens"] = problem
        kept.append({"date": row["date"], "name": row["name"] or "Special day", "spans": spans})
    return shown, sorted(kept, key=lambda row: row["date"])


def read_spans(typed: list[Span]) -> tuple[list[Span], str]:
    """Spans in order, and a sentence when they make no sense. Closing at 00:00 means midnight at the end of the day."""
    found: list[Span] = []
    for opens, closes in typed:
        if not opens and not closes:
            continue
        if not opens or not closes:
            return [], "Please give both times: when you open and when you close."
        try:
            begin = time.fromisoformat(opens)
            end = "24:00" if closes in ("00:00", "24:00") else time.fromisoformat(closes).strftime("%H:%M")
        except ValueError:
            return [], "Please write times like 09:00 or 17:30."
        start = begin.strftime("%H:%M")
        if end <= start:
            return [], "The closing time must be later than the opening time."
        found.append((start, end))
    found.sort()
    if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(found)):
        return [], "These times overlap. Please make one of them shorter, or join them."
    return found, ""


def told(draft: dict[str, Any]) -> str:
    weekly = (draft.get("hours") or {}).get("weekly") or {}
    if not weekly:
        return ""
    return "Open on " + ", ".join(name.title()[:3] for name in DAYS if weekly.get(name))


SECTION = Section(
    "hours", "Opening hours",
    "The agent uses these to say whether you are open, to offer appointments, and to decide who can be reached.",
    ("hours",), show, take, told,
)  # fmt: skip
