"""A call that a campaign places: says why it calls, asks or offers what it is for, and leaves everything else to the agent's own brain.

why -> its question -> yes: the agent goes on (books, takes a message) / no: a goodbye / another time: a call-back /
anything else: the agent answers
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ringtrue.voice.agent import CallOrder, Mission
from ringtrue.voice.brains.acts import Act, Ask, Brain, HangUp, HeardTurn, LeaveMessage, Note, Say, Spent, Telling
from ringtrue.voice.brains.calling_back import CallingBack, wishes
from ringtrue.voice.brains.errand_hearing import is_voicemail
from ringtrue.voice.brains.phrases import plain, recognise

_QUESTIONS = {"book": "Would you like to book a time?", "remind": "Does that suit you?"}
_WHO = re.compile(
    r"\b(?:who (?:is|s|are)|whos|which company|what (?:is|s) (?:this|it) (?:about|regarding|for)|why (?:are|do) you call\w*)\b"
)
_THANKS = "Thank you for your time. Goodbye."


class CampaignCall:
    """One per call, around the brain that answers for the agent."""

    def __init__(self, inner: Brain, mission: Mission) -> None:
        self._inner, self._mission = inner, mission
        asked = [_QUESTIONS[mission.goal]] if mission.goal in _QUESTIONS else list(mission.questions)
        self._left = asked  # the first is the one that is open
        self._answers: list[str] = []
        self._goal = ""
        if isinstance(inner, Telling):
            self.tell: Callable[[Spent | str], None] = inner.tell

    @property
    def goal(self) -> str:
        return self._inner.goal or self._goal

    @goal.setter
    def goal(self, reached: str) -> None:
        self._goal = reached

    async def prepare(self, order: CallOrder) -> None:
        self._keeps = order.storage_mode != "metadata_only"
        self._language = order.agent.language
        zone = ZoneInfo(self._mission.time_zone or order.agent.time_zone)
        self._later = CallingBack(datetime.fromtimestamp(order.now, zone), self._language)
        if isinstance(self._inner, Telling):
            self._inner.tell = self.tell
        await self._inner.prepare(order)

    async def greet(self) -> AsyncGenerator[Act, Any]:
        for act in self._introduce():
            yield act

    def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        if heard.machine or is_voicemail(heard.text):
            self._left.clear()
            self._goal = "voicemail"
            return each([Note("voicemail"), LeaveMessage(self._mission.voicemail)])
        if self._later.is_open or (self._left and wishes(heard.text)):
            return self._later.answer(heard.text)
        if not self._left:
            return self._inner.answer(heard)
        flags = recognise(heard.text, self._language)
        if _WHO.search(plain(heard.text)):
            return each([Note("why"), *self._introduce()])
        if self._mission.goal in _QUESTIONS:
            return self._decided(heard, yes="yes" in flags and "no" not in flags, no="no" in flags)
        if heard.text.strip().endswith("?") or "goodbye" in flags:
            return self._inner.answer(heard)
        return each(self._noted(heard))

    def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        return self._inner.silence(for_s)

    def facts(self) -> dict[str, Any]:
        """What the agent's own brain gathered, and the answers to the campaign's questions, in their order."""
        return {**self._inner.facts(), **({"reason": "; ".join(self._answers)} if self._answers and self._keeps else {})}

    def _introduce(self) -> list[Act]:
        return [Say(self._mission.reason), *([Ask(self._left[0], self._expecting)] if self._left else [])]

    @property
    def _expecting(self) -> Any:
        return "yes_no" if self._mission.goal in _QUESTIONS else "open"

    def _decided(self, heard: HeardTurn, *, yes: bool, no: bool) -> AsyncGenerator[Act, Any]:
        self._left.clear()
        short = len(plain(heard.text).split()) <= 5
        if self._mission.goal == "remind" and yes:
            self.goal = "answered"
            return each([Note("agreed"), HangUp(f"Wonderful. {_THANKS}")])
        if self._mission.goal == "book" and no and short:
            return each([Note("declined"), HangUp(f"No problem. {_THANKS}")])
        if short and (yes or no):  # the agent's own brain was not there when the question was asked
            wish = "I would like to book an appointment" if yes else "I need to change my appointment"
            return self._inner.answer(msgspec.structs.replace(heard, text=wish))
        return self._inner.answer(heard)

    def _noted(self, heard: HeardTurn) -> list[Act]:
        question = self._left.pop(0)
        self._answers.append(f"{question} {heard.text.strip()}")
        if self._left:
            return [Note("noted"), Ask(self._left[0])]
        self.goal = "answered"
        return [Note("noted"), HangUp(f"That is all I wanted to ask. {_THANKS}")]


async def each(acts: list[Act]) -> AsyncGenerator[Act, Any]:
    for act in acts:
        yield act
