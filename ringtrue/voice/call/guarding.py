"""Guardrails that stand outside every brain, and that no prompt can move.

Disclosure in the first sentence, the recording notice or question, "are you a robot?", opt-out, emergency, stop recording, and who
may be transferred to.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

import structlog

from ringtrue.voice.agent import Agent, Escalation
from ringtrue.voice.brains.phrases import recognise
from ringtrue.voice.call import wording
from ringtrue.voice.call.desk import CallEnds, Desk
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.menu_loops import MenuLoop
from ringtrue.voice.call.opening_hours import is_open
from ringtrue.voice.events import Consent, Disclosed, Emergency, OptedOut

log = structlog.get_logger(__name__)

LONG_TURN = 14
"""Words: a turn this long says more than the phrase a guardrail answered, so the brain hears it too."""


ON_HOLD = 20
"""Times that a queue may say the same on an errand, where waiting is what was asked for; its longest hold ends it before that."""


def transfer_target(agent: Agent, escalation_id: str, at: float) -> tuple[Escalation | None, str]:
    """The escalation, or None and why not. The number is the snapshot's; nothing that was said in the call can change it."""
    found = next((escalation for escalation in agent.escalations if escalation.id == escalation_id), None)
    if not agent.handling.transfer:
        return None, "not_allowed"
    if found is None:
        return None, "unknown"
    if found.hours != "always" and is_open(agent, at) != (found.hours == "open"):
        return None, "closed" if found.hours == "open" else "open"
    return found, ""


def escalation_words(agent: Agent, text: str) -> bool:
    """Some escalation of the business is named in the text."""
    plain = text.lower()
    return any(re.search(rf"\b{re.escape(word.lower())}\b", plain) for e in agent.escalations for word in e.words)


class Guard:
    """`answer_to_question(timeout_s)` gives the caller's next turn as text, or None when there is none in time."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.recording_decided = False
        self.opted_out = False
        self._withdrawn = False
        self._recognised: tuple[str, frozenset[str]] = ("", frozenset())
        self._menu = MenuLoop(desk.settings.same_announcement if desk.order.errand is None else ON_HOLD)

    def flags(self, text: str) -> frozenset[str]:
        """Asked several times about the same words: while they are overheard, when the turn is over, before the brain."""
        if text != self._recognised[0]:
            try:
                outbound = self._desk.order.direction == "outbound"
                self._recognised = (text, frozenset(recognise(text, self._desk.agent.language, outbound=outbound)))
            except Exception as error:  # never lose a call to a phrase
                log.error("phrases_broke", error=describe(error))
                self._recognised = (text, frozenset())
        return self._recognised[1]

    # --- the opening

    async def disclose(self) -> None:
        desk = self._desk
        await desk.say_to_end(wording.disclosure(desk.agent))
        desk.emit(Disclosed(at_ms=desk.clock.ms()))

    async def settle_recording(self, next_words: Callable[[float], Awaitable[str | None]]) -> str | None:
        """Notice or question. Nothing is recorded before it is settled. Returns words of the caller that were no answer to it and
        still want one, or None. Raises CallEnds when the caller refuses and the business ends such calls."""
        desk = self._desk
        flow = desk.order.recording.flow
        if desk.order.storage_mode == "metadata_only" or flow == "off":
            # Nothing that is said is kept, so there is nothing to give notice of, and saying "this call is recorded" would be untrue.
            self._decide(granted=False, method="off", notice="")
            return None
        if flow == "announce":
            notice = wording.notice(desk.order.listening)
            await desk.say_to_end(notice)
            if not self._withdrawn:
                self._decide(granted=True, method="announced", notice=notice)
            return None
        return await self._ask(next_words)

    def record_nothing(self) -> None:
        """A machine has answered: it was given no notice, and nobody can agree."""
        self._decide(granted=False, method="off", notice="")

    async def _ask(self, next_words: Callable[[float], Awaitable[str | None]]) -> str | None:
        desk = self._desk
        unanswered: str | None = None
        questions = wording.questions(desk.order.listening)
        for question in questions:
            desk.ask(question, "yes_no", fixed=True)
            words = await next_words(desk.settings.answer_wait / 1000)
            flags = self.flags(words or "")
            if words and flags & {"emergency", "opt_out", "robot"}:
                await self.before_brain(words, flags - {"stop_recording"})
            if "yes" in flags and not flags & {"no", "stop_recording"}:
                self._decide(granted=True, method="asked", notice=questions[0])
                return unanswered
            if flags & {"no", "stop_recording"}:
                break
            unanswered = words or unanswered
        # A no, or no clear yes: in doubt, no.
        if not self._withdrawn:
            self._decide(granted=False, method="asked", notice=questions[0])
        await self._without_recording()
        return unanswered

    def _decide(self, *, granted: bool, method: str, notice: str) -> None:
        desk = self._desk
        self.recording_decided = True
        now = desk.clock.ms()
        desk.emit(Consent(at_ms=now, granted=granted, method=method, wording=notice))  # type: ignore[arg-type]
        if granted:
            desk.recorder.start(now)

    async def _without_recording(self) -> None:
        if self._desk.order.recording.on_refusal == "end":
            await self._desk.say_to_end(wording.MUST_RECORD)
            raise CallEnds("refused")
        await self._desk.say_to_end(wording.NOT_RECORDED, firm=False)

    @property
    def refused(self) -> bool:
        """Nobody may listen to this call any more: recording was refused, withdrawn, or is off."""
        return (self.recording_decided or self._withdrawn) and not self._desk.recorder.on

    # --- in mid-call

    def overheard(self, text: str) -> None:
        """Words of a turn that is not over yet. Recording stops at once when the caller wants that; nothing else is hasty."""
        if not self._withdrawn and self._records() and "stop_recording" in self.flags(text):
            self._withdraw()

    def _records(self) -> bool:
        order = self._desk.order
        return order.storage_mode != "metadata_only" and order.recording.flow != "off"

    def _withdraw(self) -> None:
        desk = self._desk
        self._withdrawn = True
        desk.recorder.stop()
        desk.emit(Consent(at_ms=desk.clock.ms(), granted=False, method="withdrawn", wording=wording.RECORDING_STOPPED))

    async def before_brain(self, text: str, flags: frozenset[str] | None = None) -> bool:
        """What must be answered whatever the brain thinks. True: the turn is dealt with. Raises CallEnds."""
        if self._desk.order.to_colleague:  # "is it an emergency?" is asked, not told
            return False
        if flags is None:
            flags = self.flags(text)
            if "emergency" not in flags:
                await self._leave_a_recording(text)
        done = False
        long = len(text.split()) >= LONG_TURN
        if "emergency" in flags:
            done = await self._emergency(text)
        if "stop_recording" in flags:
            await self._stop_recording()
            done = done or not long
        if "opt_out" in flags:
            await self._opt_out()
            done = True
        if "robot" in flags:
            desk = self._desk
            desk.say(wording.robot(desk.agent), fixed=True)
            done = done or (not long and "person" not in flags)
        if done and "emergency" not in flags:
            self._take_up_again()
        return done

    async def _leave_a_recording(self, text: str) -> None:
        """Raises CallEnds when an announcement goes round and round: two machines would talk until the longest time."""
        heard = self._desk.heard
        if heard is not None and heard.text == text and self._menu.heard(text, heard.end_ms - heard.start_ms):
            self._desk.trouble("line", "recording_heard")
            await self._desk.say_to_end(wording.RECORDING_HEARD)
            raise CallEnds("agent_hung_up")

    async def _emergency(self, text: str) -> bool:
        """First of all: hang up and call for help. Only then whatever the business offers for it."""
        desk = self._desk
        desk.say(wording.emergency(desk.agent), firm=True, fixed=True)
        try:
            await desk.mouth.drained()
        finally:  # told also when the caller does as told and hangs up before the sentence ends
            desk.emit(Emergency(at_ms=desk.clock.ms()))
        if escalation_words(desk.agent, text):
            return False
        desk.ask(wording.NOT_AN_EMERGENCY, fixed=True)
        return True

    async def _stop_recording(self) -> None:
        was_on = self._records() and (not self._withdrawn or self.recording_decided)
        if not self._withdrawn and self._records():
            self._withdraw()
        if was_on and self._desk.order.recording.on_refusal == "end":
            await self._desk.say_to_end(wording.MUST_RECORD)
            raise CallEnds("refused")
        await self._desk.say_to_end(wording.RECORDING_STOPPED if was_on else wording.NOT_RECORDED)

    async def keep_opt_out(self) -> None:
        """Once for each call, whoever is speaking."""
        desk = self._desk
        if not self.opted_out:
            self.opted_out = True
            desk.emit(OptedOut(at_ms=desk.clock.ms()))  # first: this must not be lost, whatever the tool does
            try:
                async with asyncio.timeout(desk.settings.tool_timeout / 1000):
                    await desk.port.use("opt_out", {})
            except Exception as error:  # the event stands; the scribe writes the list from it as well
                desk.trouble("tool", "opt_out")
                log.error("opt_out_tool_failed", error=describe(error))

    async def _opt_out(self) -> None:
        desk = self._desk
        await self.keep_opt_out()
        if desk.order.direction == "outbound":
            await desk.say_to_end(f"{wording.OPTED_OUT} {wording.GOODBYE}")
            raise CallEnds("agent_hung_up")
        await desk.say_to_end(wording.OPTED_OUT)
        desk.question = wording.ANYTHING_ELSE

    def _take_up_again(self) -> None:
        """Back to what was asked before the guardrail spoke."""
        desk = self._desk
        desk.ask(desk.question or wording.HOW_ELSE, desk.expecting, desk.hints, fixed=desk.question == wording.ANYTHING_ELSE)
