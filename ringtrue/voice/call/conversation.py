"""One call, from its answer to its end.

Two things go on at once. Listening turns audio into finished turns, as it comes (`ear`, `listening`). The floor takes what there is to
do one after another: the opening, a turn, a silence, a goodbye; each is a step, a task that a real interruption cancels.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from ringtrue.voice.agent import CallOrder, Escalation
from ringtrue.voice.audio.g711 import ulaw_decode
from ringtrue.voice.brains.acts import Brain
from ringtrue.voice.call import wording
from ringtrue.voice.call.answering_machine import AnsweringMachine
from ringtrue.voice.call.carrier_listening import ask_carrier
from ringtrue.voice.call.closing import close
from ringtrue.voice.call.desk import CallEnds, Desk
from ringtrue.voice.call.ear import Ear
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.guarding import Guard
from ringtrue.voice.call.handing_over import HandOver
from ringtrue.voice.call.hearing import Hearing
from ringtrue.voice.call.inbox import Close, Inbox, Quiet
from ringtrue.voice.call.joining import Members
from ringtrue.voice.call.metering import Meter
from ringtrue.voice.call.performing import BrainFailed, Performer
from ringtrue.voice.call.steps import Steps, prepare
from ringtrue.voice.call.taking_turns import TurnTaking
from ringtrue.voice.call.watching import Watch
from ringtrue.voice.events import Answered, Ended
from ringtrue.voice.lines.leg import Delivering, Digit, Frame, Held, HungUp, Leg
from ringtrue.voice.port import Port
from ringtrue.voice.speech.kinds import Price, Recognizer, Voice

if TYPE_CHECKING:
    from ringtrue.voice.call.office import Office

log = structlog.get_logger(__name__)


class Conversation:
    """Made by the office. `await run()` once; `finish()` ends politely, `abort(reason)` at once."""

    def __init__(
        self,
        order: CallOrder,
        leg: Leg,
        brain: Brain,
        recognizers: Sequence[Recognizer],
        voices: Sequence[Voice],
        port: Port,
        office: Office,
        *,
        slot: int = 0,
        prices: Mapping[str, Price | None],
    ) -> None:
        self._settings = settings = office.settings
        self.order, self.slot, self.brain = order, slot, brain
        self._leg = leg
        self._office = office
        self.desk = Desk(order, leg, port, voices, office.ready, settings, office.speaking_circuits, Meter(prices))
        coding = leg.coding if isinstance(leg, Delivering) else "pcm16"
        self.ear = Ear(leg.sample_rate, settings, self.desk.clock, coding)
        self.desk.recorder.caller_coding = coding
        self.guard = Guard(self.desk)
        self._inbox = Inbox()
        hearing = Hearing(
            recognizers, settings, lambda code: self.desk.trouble("recognizer", code), office.hearing_circuits, self.desk.meter
        )
        self.turns = TurnTaking(
            self.desk, self.ear, hearing, self.guard, self._inbox, thinking=self._thinking, cancel=self._cancel_step
        )
        wanted = order.direction == "outbound" and (order.mission is not None or order.errand is not None or order.to_colleague)
        self._machine = AnsweringMachine(self.ear, self.turns.listening, wanted)
        self._machine.carrier_says(order.answered_by)
        self._performer = Performer(self.desk, self._machine, self._hand_over)
        self._watch = Watch(self.desk, self.ear, self.turns.listening, self)
        self._hear: Callable[[bytes, float], None] = self._frame
        self.members = Members(
            self.desk, self.guard, self._inbox, brain, straight=self._frame, route=self._route, thinking=self._thinking,
            cancel=self._cancel_step, end=self.abort,
        )  # fmt: skip
        self._over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._step_task: asyncio.Task[None] | None = None
        self._step_firm = False
        self._connected = False  # with a colleague's leg: what comes and goes is theirs

    # --- the whole call

    async def run(self) -> Ended:
        """Hold the call to its end; the leg is hung up and `Ended` emitted whatever happens. Raises only CancelledError."""
        desk = self.desk
        desk.emit(Answered(at_ms=0, started_at=self.order.now, line=self.order.line, sample_rate=self._leg.sample_rate))
        log.info("call_answered", call=self.order.call_id, line=self.order.line)
        reader = asyncio.create_task(self._read())
        beside = [asyncio.create_task(prepare(self.brain, self.desk))]
        if self.order.carrier_listens:
            beside.append(asyncio.create_task(ask_carrier(desk.port, self._carrier_heard)))
        reason = "lost"
        try:
            reason = await self._converse(beside[0])
        except asyncio.CancelledError:
            reason = "stopped"
            raise
        except Exception as error:
            log.error("call_failed", call=self.order.call_id, error=describe(error))
        finally:
            ended = await close(self, reason, [reader, *beside])
        return ended

    async def _converse(self, prepared: asyncio.Task[None]) -> str:
        steps = Steps(
            self.desk, self.brain, self.guard, self._performer, self.turns, self._inbox, prepared, self._machine, self._idle
        )
        await self._step(steps, steps.open(), firm=True)
        if not self._inbox and not self._over.done():
            await self._step(steps, steps.greet())
        while not self._over.done():
            if self._inbox:
                item = self._inbox.pop()
                await self._step(steps, steps.deal_with(item), firm=isinstance(item, Close))
            else:
                await self._news()
        return self._over.result()

    async def _news(self) -> None:
        task = asyncio.create_task(self._inbox.news())
        either: set[asyncio.Future[Any]] = {task, self._over}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            task.cancel()

    async def _step(self, steps: Steps, work: Coroutine[Any, Any, None], *, firm: bool = False) -> None:
        """Do one thing, unless it is interrupted (cancelled) or the call ends. `firm`: an interruption does not cancel it."""
        if self._over.done():
            work.close()
            return
        self._step_task, self._step_firm = asyncio.create_task(work), firm
        try:
            either: set[asyncio.Future[Any]] = {self._step_task, self._over}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            task, self._step_task = self._step_task, None
            if not task.done():
                if self._performer.in_tool:  # let what was asked for be done and told, the caller gone or not
                    await asyncio.wait({task}, timeout=2.0)
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, CallEnds):
            self.abort(error.reason)
        elif isinstance(error, BrainFailed):
            self.desk.trouble("brain", str(error))
            await self._step(steps, steps.apologise(wording.MY_FAULT))
        elif error is not None:
            raise error
        if self.desk.speaker.mute and not self._over.done():
            self.abort("lost")

    # --- from the line

    async def _read(self) -> None:
        clean = False
        try:
            self._route(self._hear)
            async for event in self._leg.events():
                if isinstance(event, Frame):
                    self._hear(event.pcm, event.at)
                elif isinstance(event, Digit):
                    self.turns.pressed(event)
                elif isinstance(event, Held):
                    self._watch.held(event.on, event.why)
                elif isinstance(event, HungUp):
                    clean = event.clean
                    break
        except Exception as error:
            log.warning("leg_broke", call=self.order.call_id, error=describe(error))
        self.abort("caller_hung_up" if clean else "line_failed")

    def _route(self, hear: Callable[[bytes, float], None]) -> None:
        self._hear = hear
        if isinstance(self._leg, Delivering):
            self._leg.deliver(hear)

    def _frame(self, sound: bytes, at: float) -> None:
        """50 times a second for each call of the process: nothing else runs for a frame. Never raises."""
        try:
            start_ms = self.ear.hear(sound, at)
            if self.desk.recorder.on:
                self.desk.recorder.caller(start_ms, sound)
        except Exception as error:
            log.error("call_failed", call=self.order.call_id, error=describe(error))
            self.abort("lost")

    # --- from outside, at any time

    def _carrier_heard(self, who: str) -> None:
        """Whoever has answered us in more than a first sentence is a person, whatever the carrier thinks of their greeting."""
        if self.turns.turns <= 1 and self._machine.carrier_says(who):
            self._inbox.push(self.turns.new_turn(""))

    def tick(self, now: float, *, watch: bool = True) -> None:
        """Every 20 ms, from the office. Cheap: all real work hangs on events, and watchdogs look only now and then (`watch`)."""
        if self._connected or self._over.done():
            return
        desk = self.desk
        mouth = desk.mouth
        if mouth.busy:
            if now >= mouth.look_at:
                mouth.pump(now)
            desk.speaker.tick()
        if desk.speech_began_at is not None:
            self.ear.echo_until_ms = (desk.speech_began_at - desk.clock.zero) * 1000 + self._settings.echo_window
            desk.speech_began_at = None
        if watch:
            self._watch_over(now)
        elif mouth.busy or self.turns.busy:
            self.turns.tick(now)

    def _watch_over(self, now: float) -> None:
        desk = self.desk
        desk.speaker.tick()
        self.ear.fill(now)
        self._machine.tick()
        if self.ear.reset_due():
            self._office.reset_activity(self.slot)
        self.turns.tick(now)
        if desk.recorder.on:
            desk.recorder.tick(desk.clock.ms(now))
        self._watch.tick(now, taken=self.members.taken)

    def finish(self) -> None:
        """The process stops: tell the caller and end politely, after the sentence that is being said now. A tool is let finish."""
        self.desk.mouth.keep_current(self.desk.clock.now())
        self.desk.speaker.drop()
        if self._thinking() or self._performer.with_colleague:
            self._cancel_step()
        self.close_with(wording.CLOSING_DOWN, "stopped")

    def abort(self, reason: str) -> None:
        if not self._over.done():
            self._over.set_result(reason)

    # --- a colleague

    async def _hand_over(self, target: Escalation) -> None:
        await HandOver(self, self._office, target).run()

    def connect(self, other: Leg) -> None:
        """What comes on this line goes to `other` from now on, a leg of the same kind; nothing of it is heard, recorded or judged here."""
        self.members.close()
        self.desk.recorder.close(self.desk.clock.ms())
        self._connected = True
        coded = self.ear.coded

        def pass_on(sound: bytes, at: float) -> None:
            other.play(ulaw_decode(sound) if coded else sound)

        self._route(pass_on)

    def disconnect(self) -> None:
        if self._connected:
            self._connected = False
            self.ear.last_frame_at = self.desk.clock.now()  # the line was not dead
            self._route(self._frame)

    # --- for the watchdogs

    @property
    def nobody_acts(self) -> bool:
        return not (self._step_task or self._inbox or self.turns.busy or self.desk.mouth.busy)

    @property
    def quiet_since(self) -> float:
        return self.turns.last_at

    def prompt(self, for_s: float) -> None:
        self._inbox.push(Quiet(for_s))

    def close_with(self, text: str, reason: str) -> None:
        self._inbox.push(Close(text, reason))

    def _idle(self) -> bool:
        return self._step_task is None and not self._inbox and not self.desk.mouth.busy

    # --- for barge-in

    def _thinking(self) -> bool:
        """An answer is under way that may be broken off."""
        performer = self._performer
        return self._step_task is not None and not (self._step_firm or performer.in_tool or performer.with_colleague)

    def _cancel_step(self) -> None:
        if self._step_task is not None:
            self._step_task.cancel()
