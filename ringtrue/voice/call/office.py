"""All calls of this process: one clock, one voice-activity inference per tick for all of them, and the door."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Literal

import structlog

from ringtrue.voice.agent import Agent, CallOrder
from ringtrue.voice.brains.acts import Brain
from ringtrue.voice.brains.phrases import recognise
from ringtrue.voice.call.circuits import Circuits, probe_recognizer, probe_voice
from ringtrue.voice.call.conversation import Conversation
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.in_words import CallInWords
from ringtrue.voice.call.judging import Activity, Judge, breathe
from ringtrue.voice.call.lag import LoopLag
from ringtrue.voice.call.ranking_voices import ranked
from ringtrue.voice.call.ready import ReadyAudio
from ringtrue.voice.call.second_legs import SecondLegs
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.events import Ended
from ringtrue.voice.lines.leg import Leg
from ringtrue.voice.lines.words_leg import WordsLeg
from ringtrue.voice.port import Port
from ringtrue.voice.speech.kinds import Connected, Price, Recognizer, Voice
from ringtrue.voice.speech.own_companies import OwnCompanies

log = structlog.get_logger(__name__)

NewBrain = Callable[[CallOrder], Brain]
Refusal = Literal["", "full", "late", "behind", "stopping"]

WATCH_EVERY = 4  # ticks between two looks of a call's watchdogs: 80 ms; the calls take turns


class Refused(Exception):
    """This process takes no new call now; `reason` is "full", "late" (callers would hear it), "behind" (hearing or
    speaking does not keep up) or "stopping"."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


class Office:
    """Serves calls until it is stopped. `async with Office(...) as office: ended = await office.serve(order, leg, port)`.

    recognizers, voices: in the order in which they are tried; a call's voice is the one named by its agent, if there is one.
    new_brain: makes the brain of one call; it must return at once (`Brain.prepare` may take its time).
    activity: the batched voice activity detector; its slots belong to this office.
    behind_s: how long what is asked of hearing and speaking now would wait, in seconds.
    prices: of recognizers and voices that cost something, by name; None where nobody knows the price.
    """

    def __init__(
        self,
        *,
        recognizers: Sequence[Recognizer],
        voices: Sequence[Voice],
        new_brain: NewBrain,
        activity: Activity,
        settings: CallSettings | None = None,
        max_calls: int = 60,
        behind_s: Callable[[], float] = lambda: 0.0,
        prices: Mapping[str, Price | None] | None = None,
    ) -> None:
        self.settings = settings or CallSettings()
        self.recognizers = tuple(recognizers)
        self.voices = tuple(voices)
        self.ready = ReadyAudio()
        self.lag = LoopLag(self.settings)
        self.hearing_circuits = Circuits(self.settings, probe_recognizer)
        self.speaking_circuits = Circuits(self.settings, probe_voice)
        self.max_calls = max_calls
        self.behind_s = behind_s
        self.prices = prices or {}
        self.calls: dict[str, Conversation] = {}
        self._in_words: set[asyncio.Task[Ended]] = set()
        self.second_legs = SecondLegs()
        self._own_speech = OwnCompanies()
        self._new_brain = new_brain
        self._judge = Judge(activity, max_calls, self.settings, _fail)
        self._slots = list(range(max_calls))[::-1]
        self._ticking: asyncio.Task[None] | None = None
        self._stopping = False
        self._ticks = 0
        self._empty = asyncio.Event()
        self._empty.set()

    async def __aenter__(self) -> Office:
        self.warm()
        return self

    @staticmethod
    def warm() -> None:
        """Before the first call: patterns are compiled once, and that takes longer than a call may wait."""
        recognise("hello")

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop(within_s=2.0 if error else 20.0)

    def refusal(self) -> Refusal:
        """Why a new call would be refused now; "" when it would be taken. Cheap: ask it before answering a carrier."""
        if self._stopping:
            return "stopping"
        if not self._slots:
            return "full"
        if self.calls and self.lag.late:
            return "late"
        if self.calls and self.behind_s() * 1000 > self.settings.speech_behind:
            return "behind"
        return ""

    async def prepare(self, agent: Agent, sample_rate: int) -> None:
        """Make an agent's fixed sentences (disclosure, notice, fillers, apologies) ready, so that its first call is greeted at once.

        Never fails: what cannot be made now is made in the call.
        """
        await self.ready.prepare(agent, self.voices_for(agent), sample_rate, self.speaking_circuits.failed)

    def voices_for(self, agent: Agent) -> tuple[Voice, ...]:
        return ranked(self.voices, agent.voice)

    async def serve(self, order: CallOrder, leg: Leg, port: Port, *, brain: Brain | None = None) -> Ended:
        """Hold one call from its answer to its end. Returns the last event that the port was given. `brain`: instead of a new one.

        Raises Refused before anything was sent. Cancelling it ends the call at once (reason "stopped").
        """
        reason = self.refusal()
        if reason:
            log.warning("call_refused", reason=reason, calls=len(self.calls))
            raise Refused(reason)
        brain = brain or self._new_brain(order)
        slot = self._slots.pop()
        self._empty.clear()
        try:
            async with self._own_speech.of(order.speech) as own:
                conversation = self._conversation(order, leg, brain, port, own, slot)
                self.calls[order.call_id] = conversation
                self._judge.follow(conversation)
                if self._ticking is None:
                    self._ticking = asyncio.create_task(self._tick_while_calls())
                try:
                    return await conversation.run()
                finally:
                    self._judge.leave(conversation)
        finally:
            self.calls.pop(order.call_id, None)
            self._slots.append(slot)
            if len(self._slots) == self.max_calls:
                self._empty.set()

    def _conversation(
        self, order: CallOrder, leg: Leg, brain: Brain, port: Port, own: Sequence[Connected], slot: int
    ) -> Conversation:
        """The business's own companies are asked first, then those of the installation that may get this call, then local speech."""
        # A model's name begins with its provider's: "deepgram-nova-3".
        recognizers = [one for one in self.recognizers if not one.name.startswith(order.withheld)]
        voices = [one for one in self.voices if not one.name.startswith(order.withheld)]
        recognizers = [*(one for made in own for one in made.recognizers), *recognizers]
        voices = [*(one for made in own for one in made.voices), *voices]
        prices = dict(self.prices)
        for made in own:
            prices |= made.prices
        return Conversation(
            order, leg, brain, recognizers, ranked(voices, order.agent.voice), port, self, slot=slot, prices=prices
        )

    async def serve_in_words(self, order: CallOrder, leg: WordsLeg, port: Port) -> Ended:
        """As `serve`, where somebody else hears and speaks. It takes no place of a call with sound. Raises Refused."""
        if self._stopping:
            raise Refused("stopping")
        task = asyncio.create_task(CallInWords(order, leg, self._new_brain(order), port, self.settings).run())
        self._in_words.add(task)
        try:
            return await task
        finally:
            self._in_words.discard(task)

    async def stop(self, within_s: float = 20.0) -> None:
        """Take no new call, tell every caller and end politely; whoever is still there after `within_s` is cut off."""
        self._stopping = True
        for task in self._in_words:
            task.cancel()
        for conversation in list(self.calls.values()):
            conversation.finish()
        try:
            async with asyncio.timeout(within_s):
                await self._empty.wait()
        except TimeoutError:
            log.warning("drain_cut_off", calls=len(self.calls))
            for conversation in list(self.calls.values()):
                conversation.abort("stopped")
            try:
                async with asyncio.timeout(3.0):
                    await self._empty.wait()
            except TimeoutError:
                log.error("calls_left_behind", calls=len(self.calls))
        await self.hearing_circuits.close()
        await self.speaking_circuits.close()
        await self._own_speech.close()
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
            self._ticking = None

    def reset_activity(self, slot: int) -> None:
        self._judge.forget(slot)

    async def _tick_while_calls(self) -> None:
        """One absolute clock for all: a late tick is followed by the next one at its own time, never by a burst."""
        loop = asyncio.get_running_loop()
        step = self.settings.tick / 1000
        due = loop.time()
        try:
            while self.calls:
                due += step
                await asyncio.sleep(max(0.0, due - loop.time()))
                now = loop.time()
                self.lag.note(now - due)
                if now - due > step:
                    due = now
                await self._tick(now)
        finally:
            self._ticking = None

    async def _tick(self, now: float) -> None:
        """One step of every call. A fault in one call ends that call and no other."""
        self._ticks += 1
        for conversation in list(self.calls.values()):  # what is to be played goes first, in one go
            try:
                conversation.tick(now, watch=(self._ticks + conversation.slot) % WATCH_EVERY == 0)
            except Exception as error:
                _fail(conversation, error)
        next_tick = now + self.settings.tick / 1000
        for _ in range(4):  # a line that delivers several frames at once may have more than one chunk waiting
            await breathe(next_tick)
            if not await self._judge.judge(self.calls, next_tick):
                break


def _fail(conversation: Conversation, error: Exception) -> None:
    log.error("call_failed", call=conversation.order.call_id, error=describe(error))
    conversation.abort("lost")
