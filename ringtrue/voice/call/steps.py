"""The steps of a call, one after another: the opening, the greeting, a turn, a silence, an apology, the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from ringtrue.voice.brains.acts import Brain, HeardTurn, Spent, Telling
from ringtrue.voice.call import wording
from ringtrue.voice.call.answering_machine import AnsweringMachine
from ringtrue.voice.call.desk import CallEnds, Desk
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.guarding import Guard, transfer_target
from ringtrue.voice.call.inbox import Close, Inbox, Item, NotHeard, Quiet, Turn
from ringtrue.voice.call.performing import BrainFailed, Performer
from ringtrue.voice.call.speculating import Speculation
from ringtrue.voice.call.taking_turns import TurnTaking
from ringtrue.voice.events import ModelUsed

log = structlog.get_logger(__name__)

THEIR_GREETING_S = 1.6
"""Whoever answers our call says a word or two; when nothing has begun by then, we speak (the law wants to hear us within 2 s)."""

_GUARDED = frozenset({"emergency", "stop_recording", "opt_out", "robot"})
"""Phrases that guardrails answer: no brain is asked early for what it may never be asked."""


class Steps:
    """Each method is one step, run as a task. `prepared`: the brain is loading the business's facts until it is done. `idle()`: no
    step is under way and nothing is being said."""

    def __init__(
        self,
        desk: Desk,
        brain: Brain,
        guard: Guard,
        performer: Performer,
        turns: TurnTaking,
        inbox: Inbox,
        prepared: asyncio.Task[None],
        machine: AnsweringMachine,
        idle: Callable[[], bool] = lambda: False,
    ) -> None:
        self._desk = desk
        self._brain = brain
        self._guard = guard
        self._performer = performer
        self._turns = turns
        self._inbox = inbox
        self._prepared = prepared
        self._machine = machine
        self._unanswered = ""  # words whose answer was cancelled before any of it was heard
        self._troubles = 0
        self._idle = idle
        self.early = Speculation(brain, desk.clock, self._foresee)
        turns.early = self.early
        if isinstance(brain, Telling):
            brain.tell = self._told

    def _told(self, what: Spent | str) -> None:
        """From the brain, at any time: what a model used, or a trouble that was dealt with."""
        if isinstance(what, Spent):
            self._desk.emit(ModelUsed(at_ms=self._desk.clock.ms(), **msgspec.structs.asdict(what)))
        else:
            self._desk.trouble("brain", what)

    async def open(self) -> None:
        """Disclosure and recording. Nothing interrupts it; what the caller says meanwhile waits. Whoever is called speaks first."""
        outbound = self._desk.order.direction == "outbound"
        waits = outbound and not self._machine.is_settled
        greeting = await self._next_words(THEIR_GREETING_S) if waits else None
        machine = not waits and self._machine.is_known
        if greeting:
            machine, greeting = await self._machine.greets(greeting, self._next_words)
        if machine:
            self._guard.record_nothing()
            self._inbox.put_first(self._turns.new_turn(greeting or ""))
            return
        self._machine.answered_by_person()
        await self._guard.disclose()
        words = await self._guard.settle_recording(self._next_words) or greeting
        if words:
            self._inbox.put_first(self._turns.new_turn(words))

    async def _next_words(self, timeout_s: float) -> str | None:
        """The caller's next turn, counted from the end of our question; None when none comes in time."""
        desk, loop = self._desk, asyncio.get_running_loop()
        await desk.mouth.drained()
        until = loop.time() + timeout_s
        while not self._inbox:
            left = until - loop.time()
            if left < 0.001 and not self._turns.busy:
                break
            try:
                async with asyncio.timeout(max(left, 0.2)):
                    await self._inbox.news()
            except TimeoutError:
                continue
        self._inbox.drop_failures()
        turn = self._inbox.pop_turn()
        if turn is None:
            return None
        desk.turn = turn.number
        desk.timer.handed(turn.number, turn.utterance)
        return turn.text or turn.digits

    async def greet(self) -> None:
        desk = self._desk
        desk.waiting_from = desk.clock.now()
        await asyncio.wait({self._prepared}, timeout=desk.settings.prepare_timeout / 1000)
        if self._prepared.done():
            await self._performer.perform(self._brain.greet())
        if not self._prepared.done() or not self._performer.spoke:
            desk.ask(desk.agent.greeting or wording.HOW_ELSE)
            await desk.mouth.drained()

    async def deal_with(self, item: Item) -> None:
        """Raises CallEnds, BrainFailed."""
        if isinstance(item, Turn):
            await self._answer(item)
        elif isinstance(item, Quiet):
            await self._performer.perform(self._brain.silence(item.for_s))
            if not self._performer.spoke:
                await self._desk.say_to_end(wording.STILL_THERE, firm=False)
        elif isinstance(item, NotHeard):
            await self.apologise(wording.SAY_AGAIN)
        else:
            await self._close(item)

    async def _close(self, item: Close) -> None:
        await self._desk.mouth.drained()
        await self._desk.say_to_end(item.text)
        raise CallEnds(item.reason)

    async def _answer(self, turn: Turn) -> None:
        desk = self._desk
        desk.turn = turn.number
        desk.timer.handed(turn.number, turn.utterance)
        if turn.number > desk.agent.limits.max_turns:
            self._inbox.push(Close(wording.TOO_LONG, "too_long"))
            return
        desk.waiting_from = desk.clock.now()
        if await self._guard.before_brain(turn.text):
            self._unanswered = ""
            await desk.mouth.drained()
            return
        await asyncio.wait({self._prepared}, timeout=desk.settings.prepare_timeout / 1000)
        if not self._prepared.done():
            raise BrainFailed("not_ready")
        heard = self._heard(turn.number, turn.text, turn.digits)
        early = await self.early.take(heard)
        if early is not None:
            desk.timer.begun_early(early.began_ms, early.first_ms)
        self._unanswered = heard.text
        self._turns.interrupted = ""
        desk.played.clear()
        before = (desk.expecting, desk.hints)
        desk.expecting, desk.hints = "open", ()
        try:
            await self._performer.perform(self._brain.answer(heard) if early is None else early.acts())
        except asyncio.CancelledError:
            if desk.timer.answered or self._performer.used_tool:
                self._unanswered = ""
            else:  # nothing of it was heard: the caller was not finished, and the question stands
                desk.expecting, desk.hints = before
            raise
        self._unanswered = ""
        self._troubles = 0

    def _heard(self, number: int, text: str, digits: str = "") -> HeardTurn:
        """The turn as the brain gets it."""
        desk = self._desk
        return HeardTurn(
            turn=number,
            text=f"{self._unanswered} {text}".strip(),
            expecting=desk.expecting,
            digits=digits,
            interrupted=self._turns.interrupted,
            played=" ".join(part for part in desk.played if part.strip(" —")),
            machine=self._machine.is_known,
            continues=bool(self._unanswered),
        )

    def _foresee(self, text: str) -> HeardTurn | None:
        """The turn that these words will be if the caller says no more; None while the brain may not be asked."""
        number = self._turns.turns + 1
        ready = self._idle() and self._prepared.done() and number <= self._desk.agent.limits.max_turns
        if not ready or _GUARDED & self._guard.flags(text):
            return None
        return self._heard(number, text)

    async def apologise(self, text: str) -> None:
        """Something of ours failed. The first times the caller is asked again; then somebody else takes over, or we say goodbye."""
        self._troubles += 1
        desk = self._desk
        self._unanswered = ""
        if self._troubles < desk.settings.troubles_in_a_row:
            await desk.say_to_end(text, firm=False)
            return
        for escalation in desk.agent.escalations:
            if "transfer" in desk.leg.can and transfer_target(desk.agent, escalation.id, desk.now_utc)[0] is not None:
                await desk.say_to_end(f"I'm having trouble on my side. I'll connect you to {escalation.person}.")
                await self._performer.transfer(escalation.id)
                break
        await desk.say_to_end(wording.CANNOT_GO_ON)
        raise CallEnds("agent_hung_up")


async def prepare(brain: Brain, desk: Desk) -> None:
    """The brain loads the business's facts. Slow is not lost: the call begins without them, and they come when they come."""
    alarm = asyncio.get_running_loop().call_later(desk.settings.prepare_timeout / 1000, desk.trouble, "brain", "prepare_slow")
    try:
        await brain.prepare(desk.order)
    except Exception as error:
        log.error("brain_not_prepared", call=desk.order.call_id, error=describe(error))
        desk.trouble("brain", "prepare_failed")
    finally:
        alarm.cancel()
