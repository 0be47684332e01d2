"""Is the business open at a moment? Only for transfers: what is said about hours is the brain's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ringtrue.voice.agent import DAYS, Agent, Span


@lru_cache(maxsize=64)
def _public_holidays(place: str, year: int) -> frozenset[date]:
    """`place`: "US", "US-NJ", "GB-ENG". An unknown place has none."""
    import holidays

    country, _, part = place.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        return frozenset()


def spans_of(agent: Agent, day: date) -> list[Span]:
    hours = agent.hours
    for holiday in hours.holidays:
        if holiday.date == day.isoformat():
            return holiday.spans
    if hours.public_holidays and day in _public_holidays(hours.public_holidays, day.year):
        return []
    return hours.weekly.get(DAYS[day.weekday()], [])


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


def is_open(agent: Agent, at: float) -> bool:
    """`at`: POSIX seconds. A span that ends before it begins runs past midnight."""
    local = datetime.fromtimestamp(at, ZoneInfo(agent.time_zone))
    now = local.hour * 60 + local.minute
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    for begin, end in spans_of(agent, today):
        first, last = _minutes(begin), _minutes(end)
        if first <= now < last or (last < first and now >= first):
            return True
    return any(_minutes(end) < _minutes(begin) and now < _minutes(end) for begin, end in spans_of(agent, yesterday))
