"""A call that reminds of an appointment.

of what, when -> can you come? -> yes: goodbye / cancel: asked once more, taken out, goodbye / another time: the agent goes on (books
a new one, or takes a message) / anything else: the agent answers
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any

import msgspec

from ringtrue.voice.agent import Mission
from ringtrue.voice.brains.acts import Act, Ask, Brain, HangUp, HeardTurn, Note, Use
from ringtrue.voice.brains.calling_back import wishes
from ringtrue.voice.brains.campaign_call import CampaignCall, each
from ringtrue.voice.brains.errand_hearing import is_voicemail
from ringtrue.voice.brains.phrases import plain, recognise
from ringtrue.voice.port import ToolFailed

QUESTION = "Can you come?"
_CANCEL = re.compile(
    r"\b(?:cancel\w*|call (?:it|that) off|dont need (?:it|that|the appointment)|take me off the (?:book|schedule)|not coming(?: at all)?)\b"
)
_MOVE = re.compile(
    r"\b(?:reschedul\w+|move (?:it|that|my|the)|postpone\w*|push (?:it|that) back|(?:an)?other (?:day|time|date|slot|appointment)|"
    r"(?:different|later|earlier|new) (?:day|time|date|slot|appointment)|change (?:it|that|my|the)|instead|(?:next|the following) week)\b"
)
_COMING = re.compile(
    r"\b(?:(?:ill|we will|i will|well) (?:be there|come|make it|see you)|(?:i|we) can (?:come|make it)|see you (?:then|there|tomorrow))\b"
)
_NOT_COMING = re.compile(r"\b(?:cant|cannot|wont|not able to|unable to|not going to) (?:\w+ )?(?:come|make|be there|do)\b")
_AGAIN = re.compile(
    r"\b(?:what (?:time|day|date|appointment)|which (?:day|appointment)|when (?:is|was)|(?:say|repeat) that|pardon|sorry what)\b"
)


class ReminderCall(CampaignCall):
    """What the person says of the appointment goes to the house by the tool `appointment`."""

    def __init__(self, inner: Brain, mission: Mission) -> None:
        super().__init__(inner, mission)
        self._left = [QUESTION]
        self._cancelling = False

    def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        if not self._left or heard.machine or is_voicemail(heard.text):
            return super().answer(heard)
        words, flags = plain(heard.text), recognise(heard.text, self._language)
        yes, no = "yes" in flags, "no" in flags
        if _MOVE.search(words):
            return self._move(heard)
        if self._cancelling:
            if no or not (yes or _CANCEL.search(words)):
                self._cancelling = False
                return each([Note("kept"), Ask(f"Then I leave it as it is. {QUESTION}", "yes_no")])
            return self._end("cancelled", "It is cancelled. Thank you for telling us. Goodbye.")
        if _CANCEL.search(words):
            self._cancelling = True
            return each([Note("cancel"), Ask("Shall I cancel the appointment?", "yes_no")])
        if _NOT_COMING.search(words) or (no and not yes):
            return each([Note("declined"), Ask("Would you like another time, or shall I cancel it?")])
        if yes or _COMING.search(words):
            return self._end("confirmed", "Wonderful, we look forward to seeing you. Goodbye.")
        if _AGAIN.search(words):
            return each([Note("why"), *self._introduce()])
        if wishes(heard.text):  # there is one call for an appointment
            return each([Note("not_now"), HangUp("All right, I only wanted to remind you. Goodbye.")])
        return super().answer(heard)

    async def _end(self, answer: str, goodbye: str) -> AsyncGenerator[Act, Any]:
        self._left.clear()
        try:
            yield Use("appointment", {"answer": answer})
        except ToolFailed:
            yield HangUp("I'm sorry, I could not note that. Please call us. Goodbye.")
            return
        self.goal = "answered"
        yield Note(answer)
        yield HangUp(goodbye)

    async def _move(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        self._left.clear()
        yield Note("wants_to_move")
        with suppress(ToolFailed):
            yield Use("appointment", {"answer": "wants_to_move"})
        wish = f"I would like to book an appointment for {self._mission.appointment}"
        async with aclosing(self._inner.answer(msgspec.structs.replace(heard, text=wish))) as acts:
            given: Any = None
            failed: ToolFailed | None = None
            while True:
                try:
                    act = await (acts.athrow(failed) if failed else acts.asend(given))
                except StopAsyncIteration:
                    return
                given = failed = None
                try:
                    given = yield act
                except ToolFailed as problem:
                    failed = problem
