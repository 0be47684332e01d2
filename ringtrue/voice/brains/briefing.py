"""The brain that speaks to a colleague before a caller is put through: says who is calling and why, and asks whether they take the call.

A yes or 1 takes it; a no, 2, silence or an answering machine leaves the caller with the agent.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable
from typing import Any, Literal

from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Act, Ask, HangUp, HeardTurn, Say
from ringtrue.voice.brains.errand_hearing import is_voicemail
from ringtrue.voice.brains.phrases import recognise

Decision = Literal["accepted", "declined", "voicemail"]

QUESTION = "Will you take the call? Say yes or press 1. To leave the caller with me, say no or press 2."
AGAIN = "Sorry, please say yes or press 1 to take the call, or say no or press 2 to leave the caller with me."
TAKEN = "Thank you. I'll connect you."
LEFT = "All right, I'll tell them. Goodbye."
MOST_ASKED = 3

_TAKES = re.compile(
    r"\b(?:i'll take|i will take|i can take|put (?:them|him|her) (?:through|on)|go ahead|connect (?:us|me|them))\b"
)
_LEAVES = re.compile(r"\b(?:can't|cannot|can not|busy|not now|not right now|later|take a message|don't|leave (?:them|him|her))\b")


class Briefing:
    """Implements `Brain`. `text`: what the colleague is to know; `decided` is told once."""

    def __init__(self, text: str, decided: Callable[[Decision], None]) -> None:
        self.goal = ""
        self._text = text
        self._decided = decided
        self._asked = 0

    async def prepare(self, order: CallOrder) -> None:
        return

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Say(self._text)
        yield self._ask(QUESTION)

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        if heard.machine or is_voicemail(heard.text):  # nothing about a caller is said to a machine
            self._decided("voicemail")
            yield HangUp()
            return
        if not self._asked:  # they have said hello, and know nothing yet
            async for act in self.greet():
                yield act
            return
        verdict = self._read(heard)
        if verdict == "accepted":
            yield Say(TAKEN, firm=True)
            self._decided(verdict)
        elif verdict == "declined" or self._asked >= MOST_ASKED:
            self._decided("declined")
            yield HangUp(LEFT)
        else:
            yield self._ask(AGAIN)

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        yield self._ask(AGAIN)

    def facts(self) -> dict[str, Any]:
        return {}

    def _ask(self, text: str) -> Ask:
        self._asked += 1
        return Ask(text, "yes_no")

    def _read(self, heard: HeardTurn) -> Decision | None:
        """In doubt, None: nobody is put through to somebody who did not say yes."""
        if heard.digits:
            return {"1": "accepted", "2": "declined"}.get(heard.digits)  # type: ignore[return-value]
        words = heard.text.lower().replace("’", "'")
        flags = recognise(heard.text)
        if "no" in flags or _LEAVES.search(words):
            return "declined"
        return "accepted" if "yes" in flags or _TAKES.search(words) else None
