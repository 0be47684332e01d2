"""Windows of the week, local to the called party, and the next instant at which all of them are open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import msgspec

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Window = tuple[int, int]  # minutes after local midnight, the end excluded
LONGEST_WAIT = timedelta(days=21)


class Week(msgspec.Struct, frozen=True):
    days: tuple[Window | None, ...]  # Monday first; None is closed
    on_holidays: Window | None = None
    holidays_differ: bool = False

    def window(self, day: date, is_holiday: bool) -> Window | None:
        if is_holiday and self.holidays_differ:
            return self.on_holidays
        return self.days[day.weekday()]


class Timed(msgspec.Struct, frozen=True):
    """A week that holds in the called party's zones, from one day to another."""

    rule: str
    week: Week
    first_day: date | None = None
    last_day: date | None = None

    def window(self, day: date, is_holiday: bool) -> Window | None:
        if (self.first_day and day < self.first_day) or (self.last_day and day > self.last_day):
            return (0, 24 * 60)
        return self.week.window(day, is_holiday)


def read_week(parameters: dict[str, Any]) -> Week:
    """From {"every_day" | "mon-fri" | "sat" ...: "08:00-20:00", "holidays": "closed" or a window}. Raises ValueError."""
    days: list[Window | None] = [None] * 7
    for name, text in parameters.items():
        if name == "holidays":
            continue
        for day in _days(name):
            days[day] = _window(text)
    if not any(days):
        raise ValueError("a rule of hours opens no day")
    special = parameters.get("holidays")
    return Week(tuple(days), None if special in (None, "closed") else _window(special), special is not None)


def _days(name: str) -> Sequence[int]:
    if name == "every_day":
        return range(7)
    first, _, last = name.partition("-")
    if first not in DAYS or (last and last not in DAYS):
        raise ValueError(f"{name!r} is no day of the week")
    return range(DAYS.index(first), DAYS.index(last or first) + 1)


def _window(text: str) -> Window:
    start, end = (_minute(part) for part in text.split("-"))
    if not 0 <= start < end <= 24 * 60:
        raise ValueError(f"{text!r} is no window")
    return start, end


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


@lru_cache(maxsize=2000)
def holidays_of(country: str, state: str, year: int) -> frozenset[date]:
    """National holidays and those of the state, as they fall and as they are observed. For the United States the federal ones
    count in every state, also where the state itself keeps its offices open."""
    if country not in holidays.list_supported_countries():
        return frozenset()
    known = set(holidays.country_holidays(country, years=year))
    if state and state in holidays.list_supported_countries()[country]:
        known |= set(holidays.country_holidays(country, subdiv=state, years=year))
    return frozenset(known)


@lru_cache(maxsize=500)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def closed_by(
    at: datetime, zones: Sequence[str], timed: Sequence[Timed], places: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """(rule, zone) of each week that is closed at this instant in one of the zones. `places`: (country, state) whose holidays count."""
    closed = []
    for name in zones:
        local = at.astimezone(_zone(name))
        minute = local.hour * 60 + local.minute
        is_holiday = _is_holiday(local.date(), places)
        for one in timed:
            window = one.window(local.date(), is_holiday)
            if window is None or not window[0] <= minute < window[1]:
                closed.append((one.rule, name))
    return closed


def next_open(at: datetime, zones: Sequence[str], timed: Sequence[Timed], places: Sequence[tuple[str, str]]) -> datetime | None:
    """The first instant from `at` on at which every week is open in every zone; None when there is none in three weeks."""
    moment = at
    while moment <= at + LONGEST_WAIT:
        later = moment
        for name in zones:
            for one in timed:
                later = max(later, _opens(moment, name, one, places))
        if later == moment:
            return moment
        moment = later
    return None


def _opens(at: datetime, zone: str, one: Timed, places: Sequence[tuple[str, str]]) -> datetime:
    """The first instant from `at` on at which this week is open in this zone; far away when never."""
    local = at.astimezone(_zone(zone))
    minute = local.hour * 60 + local.minute
    day = local.date()
    for _ in range(LONGEST_WAIT.days + 1):
        window = one.window(day, _is_holiday(day, places))
        if window is not None and minute < window[1]:
            if minute >= window[0]:
                return at
            start = datetime.combine(day, time(window[0] // 60, window[0] % 60), _zone(zone))
            return max(at, start.astimezone(UTC))
        day += timedelta(days=1)
        minute = -1  # before the start of any later day's window
    return at + LONGEST_WAIT + timedelta(days=1)


def _is_holiday(day: date, places: Sequence[tuple[str, str]]) -> bool:
    return any(day in holidays_of(country, state, day.year) for country, state in places)
