"""An agent's document as it comes in: read strictly, and checked for what a type cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from ringtrue.api.problems import Problem
from ringtrue.voice.agent import DAYS, Agent, Span

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
OWN = ("slug", "version", "version_id")  # set by us when it is published


def checked(draft: dict[str, Any], *, slug: str) -> dict[str, Any]:
    """The draft in its full form. Raises Problem 422 with a pointer to each fault."""
    given = {**draft, "slug": slug}
    try:
        agent = msgspec.convert(given, Agent)
    except (msgspec.ValidationError, ValueError) as problem:
        text, _, where = str(problem).partition(" - at ")
        pointer = "/draft" + where.strip("`").removeprefix("$").replace("[...]", "").replace(".", "/")
        raise _misfit([{"pointer": pointer, "detail": text[:200]}]) from None
    whole = msgspec.to_builtins(agent)
    errors = [{"pointer": f"/draft{where}", "detail": "There is no such field."} for where in _unknown(given, whole)]
    errors += [{"pointer": f"/draft/{where}", "detail": detail} for where, detail in _faults(agent)]
    if errors:
        raise _misfit(errors)
    return {name: value for name, value in whole.items() if name not in ("version", "version_id")}


def schema() -> dict[str, Any]:
    """JSON schema components, with AgentDocument as the root."""
    (root,), parts = msgspec.json.schema_components([Agent], ref_template="#/components/schemas/Document{name}")
    found = {f"Document{name}": value for name, value in parts.items()}
    found["AgentDocument"] = root
    return found


def _unknown(given: Any, whole: Any, where: str = "") -> Iterator[str]:
    if isinstance(given, dict) and isinstance(whole, dict):
        for name, value in given.items():
            if name not in whole:
                yield f"{where}/{str(name)[:60]}"
            else:
                yield from _unknown(value, whole[name], f"{where}/{name}")
    elif isinstance(given, list) and isinstance(whole, list):
        for number, (one, other) in enumerate(zip(given, whole, strict=False)):
            yield from _unknown(one, other, f"{where}/{number}")


def _faults(agent: Agent) -> Iterator[tuple[str, str]]:
    try:
        ZoneInfo(agent.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "time_zone", "Not a time zone such as America/New_York."
    for day, spans in agent.hours.weekly.items():
        if day not in DAYS:
            yield "hours/weekly", "A day is one of " + ", ".join(DAYS) + "."
        yield from _bad_spans(f"hours/weekly/{day[:20]}", spans)
    for number, holiday in enumerate(agent.hours.holidays):
        try:
            date.fromisoformat(holiday.date)
        except ValueError:
            yield f"hours/holidays/{number}/date", "Not a date such as 2026-12-24."
        yield from _bad_spans(f"hours/holidays/{number}/spans", holiday.spans)
    for number, service in enumerate(agent.services):
        if not 5 <= service.minutes <= 24 * 60:
            yield f"services/{number}/minutes", "Between 5 and 1440."
    for number, escalation in enumerate(agent.escalations):
        if not re.fullmatch(r"\+[1-9]\d{6,14}", escalation.number):
            yield f"escalations/{number}/number", "A number in the form +18565550111."


def _bad_spans(where: str, spans: list[Span]) -> Iterator[tuple[str, str]]:
    for opens, closes in spans:
        if not CLOCK.fullmatch(opens) or not CLOCK.fullmatch(closes) or opens >= closes:
            yield where, "Each span is two times such as 09:00 and 17:00, the first one earlier."


def _misfit(errors: list[dict[str, str]]) -> Problem:
    return Problem(422, "does-not-fit", "The draft does not describe a business as it has to.", errors=errors[:20])
