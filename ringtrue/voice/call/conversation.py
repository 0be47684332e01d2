"""One call, from its answer to its end.

Two things go on at once. Listening turns audio into finished turns, as it comes (`ear`, `listening`). The floor takes what there is to
do one after another: the opening, a turn, a silence, a goodbye; each is a step, a task that a real interruption cancels.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec
import structlog

from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Brain, HeardTurn
from ringtrue.voice.call import wording
from ringtrue.voice.call.desk import CallEnds, Desk
from ringtrue.voice.call.ear import Ear
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.guarding import Guard, transfer_target
from ringtrue.voice.call.hearing import Hearing
from ringtrue.voice.call.holding import Hold
from ringtrue.voice.call.interrupting import judge
from ringtrue.voice.call.keypad import Keypad
from ringtrue.voice.call.listening import Listening, Utterance
from ringtrue.voice.call.performing import BrainFailed, Performer
from ringtrue.voice.call.watching import Watch
from ringtrue.voice.events import Answered, Digits, Ended, Heard, ToolUsed
from ringtrue.voice.lines.leg import Digit, Frame, HungUp, Leg
from ringtrue.voice.port import Port
from ringtrue.voice.speech.kinds import Expecting, Recognizer, Voice

if TYPE_CHECKING:
    from ringtrue.voice.call.office import Office

log = structlog.get_logger(__name__)

EndReason = Literal[
    "caller_hung_up", "agent_hung_up", "transferred", "silence", "too_long", "refused", "line_failed", "stopped", "lost"
]


class _Turn(msgspec.Struct, frozen=True):
    number: int
    text: str
    digits: str = ""
    utterance: Utterance | None = None


class _Quiet(msgspec.Struct, frozen=True):
    for_s: float


class _NotHeard(msgspec.Struct, frozen=True):
    pass


class _Close(msgspec.Struct, frozen=True):
    text: str
    reason: str


_Item = _Turn | _Quiet | _NotHeard | _Close


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
    ) -> None:
        settings = office.settings
        self.order = order
        self.slot = slot
        self.brain = brain
        self._leg = leg
        self._office = office
        self._settings = settings
        self.desk = Desk(order, leg, port, voices, office.ready, settings)
        self.ear = Ear(leg.sample_rate, settings, self.desk.clock)
        hearing = Hearing(recognizers, settings, lambda code: self.desk.trouble("recognizer", code))
        self.listening = Listening(self.ear, hearing, settings, self.desk.clock, self)
        self.guard = Guard(self.desk)
        self.quiet_since = self.desk.clock.now()
        self._performer = Performer(self.desk)
        self._watch = Watch(self.desk, self.ear, self.listening, self)
        self._keypad = Keypad(settings.digits_pause)
        self._hold = Hold(self.desk, self.listening)
        self._inbox: deque[_Item] = deque()
        self._news = asyncio.Event()
        self._over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._step_task: asyncio.Task[None] | None = None
        self._step_firm = False
        self._turns = 0
        self._interrupted = ""  # what the caller had really heard of the sentence that was cut
        self._unanswered = ""  # words whose answer was cancelled before any of it was heard
        self._troubles = 0

    # --- the whole call

    async def run(self) -> Ended:
        """Hold the call to its end; the leg is hung up and `Ended` emitted whatever happens. Raises only CancelledError."""
        desk = self.desk
        desk.emit(Answered(at_ms=0, started_at=self.order.now, line=self.order.line, sample_rate=self._leg.sample_rate))
        log.info("call_answered", call=self.order.call_id, line=self.order.line)
        reader = asyncio.create_task(self._read())
        prepared = asyncio.create_task(self._prepare())
        reason = "lost"
        try:
            reason = await self._converse(prepared)
        except asyncio.CancelledError:
            reason = "stopped"
            raise
        except Exception as error:
            log.error("call_failed", call=self.order.call_id, error=describe(error))
        finally:
            ended = await self._end(reason, [reader, prepared])
        return ended

    async def _converse(self, prepared: asyncio.Task[None]) -> str:
        await self._step(self._open(), firm=True)
        if not self._inbox and not self._over.done():
            await self._step(self._greet(prepared))
        while not self._over.done():
            if self._inbox:
                await self._step(self._deal_with(self._inbox.popleft(), prepared))
            else:
                self._news.clear()
                await self._wait(self._news.wait())
        return self._over.result()

    async def _wait(self, what: Coroutine[Any, Any, Any], limit_s: float | None = None) -> None:
        """Until `what` has happened, the call is over, or the time is up."""
        task = asyncio.create_task(what)
        either: set[asyncio.Future[Any]] = {task, self._over}
        try:
            await asyncio.wait(either, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            task.cancel()

    async def _step(self, work: Coroutine[Any, Any, None], *, firm: bool = False) -> None:
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
            await self._step(self._apologise(wording.MY_FAULT))
        elif error is not None:
            raise error
        if self.desk.speaker.mute and not self._over.done():
            self.abort("lost")

    async def _end(self, reason: str, tasks: list[asyncio.Task[None]]) -> Ended:
        desk = self.desk
        if reason == "caller_hung_up":
            await self._keep_last_words()
        desk.mouth.cut(desk.clock.now(), keep_firm=False)
        await desk.speaker.close()
        await self.listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            async with asyncio.timeout(self._settings.hang_up_timeout / 1000):
                await self._leg.hang_up()
        except Exception as error:
            log.warning("hang_up_failed", call=self.order.call_id, error=describe(error))
        desk.recorder.close(desk.clock.ms())
        self._tell_facts()
        goal = self.brain.goal
        ended = Ended(at_ms=desk.clock.ms(), reason=cast(EndReason, reason), duration_ms=desk.clock.ms(), goal=goal)
        desk.emit(ended)
        log.info("call_ended", call=self.order.call_id, reason=reason, goal=goal, ms=ended.duration_ms)
        return ended

    async def _keep_last_words(self) -> None:
        try:
            async with asyncio.timeout(self._settings.recognize_timeout / 1000):
                utterance = await self.listening.last_words()
        except TimeoutError:
            return
        if utterance is not None:
            self._turns += 1
            self._tell_heard(utterance, self._turns)

    def _tell_facts(self) -> None:
        """What the brain gathered, for the summary: told as the use of a tool named "facts", whose arguments the gate protects."""
        try:
            facts = {name: str(value) for name, value in self.brain.facts().items() if value not in (None, "")}
        except Exception as error:
            log.error("facts_failed", error=describe(error))
            return
        if facts:
            self.desk.emit(ToolUsed(at_ms=self.desk.clock.ms(), turn=self._turns, name="facts", ok=True, arguments=facts))

    # --- from the line

    async def _read(self) -> None:
        clean = False
        try:
            async for event in self._leg.events():
                if isinstance(event, Frame):
                    self.desk.recorder.caller(self.ear.hear(event.pcm, event.at), event.pcm)
                elif isinstance(event, Digit):
                    self._pressed(event)
                elif isinstance(event, HungUp):
                    clean = event.clean
                    break
        except Exception as error:
            log.warning("leg_broke", call=self.order.call_id, error=describe(error))
        self.abort("caller_hung_up" if clean else "line_failed")

    def _pressed(self, key: Digit) -> None:
        self.quiet_since = self.desk.clock.now()
        self._keypad.press(key.digit, self.quiet_since)
        if self.desk.mouth.busy and not self.desk.mouth.firm:
            self._interrupt()

    async def _prepare(self) -> None:
        try:
            async with asyncio.timeout(self._settings.prepare_timeout / 1000):
                await self.brain.prepare(self.order)
        except TimeoutError:
            self.desk.trouble("brain", "prepare_timeout")
        except Exception as error:
            log.error("brain_not_prepared", call=self.order.call_id, error=describe(error))
            self.desk.trouble("brain", "prepare_failed")

    # --- from outside, at any time

    def tick(self, now: float) -> None:
        """Every 20 ms, from the office. Cheap: all real work hangs on events."""
        if self._over.done():
            return
        desk = self.desk
        desk.mouth.pump(now)
        desk.speaker.tick()
        self.ear.fill(now)
        if desk.speech_began_at is not None:
            self.ear.echo_until_ms = (desk.speech_began_at - desk.clock.zero) * 1000 + self._settings.echo_window
            desk.speech_began_at = None
        if self.ear.reset_wanted:
            self.ear.reset_wanted = False
            self._office.reset_activity(self.slot)
        if self._hold.tick(now):
            desk.mouth.resume(now)
        if self._keypad.full(now) and not self.listening.open:
            self._push_digits()
        desk.recorder.tick(desk.clock.ms(now))
        self._watch.tick(now)

    def finish(self) -> None:
        """The process stops: tell the caller and end politely, after what is being said now."""
        self.close_with(wording.CLOSING_DOWN, "stopped")

    def abort(self, reason: str) -> None:
        if not self._over.done():
            self._over.set_result(reason)

    # --- for the watchdogs

    @property
    def nobody_acts(self) -> bool:
        return not (self._step_task or self._inbox or self.listening.open or self.desk.mouth.busy or self._keypad.pressed)

    def prompt(self, for_s: float) -> None:
        self._push(_Quiet(for_s))

    def close_with(self, text: str, reason: str) -> None:
        self._inbox.clear()
        self._push(_Close(text, reason))

    def _push(self, item: _Item) -> None:
        if not any(isinstance(waiting, _Close) for waiting in self._inbox):
            self._inbox.append(item)
        self._news.set()

    # --- the floor: what speech means

    @property
    def expecting(self) -> Expecting:
        return self.desk.expecting

    @property
    def hints(self) -> tuple[str, ...]:
        return self.desk.hints

    def caller_began(self, start_ms: float) -> None:
        self.quiet_since = self.desk.clock.now()
        self._hold.begin(start_ms, thinking=self._step_task is not None and not self._step_firm)

    def caller_goes_on(self) -> None:
        self._hold.again()

    def caller_said(self, text: str) -> None:
        self.guard.overheard(text)
        mouth = self.desk.mouth
        if not self._hold.on:
            return
        question = mouth.current is not None and mouth.current.question
        verdict = judge(
            text,
            most_words=self._settings.backchannel_words,
            question_playing=question or not mouth.busy,
            played_share=mouth.played_share,
        )
        if verdict == "interruption":
            self._hold.release(resumed=False)
            self._interrupt()
        else:
            self._hold.release(resumed=True, deaf=verdict == "nothing")
            mouth.resume(self.desk.clock.now())

    def only_noise(self) -> None:
        if self._hold.on:
            self._hold.release(resumed=True)
            self.desk.mouth.resume(self.desk.clock.now())

    def not_heard(self) -> None:
        self.quiet_since = self.desk.clock.now()
        if self._hold.on:
            self._hold.release(resumed=False)
            self._interrupt()
        self._push(_NotHeard())

    def turn_over(self, utterance: Utterance) -> None:
        """A turn of the caller's, unless it was only a nod while the agent spoke."""
        self.quiet_since = self.desk.clock.now()
        mouth = self.desk.mouth
        if mouth.busy or self._hold.on:
            question = mouth.current is not None and mouth.current.question
            verdict = judge(
                utterance.text,
                most_words=self._settings.backchannel_words,
                question_playing=question,
                played_share=mouth.played_share,
            )
            if verdict != "interruption":
                self._tell_heard(utterance, self._turns, backchannel=True)
                return
            self._interrupt()
        self._turns += 1
        self._tell_heard(utterance, self._turns)
        self._push(_Turn(self._turns, utterance.text, self._take_digits(), utterance))

    def _tell_heard(self, utterance: Utterance, turn: int, *, backchannel: bool = False) -> None:
        self.desk.emit(
            Heard(
                at_ms=self.desk.clock.ms(),
                turn=turn,
                start_ms=utterance.start_ms,
                end_ms=utterance.end_ms,
                text=utterance.text,
                words=utterance.words,
                confidence=utterance.confidence,
                backchannel=backchannel,
            )
        )

    def _interrupt(self) -> None:
        """The caller takes the floor: what was not heard is thrown away, and the brain stops thinking about it."""
        mouth = self.desk.mouth
        heard = mouth.cut(self.desk.clock.now())
        self._interrupted = heard or self._interrupted
        self.desk.speaker.drop()
        if self._step_task is not None and not self._step_firm and not self._performer.in_tool:
            self._step_task.cancel()

    def _take_digits(self) -> str:
        digits = self._keypad.take()
        if digits:
            self.desk.emit(Digits(at_ms=self.desk.clock.ms(), digits=digits))
        return digits

    def _push_digits(self) -> None:
        self._turns += 1
        self._push(_Turn(self._turns, "", self._take_digits()))

    # --- the steps

    async def _open(self) -> None:
        await self.guard.disclose()
        words = await self.guard.settle_recording(self._next_words)
        if words:
            self._turns += 1
            self._inbox.appendleft(_Turn(self._turns, words))

    async def _next_words(self, timeout_s: float) -> str | None:
        """The caller's next turn while a step waits for it, counted from the end of our question."""
        await self.desk.mouth.drained()
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout_s
        while not self._inbox and not self._over.done():
            left = until - loop.time()
            if left < 0.001 and not self.listening.open:
                break
            self._news.clear()
            await self._wait(self._news.wait(), max(left, 0.2))
        if self._inbox and isinstance(self._inbox[0], _Turn):
            turn = cast(_Turn, self._inbox.popleft())
            self.desk.turn = turn.number
            self.desk.timer.handed(turn.number, turn.utterance)
            return turn.text or turn.digits
        if self._inbox and isinstance(self._inbox[0], _NotHeard):
            self._inbox.popleft()
        return None

    async def _greet(self, prepared: asyncio.Task[None]) -> None:
        self.desk.waiting_from = self.desk.clock.now()
        await asyncio.shield(prepared)
        await self._performer.perform(self.brain.greet())
        if not self._performer.spoke:
            self.desk.ask(self.order.agent.greeting or wording.HOW_ELSE)
            await self.desk.mouth.drained()

    async def _deal_with(self, item: _Item, prepared: asyncio.Task[None]) -> None:
        if isinstance(item, _Turn):
            await asyncio.shield(prepared)
            await self._answer(item)
        elif isinstance(item, _Quiet):
            await self._performer.perform(self.brain.silence(item.for_s))
            if not self._performer.spoke:
                await self.desk.say_to_end(wording.STILL_THERE, firm=False)
        elif isinstance(item, _NotHeard):
            await self._apologise(wording.SAY_AGAIN)
        else:
            self._step_firm = True
            await self.desk.mouth.drained()
            await self.desk.say_to_end(item.text)
            raise CallEnds(item.reason)

    async def _answer(self, turn: _Turn) -> None:
        desk = self.desk
        desk.turn = turn.number
        desk.timer.handed(turn.number, turn.utterance)
        if turn.number > self.order.agent.limits.max_turns:
            self.close_with(wording.TOO_LONG, "too_long")
            return
        text = f"{self._unanswered} {turn.text}".strip()
        self._unanswered = text
        desk.waiting_from = desk.clock.now()
        if await self.guard.before_brain(turn.text):
            self._unanswered = ""
            await desk.mouth.drained()
            return
        interrupted, self._interrupted = self._interrupted, ""
        heard = HeardTurn(turn=turn.number, text=text, expecting=desk.expecting, digits=turn.digits, interrupted=interrupted)
        before = (desk.expecting, desk.hints)
        desk.expecting, desk.hints = "open", ()
        try:
            await self._performer.perform(self.brain.answer(heard))
        except asyncio.CancelledError:
            if (
                not desk.timer.answered and not self._performer.used_tool
            ):  # nothing of it was heard: the caller was not finished, and the question stands
                desk.expecting, desk.hints = before
            else:
                self._unanswered = ""
            raise
        self._unanswered = ""
        self._troubles = 0

    async def _apologise(self, text: str) -> None:
        """Something of ours failed. The first times the caller is asked again; then somebody else takes over, or we say goodbye."""
        self._troubles += 1
        desk = self.desk
        if self._troubles < self._settings.troubles_in_a_row:
            await desk.say_to_end(text, firm=False)
            return
        for escalation in self.order.agent.escalations:
            if escalation.hours != "closed" and transfer_target(self.order.agent, escalation.id, desk.now_utc)[0] is not None:
                await desk.say_to_end(f"I'm having trouble on my side. I'll connect you to {escalation.person}.")
                await self._performer.transfer(escalation.id)
                break
        await desk.say_to_end(wording.CANNOT_GO_ON)
        raise CallEnds("agent_hung_up")
