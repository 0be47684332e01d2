"""A recognizer, a voice, a brain and a port that do what a test says, each at a stated time."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from ringtrue.voice.agent import Agent, CallOrder, Escalation, Hours, Recording
from ringtrue.voice.audio.resampling import resample
from ringtrue.voice.brains.acts import Act, Ask, HeardTurn
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.said_part import said_part
from ringtrue.voice.events import AudioPiece, CallEvent, Ended, Said
from ringtrue.voice.lines.simulated import Caller, SimulatedLeg
from ringtrue.voice.lines.simulated_callers import Act as CallerAct
from ringtrue.voice.lines.simulated_callers import BreakIn, Play, Say, ScriptedCaller
from ringtrue.voice.port import ToolFailed
from ringtrue.voice.speech.kinds import Expecting, RecognizerFailed, Transcript, VoiceFailed

E = TypeVar("E", bound=CallEvent)


class Speech:
    """Clips with known words. `find` tells which of them, and how much of each, a piece of audio holds."""

    def __init__(self, make: Callable[[str], bytes]) -> None:
        self._make = make
        self._clips: dict[str, np.ndarray] = {}

    def __call__(self, text: str) -> bytes:
        pcm = self._make(text)
        self.know(text, pcm)
        return pcm

    def unknown(self, text: str) -> bytes:
        """Speech of which the recognizer makes nothing."""
        return self._make(text)

    def know(self, text: str, pcm: bytes) -> None:
        self._clips[text] = np.frombuffer(pcm, "<i2").astype(np.float32)

    def find(self, pcm: bytes, sample_rate: int) -> str:
        """By cross-correlation of the samples: knows nothing but the audio that it is given."""
        sound = np.frombuffer(resample(pcm, sample_rate, 8000), "<i2").astype(np.float32)
        found: list[tuple[int, str]] = []
        for text, clip in self._clips.items():
            size = 1 << (len(sound) + len(clip)).bit_length()
            matches = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(clip, size)), size)
            lag = int(np.argmax(matches))
            lag = lag - size if lag > size // 2 else lag
            first, last = max(0, lag), min(len(sound), lag + len(clip))
            mine, theirs = sound[first:last], clip[first - lag : last - lag]
            strength = float(np.sqrt(np.dot(mine, mine) * np.dot(theirs, theirs)))
            if strength <= 0 or np.dot(mine, theirs) < 0.7 * strength or np.dot(theirs, theirs) < 0.03 * np.dot(clip, clip):
                continue
            whole = np.flatnonzero(np.abs(clip) > 500)
            heard_to = min(1.0, (last - lag) / (whole[-1] - 400)) if len(whole) else 1.0
            words = text if heard_to >= 1.0 else said_part(text, heard_to)
            if words:
                found.append((lag, words))
        return " ".join(words for _, words in sorted(found))


class StubRecognizer:
    """The transcript arrives `delay_ms` after the audio. `fails`: the next so many transcriptions fail; "stall": never answer."""

    name = "stub"

    def __init__(self, speech: Speech, delay_ms: float = 100.0) -> None:
        self.speech = speech
        self.delay_ms = delay_ms
        self.fails = 0
        self.stalls = 0
        self.confidence = 0.9
        self.last_pcm = b""
        self.given: list[tuple[float, str, Expecting]] = []
        """(seconds of audio, what was found, what was expected)"""

    async def transcribe(
        self, pcm: bytes, sample_rate: int, *, expecting: Expecting = "open", hints: tuple[str, ...] = ()
    ) -> Transcript:
        if self.stalls:
            self.stalls -= 1
            await asyncio.sleep(3600)
        if self.fails:
            self.fails -= 1
            raise RecognizerFailed("stub")
        text = self.speech.find(pcm, sample_rate)
        self.last_pcm = pcm
        self.given.append((len(pcm) / 2 / sample_rate, text, expecting))
        await asyncio.sleep(self.delay_ms / 1000)
        return Transcript(text=text, confidence=self.confidence)


def audio_of(text: str, sample_rate: int = 8000) -> bytes:
    """What `StubVoice` says for a text: noise that is different for each text, 50 ms per letter, so that a sample tells its place."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    length = sample_rate * 50 * len(text) // 1000
    return np.random.default_rng(seed).integers(-6000, 6000, length).astype("<i2").tobytes()


class StubVoice:
    def __init__(self, name: str = "heart", delay_ms: float = 40.0) -> None:
        self.name = name
        self.delay_ms = delay_ms
        self.fails = 0
        self.stalls = 0
        self.said: list[str] = []

    async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        if self.stalls:
            self.stalls -= 1
            await asyncio.sleep(3600)
        if self.fails:
            self.fails -= 1
            raise VoiceFailed("stub")
        await asyncio.sleep(self.delay_ms / 1000)
        self.said.append(text)
        pcm = audio_of(text, sample_rate)
        for begin in range(0, len(pcm), 3200):
            yield pcm[begin : begin + 3200]


Answer = Sequence[Act] | Callable[[HeardTurn], AsyncGenerator[Act, Any]]


class StubBrain:
    """Answers turn after turn with what it was given; the last answer again when there are no more."""

    def __init__(self, *answers: Answer, greeting: Sequence[Act] = (Ask("How can I help you today?"),)) -> None:
        self.goal = "answered"
        self.answers = list(answers)
        self.greeting = greeting
        self.heard: list[HeardTurn] = []
        self.closed = 0
        self.sent: list[Any] = []
        self.silences: list[float] = []
        self.silence_acts: Sequence[Act] = ()
        self.prepare_s = 0.0

    async def prepare(self, order: CallOrder) -> None:
        await asyncio.sleep(self.prepare_s)

    async def greet(self) -> AsyncGenerator[Act, Any]:
        async for act in self._go(self.greeting):
            yield act

    async def _go(self, acts: Sequence[Act]) -> AsyncGenerator[Act, Any]:
        for act in acts:
            yield act

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        self.heard.append(heard)
        answer = self.answers[min(len(self.heard), len(self.answers)) - 1] if self.answers else [Ask("I see. What else?")]
        try:
            if callable(answer):
                acts = answer(heard)
                send: Any = None
                while True:
                    try:
                        send = yield await acts.asend(send)
                    except StopAsyncIteration:
                        return
            for act in answer:
                try:
                    self.sent.append((yield act))
                except ToolFailed as failure:
                    self.sent.append(failure)
        finally:
            self.closed += 1

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        self.silences.append(for_s)
        for act in self.silence_acts:
            yield act

    def facts(self) -> dict[str, Any]:
        return {"turns": len(self.heard)}


@dataclass
class KeptPort:
    """Keeps everything. `tools`: name -> coroutine function of the arguments."""

    events: list[CallEvent] = field(default_factory=list)
    pieces: list[AudioPiece] = field(default_factory=list)
    used: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    tools: dict[str, Callable[[dict[str, str]], Awaitable[dict[str, str]]]] = field(default_factory=dict)
    order: list[CallEvent | AudioPiece] = field(default_factory=list)

    def emit(self, event: CallEvent) -> None:
        self.events.append(event)
        self.order.append(event)

    def audio(self, piece: AudioPiece) -> None:
        self.pieces.append(piece)
        self.order.append(piece)

    async def use(self, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        self.used.append((tool, arguments))
        if tool not in self.tools:
            return {"done": "true"}
        return await self.tools[tool](arguments)

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def said(self) -> str:
        return " | ".join(event.text for event in self.all(Said))

    def track(self, channel: int) -> np.ndarray:
        """One channel of the recording, from the first piece on."""
        whole = b"".join(piece.pcm for piece in self.pieces)
        return np.frombuffer(whole, "<i2").reshape(-1, 2)[:, channel]


AGENT = Agent(
    slug="test",
    business="Riverside Dental",
    agent_name="Robin",
    greeting="How can I help you today?",
    hours=Hours(weekly={"monday": [("09:00", "17:00")]}),
    escalations=[
        Escalation(
            id="person", situation="a person", words=["a person"], person="the front desk", number="+18565550111", hours="open"
        ),
        Escalation(id="pain", situation="pain", words=["severe pain"], person="the dentist on duty", number="+18565550119"),
    ],
)

MONDAY_NOON = 1795453200.0  # 2026-11-23 12:00 in New York


def order(agent: Agent = AGENT, **changes: Any) -> CallOrder:
    given: dict[str, Any] = {"call_id": "call-1", "agent": agent, "line": "simulated", "now": MONDAY_NOON}
    return CallOrder(**(given | changes))


UNRECORDED = Recording(flow="off")


@dataclass
class Call:
    """One finished call, for a test to look at."""

    ended: Ended
    port: KeptPort
    leg: SimulatedLeg
    brain: StubBrain
    recognizer: StubRecognizer
    voice: StubVoice
    caller: Any

    def reply_ms(self, index: int) -> int:
        """From the end of the caller's line `index`, as the caller knows it, to the agent's next `Said`."""
        end = self.caller.spoke[index][1]
        return min(event.start_ms for event in self.port.all(Said) if event.start_ms > end - 50) - end


class Studio:
    """Makes calls: `call = await studio.call(["I'd like a cleaning."], StubBrain([...]))`."""

    def __init__(self, activity: Any, speech: Speech) -> None:
        self.activity = activity
        self.speech = speech
        self.recognizer = StubRecognizer(speech)
        self.voice = StubVoice()
        self.office: Office | None = None
        self.more_voices: list[StubVoice] = []
        self.more_recognizers: list[StubRecognizer] = []
        self.settings: Any = None

    def new_office(self, brain: StubBrain, **options: Any) -> Office:
        return Office(
            recognizers=[self.recognizer, *self.more_recognizers],
            voices=[self.voice, *self.more_voices],
            new_brain=lambda _: brain,
            activity=self.activity,
            settings=self.settings,
            **options,
        )

    def acts(self, script: Sequence[CallerAct | str]) -> list[CallerAct]:
        """Words become audio that the recognizer will know."""
        made: list[CallerAct] = []
        for act in script:
            if isinstance(act, str):
                made.append(Play(self.speech(act), 8000))
            elif isinstance(act, Say):
                made.append(Play(self.speech(act.text), 8000, act.after_silence_ms))
            elif isinstance(act, BreakIn):
                made.append(Play(self.speech(act.text), 8000, after_ms=act.after_ms))
            else:
                made.append(act)
        return made

    async def call(
        self,
        script: Sequence[CallerAct | str] | Caller,
        brain: StubBrain | None = None,
        *,
        order: CallOrder | None = None,
        port: KeptPort | None = None,
        sample_rate: int = 8000,
        leg: dict[str, Any] | None = None,
        prepare: bool = True,
        patience_s: float = 8.0,
        **options: Any,
    ) -> Call:
        brain = brain or StubBrain()
        caller: Any = ScriptedCaller(self.acts(script), patience_s=patience_s) if isinstance(script, Sequence) else script
        line = SimulatedLeg(caller, sample_rate, **(leg or {}))
        await line.prepare()
        port = port or KeptPort()
        the_order = order or CallOrder(call_id="call-1", agent=AGENT, line="simulated", now=MONDAY_NOON)
        office = self.new_office(brain, **options)
        async with office:
            if prepare:
                await office.prepare(the_order.agent, sample_rate)
            ended = await office.serve(the_order, line, port)
        return Call(ended, port, line, brain, self.recognizer, self.voice, caller)
