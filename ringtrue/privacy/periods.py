"""ISO 8601 periods (P30D, P6W, P12M, P2Y, PT36H) with calendar months, and the word "perpetual"."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta
from typing import Any

PERPETUAL = "perpetual"
_FORM = re.compile(r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def _parts(period: str) -> tuple[int, ...]:
    match = _FORM.fullmatch(period)
    if match is None:
        raise ValueError(f"not a period: {period!r}")
    return tuple(int(part or 0) for part in match.groups())


def subtract(moment: datetime, period: str) -> datetime:
    """A calendar month back from 31 March is the last day of February. Raises ValueError."""
    years, months, weeks, days, hours, minutes, seconds = _parts(period)
    index = moment.year * 12 + moment.month - 1 - years * 12 - months
    year, month = divmod(index, 12)
    if year < 1:
        return moment.replace(year=1, month=1, day=1)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    whole = moment.replace(year=year, month=month + 1, day=day)
    return whole - timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def add(moment: datetime, period: str) -> datetime:
    """A calendar month after 31 January is the last day of February. Raises ValueError."""
    years, months, weeks, days, hours, minutes, seconds = _parts(period)
    year, month = divmod(moment.year * 12 + moment.month - 1 + years * 12 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    whole = moment.replace(year=year, month=month + 1, day=day)
    return whole + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def shorter(a: str, b: str) -> bool:
    """Whether a ends earlier than b; a month counts 30.44 days."""
    return _seconds(a) < _seconds(b)


def _seconds(period: str) -> float:
    if period == PERPETUAL:
        return float("inf")
    years, months, weeks, days, hours, minutes, seconds = _parts(period)
    return (years * 365.25 + months * 30.4375 + weeks * 7 + days) * 86400 + hours * 3600 + minutes * 60 + seconds


def in_words(value: Any) -> str:
    """ "P12M" -> "12 months"; other values as they are, with blanks for underscores."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "nobody"
    if not isinstance(value, str):
        raise TypeError(value)
    if not _FORM.fullmatch(value):
        if value.startswith("P") and value[1:2].isdigit():
            raise ValueError(f"not a period: {value!r}")
        return value.replace("_", " ")
    names = ("year", "month", "week", "day", "hour", "minute", "second")
    said = [f"{n} {name}{'' if n == 1 else 's'}" for n, name in zip(_parts(value), names, strict=True) if n]
    return " ".join(said) or "not at all"
