"""When a called person would rather be called: "call me tomorrow at ten", "after five", "in half an hour", "not now"."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from datetime import datetime, time, timedelta
from typing import Any

from ringtrue.voice.brains.acts import Act, Ask, HangUp, Note, Use
from ringtrue.voice.brains.dates import date_in, number_words, spoken_day
from ringtrue.voice.brains.phrases import plain, recognise
from ringtrue.voice.brains.times import in_hours, spoken_time, time_in
from ringtrue.voice.port import ToolFailed

WAKING = [("08:00", "20:00")]  # in which a time without a.m. or p.m. is meant
SOONEST = timedelta(minutes=5)
FARTHEST = timedelta(days=30)  # so long such a wish is consent to be called
TRIES = 2  # to hear a time

_WISH = re.compile(
    r"\b(?:(?:call|ring|phone|try|reach) (?:me|us)?(?: \w+)? ?(?:back|again|later|tomorrow|tonight|on|at|after|before|in|next|this|around|when)\b"
    r"|(?:call|ring|phone|try) (?:me |us )?(?:back|again|later|another time)|another time|(?:bad|wrong|not a good|not the best) time|not (?:right )?now"
    r"|(?:im|we are|were) (?:\w+ )?(?:busy|driving|at work|in a meeting|in the middle|eating)|cant (?:talk|speak)(?: \w+)? (?:now|just now|at the moment)|"
    r"(?:talk|speak) later|later (?:today|this))\b"
)
_NOT = re.compile(
    r"\b(?:can|may|should|do|shall) i call|how (?:can|do) i call|(?:ill|i will|i can|let me) (?:call|ring)|you called\b"
)
_SPAN = re.compile(r"\bin (?:about |around )?(an?|half an?|\d+|a couple of|a few) (minute|hour)s?\b")


def wishes(text: str) -> bool:
    words = plain(text)
    return bool(_WISH.search(words)) and not _NOT.search(words)


def moment_in(text: str, now: datetime) -> datetime | None:
    """`now`: where the called person is. None when no time is named, or none that can be kept to."""
    words = number_words(plain(text), ordinals=False)
    if match := _SPAN.search(words):
        many = {"a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5, "a couple of": 2.0, "a few": 3.0}.get(match[1])
        found = now + timedelta(**{f"{match[2]}s": float(match[1]) if many is None else many})
    else:
        day, wish = date_in(text, now.date()), time_in(text)
        if wish.hour >= 0:
            clock = time(*in_hours(wish, WAKING))
        elif wish.part:
            clock = {"morning": time(10), "afternoon": time(14), "evening": time(18)}[wish.part]
        else:
            return None
        found = datetime.combine(day or now.date(), clock, now.tzinfo)
        if day is None and found < now + SOONEST:
            found += timedelta(days=1)
    return found if now + SOONEST <= found <= now + FARTHEST else None


def spoken(at: datetime, now: datetime, language: str = "en-US") -> str:
    return f"{spoken_day(at.date(), now.date())} at {spoken_time(f'{at:%H:%M}', language)}"


class CallingBack:
    """One per call: hears the wish, asks for a time where none was named, lets the house keep it (tool `call_back`) and reads it back."""

    def __init__(self, now: datetime, language: str) -> None:
        self._now, self._language = now, language
        self._kept: datetime | None = None
        self._asked = 0

    @property
    def is_open(self) -> bool:
        return self._asked > 0 or self._kept is not None

    async def answer(self, text: str) -> AsyncGenerator[Act, Any]:
        yield Note("call_back")
        at = moment_in(text, self._now)
        if at is None and self._kept is not None and "no" not in recognise(text, self._language):
            yield HangUp("Good, I'll speak to you then. Goodbye.")
        elif at is None and self._asked == TRIES:
            yield HangUp("All right, I won't disturb you any longer. Goodbye.")
        elif at is None:
            self._asked += 1
            yield Ask("No problem. When may I call you again?")
        else:
            try:
                yield Use("call_back", {"at": f"{at:%Y-%m-%dT%H:%M%z}"})
            except ToolFailed:
                yield HangUp("I'm sorry, I can't arrange that. Goodbye.")
                return
            self._kept, self._asked = at, 0
            when = spoken(at, self._now, self._language).rstrip(".")  # "10 a.m." ends a sentence by itself
            yield Ask(f"I'll call you again {when}. Is that right?", "yes_no")
