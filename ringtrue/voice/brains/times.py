"""Times of day as callers say them: "half past two", "ten thirty", "around noon", "after lunch", "first thing"."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from ringtrue.voice.agent import Span
from ringtrue.voice.brains.dates import number_words

Part = Literal["", "morning", "afternoon", "evening"]


class Wish(msgspec.Struct, frozen=True):
    """`hour` is -1 when no clock time was said. `sure` means that a.m. or p.m. is known. `edge`: "after" and "before" that time."""

    hour: int = -1
    minute: int = 0
    sure: bool = False
    part: Part = ""
    edge: Literal["", "after", "before"] = ""


_PARTS: tuple[tuple[str, Part], ...] = (
    (r"morning|before (?:noon|lunch)|first thing|early(?! afternoon| evening)|earliest|a\.?m\b", "morning"),
    (r"afternoon|after (?:lunch|noon|midday)|p\.?m\b", "afternoon"),
    (r"evening|tonight|after work|end of the day|late in the day|late as possible", "evening"),
)
_WORD_TIME = r"(\d{1,2})"


def time_in(text: str) -> Wish:
    """An empty Wish when no time is said."""
    words = text.lower().replace("’", "'").replace("o'clock", "oclock").replace("o clock", "oclock")
    words = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", words)
    words = re.sub(
        r"\b(first|second|third|last|that|this|which|middle|other|latest|earliest|next|any|another|same|good|morning|afternoon|evening|early|late|earlier|later|either) one\b",
        r"\1",
        words,
    )
    plain = re.sub(r"\s+", " ", re.sub(r"[,;?!]|\.(?!\d)", " ", words)).strip()
    words = number_words(plain, ordinals=False)
    words = re.sub(r"\b(?:oh|o) (\d)\b", r"0\1", words)
    words = re.sub(r"\b(20|30|40|50) ([1-9])\b", lambda m: str(int(m[1]) + int(m[2])), words)
    part: Part = ""
    for pattern, name in _PARTS:
        if re.search(rf"\b(?:{pattern})", plain):
            part = name
            break
    edge: Literal["", "after", "before"] = ""
    if match := re.search(
        r"\b(after|later than|from|past|any time after|anytime after|before|by|earlier than|until)\b(?= (?:about |around )?(?:\d|half|quarter|noon|midday))",
        words,
    ):
        edge = "before" if match.group(1) in ("before", "by", "earlier than", "until") else "after"
        if match.group(1) == "past":
            edge = ""
    found = _clock(words)
    if found is None:
        return Wish(part=part)
    hour, minute, sure = found
    if not sure and part and 1 <= hour <= 12:
        hour, sure = (hour % 12, True) if part == "morning" else (hour % 12 + 12, True)
    return Wish(hour=hour, minute=minute, sure=sure, part=part, edge=edge)


def _clock(words: str) -> tuple[int, int, bool] | None:
    if re.search(r"\b(?:noon|midday)\b", words) and not re.search(r"\b(?:before|after) (?:noon|midday)\b", words):
        return 12, 0, True
    if re.search(r"\bmidnight\b", words):
        return 0, 0, True
    if match := re.search(
        r"\b(half|quarter|a quarter|\d{1,2})(?: minutes?)? (past|to|till|before|after|of) (\d{1,2})\b ?(am|pm)?", words
    ):
        many = {"half": 30, "quarter": 15, "a quarter": 15}.get(match.group(1))
        many = int(match.group(1)) if many is None else many
        hour = int(match.group(3))
        if 1 <= hour <= 12 and many < 60 and not (match.group(2) == "of" and many not in (15, 10, 5, 20)):
            minute = many if match.group(2) in ("past", "after") else 60 - many
            hour = hour if match.group(2) in ("past", "after") else (hour - 1 or 12)
            return _half(hour, minute, match.group(4))
    if match := re.search(r"\bhalf (\d{1,2})\b", words):  # British: half two is half past two
        return _half(int(match.group(1)), 30, None)
    if match := re.search(r"\b(\d{1,2})[:.](\d{2})\b ?(am|pm)?", words):
        return _half(int(match.group(1)), int(match.group(2)), match.group(3), written=True)
    if match := re.search(r"\b(\d{1,2}) (0[0-9]|[1-5][05]|15|45)\b(?! (?:minutes?|days?|years?|of)) ?(am|pm)?", words):
        return _half(int(match.group(1)), int(match.group(2)), match.group(3))
    if match := re.search(r"\b(\d{1,2}) ?(am|pm)\b", words):
        return _half(int(match.group(1)), 0, match.group(2))
    if match := re.search(r"\b(\d{1,2}) oclock\b(?: in the (morning|afternoon|evening))?", words):
        return _half(int(match.group(1)), 0, None)
    if match := re.search(
        r"\b(?:at|around|about|after|before|by|from|say|until|till|maybe|for) (\d{1,2})\b(?! ?(?:minutes?|hours?|days?|weeks?|people|percent|dollars|pounds|of|th|st|nd|\d|january|february|march|april|may|june|july|august|september|october|november|december))",
        words,
    ):
        return _half(int(match.group(1)), 0, None)
    if match := re.fullmatch(
        r"(?:\w+ ){0,2}?(\d{1,2})(?:(?: please| is fine| is good| is perfect| works| for me| sounds good| would be \w+| would work| would suit me| then| thanks| thank you| it is))*",
        words,
    ):
        return _half(int(match.group(1)), 0, None)
    if match := re.search(r"\b(\d{1,2}) in the (?:morning|afternoon|evening)\b", words):
        return _half(int(match.group(1)), 0, None)
    return None


def _half(hour: int, minute: int, suffix: str | None, *, written: bool = False) -> tuple[int, int, bool] | None:
    if not (0 <= hour <= 23 and 0 <= minute <= 59):
        return None
    if suffix and hour <= 12:
        return hour % 12 + (12 if suffix == "pm" else 0), minute, True
    return hour, minute, hour > 12 or hour == 0 or (written and hour == 0)


def in_hours(wish: Wish, spans: list[Span]) -> tuple[int, int]:
    """The clock time meant, 24 hours: without a.m. or p.m. the reading that falls into the opening hours; else the daytime one."""
    if wish.sure or wish.hour < 0:
        return wish.hour, wish.minute
    readings = [(wish.hour % 12, wish.minute), (wish.hour % 12 + 12, wish.minute)]
    for reading in readings:
        clock = f"{reading[0]:02d}:{reading[1]:02d}"
        if any(start <= clock < end for start, end in spans):
            return reading
    return readings[0] if 7 <= wish.hour <= 11 else readings[1]


def spoken_time(clock: str, language: str = "en-US") -> str:
    """ "09:00" as "9 a.m.", "14:30" as "2:30 p.m."; noon and midnight by name."""
    hour, minute = int(clock[:2]), int(clock[3:5])
    if minute == 0 and hour in (0, 12, 24):
        return "noon" if hour == 12 and language == "en-US" else "midday" if hour == 12 else "midnight"
    half = "a.m." if hour < 12 or hour == 24 else "p.m."
    return f"{hour % 12 or 12}{f':{minute:02d}' if minute else ''} {half}"
