"""Free times in a calendar: which are offered, how they are said, and which one a caller chooses."""

from __future__ import annotations

import re
from datetime import date, datetime

from ringtrue.voice.agent import Agent
from ringtrue.voice.brains import hours
from ringtrue.voice.brains.collecting import Turn
from ringtrue.voice.brains.dates import date_in, spoken_day
from ringtrue.voice.brains.style import listed
from ringtrue.voice.brains.times import Wish, in_hours, spoken_time, time_in
from ringtrue.voice.speech.kinds import Expecting

OFFERS = 3
_ORDINAL = {"first": 0, "earliest": 0, "1st": 0, "second": 1, "2nd": 1, "middle": 1, "third": 2, "3rd": 2}


def read(told: str) -> list[datetime]:
    """Of the calendar's answer: ISO times with commas between them; what is none is left out."""
    found = []
    for slot in told.split(","):
        try:
            found.append(datetime.fromisoformat(slot.strip()).replace(tzinfo=None))
        except ValueError:
            continue
    return found


def nearest(free: list[datetime], wish: Wish, agent: Agent) -> list[datetime]:
    """At most OFFERS of them, in order: the first, or those around the time that was wished for."""
    if wish.hour < 0 or len(free) <= OFFERS:
        return sorted(free[:OFFERS])
    hour, minute = in_hours(wish, hours.spans_on(agent, free[0].date())[0])
    wished = hour * 60 + minute
    return sorted(sorted(free, key=lambda slot: (slot.date(), abs(slot.hour * 60 + slot.minute - wished)))[:OFFERS])


def question(offers: list[datetime], today: date, language: str) -> tuple[str, Expecting]:
    """What the caller is asked, and what kind of answer is listened for."""
    if len(offers) == 1:
        return f"I have {spoken(offers[0], today, language)}. Does that work for you?", "yes_no"
    if len({slot.date() for slot in offers}) == 1:
        day = spoken_day(offers[0].date(), today)
        clocks = listed([spoken_time(f"{slot:%H:%M}", language) for slot in offers], "or")
        on = "" if day in ("today", "tomorrow") else "on "
        return f"I have {clocks} {on}{day}. Which would you like?", "date"
    said = listed([spoken(slot, today, language) for slot in offers], "or")
    return f"I have {said}. Which would you like?", "date"


def spoken(slot: datetime, today: date, language: str) -> str:
    return f"{spoken_day(slot.date(), today)} at {spoken_time(f'{slot:%H:%M}', language)}"


def chosen(turn: Turn, offers: list[datetime], today: date, agent: Agent) -> datetime | None:
    """The one of the offers that the caller means, if that is clear."""
    words = turn.words
    if not offers:
        return None
    if len(offers) == 1 and (turn.yes() or re.search(r"\b(?:take it|that one|book it|that works)\b", words)) and not turn.no():
        return offers[0]
    wish = time_in(turn.text)
    day = date_in(turn.text, today, language=agent.language, place=agent.hours.public_holidays)
    if wish.hour >= 0:
        fitting = [
            slot
            for slot in offers
            if slot.minute == wish.minute
            and (slot.hour == wish.hour if wish.sure else slot.hour % 12 == wish.hour % 12)
            and (day is None or slot.date() == day)
        ]
        if len(fitting) == 1:
            return fitting[0]
        if not fitting and not wish.minute:  # "ten" for 10:30 when it is the only one in that hour
            fitting = [slot for slot in offers if slot.hour % 12 == wish.hour % 12 and (day is None or slot.date() == day)]
            if len(fitting) == 1 and not wish.sure:
                return fitting[0]
        if len(fitting) > 1 and "no" not in turn.flags:
            return fitting[0]
        return None
    if match := re.search(
        r"\b(?:the )?(first|second|third|1st|2nd|3rd|last|middle|earliest|latest)\b(?: one| option| slot| time)?", words
    ):
        if match.group(1) in ("last", "latest"):
            return offers[-1]
        at = _ORDINAL[match.group(1)]
        return offers[at] if at < len(offers) else None
    if day is not None:
        fitting = [
            slot for slot in offers if slot.date() == day and (not wish.part or (slot.hour < 12) == (wish.part == "morning"))
        ]
        return fitting[0] if len(fitting) == 1 else None
    if wish.part:
        fitting = [slot for slot in offers if (slot.hour < 12) == (wish.part == "morning")]
        return fitting[0] if len(fitting) == 1 else None
    if re.search(
        r"\b(?:either|any of (?:them|those)|whichever|all (?:of them )?(?:work|fine)|you choose|dont mind|doesnt matter)\b",
        words,
    ):
        return offers[0]
    return None
