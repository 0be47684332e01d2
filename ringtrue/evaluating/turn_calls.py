"""Whole calls in virtual time, one for each turn of real audio, all of them in one office: what the agent did, and when.

The engine is the one that ships: ear, turns, mouth, office. Stand-ins: the transcript comes a stated delay after it was asked for,
brain and voice answer at once, the line is without delay.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from ringtrue.evaluating.stated_hearing import StatedRecognizer
from ringtrue.evaluating.turn_audio import TurnAudio
from ringtrue.voice.agent import Agent, CallOrder, Recording
from ringtrue.voice.brains.acts import Act, Ask, Brain, HeardTurn, Say
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.virtual_time import run
from ringtrue.voice.events import AudioPiece, CallEvent, Interrupted, TurnTimes
from ringtrue.voice.lines.simulated import SimulatedLeg
from ringtrue.voice.lines.simulated_callers import Play, ScriptedCaller
from ringtrue.voice.speech.kinds import Expecting
from ringtrue.voice.speech.models import voice_activity

T = TypeVar("T")
REPLY = "We will see to that as soon as we can, and somebody will call you back about it in the course of the day, thank you."
AGENT = Agent(slug="turns", business="Riverside Dental", agent_name="Robin")
OFF = Recording(flow="off")
NOW = 1795453200.0


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one item. Times in ms after its true end of speech; `reply_ms` < 0 is a cut-in, None: never answered."""

    item: int
    reply_ms: int | None
    decided_ms: int | None  # when the first turn was taken as finished
    text: str


_NOISE = np.random.default_rng(7).integers(500, 3000, 8000 * 120).astype("<i2")  # no sample of it is silent


def voiced(text: str) -> NDArray[np.int16]:
    """What `AtOnceVoice` makes of a text at 8 kHz: noise of the length that the words would have, another piece for each text."""
    begin = zlib.crc32(text.encode()) % (8000 * 60)
    return _NOISE[begin : begin + len(text) * 62 * 8]


class AtOnceVoice:
    """All of a sentence at once."""

    name = "at-once"

    async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        yield voiced(text).tobytes()


class OneAnswer:
    """Asks for what the item holds, and answers every turn with one sentence."""

    goal = "answered"

    def __init__(self, expecting: Expecting) -> None:
        self.expecting = expecting
        self.heard: list[HeardTurn] = []

    async def prepare(self, order: CallOrder) -> None: ...

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Ask("Please go ahead.", self.expecting)

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        self.heard.append(heard)
        yield Say(REPLY)

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        yield Say("Are you still there?")

    def facts(self) -> dict[str, Any]:
        return {}


@dataclass
class Kept:
    """A port that keeps the events."""

    events: list[CallEvent] = field(default_factory=list)

    def emit(self, event: CallEvent) -> None:
        self.events.append(event)

    def audio(self, piece: AudioPiece) -> None: ...

    async def use(self, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        return {}

    @property
    def times(self) -> list[TurnTimes]:
        return [event for event in self.events if isinstance(event, TurnTimes)]

    @property
    def stops(self) -> list[Interrupted]:
        return [event for event in self.events if isinstance(event, Interrupted)]


def hold_calls(
    items: Sequence[TurnAudio],
    recognizer: StatedRecognizer,
    settings: CallSettings | None = None,
    *,
    asked: bool = True,
    at_once: int = 120,
) -> list[Turn]:
    """`asked`: the agent asked for what the item holds; False: it only said "go ahead" and expects anything."""
    return run(_hold_all(items, recognizer, settings or CallSettings(), asked, at_once))


async def _hold_all(
    items: Sequence[TurnAudio], recognizer: StatedRecognizer, settings: CallSettings, asked: bool, at_once: int
) -> list[Turn]:
    brains = {str(index): OneAnswer(item.expecting if asked else "open") for index, item in enumerate(items)}
    return await served(
        len(items),
        lambda office, index: _hold(office, index, items[index], brains[str(index)]),
        lambda order: brains[order.call_id],
        recognizer,
        settings,
        at_once,
    )


async def served(
    count: int,
    one: Callable[[Office, int], Coroutine[Any, Any, T]],
    new_brain: Callable[[CallOrder], Brain],
    recognizer: StatedRecognizer,
    settings: CallSettings,
    at_once: int,
) -> list[T]:
    """`one(office, number)` for each number below `count`, so many at once in one office."""
    found: list[T] = []
    activity = voice_activity(slots=at_once)
    for first in range(0, count, at_once):
        async with Office(
            recognizers=[recognizer],
            voices=[AtOnceVoice()],
            new_brain=new_brain,
            activity=activity,
            settings=settings,
            max_calls=at_once,
        ) as office:
            tasks = []
            for number in range(first, min(first + at_once, count)):
                tasks.append(asyncio.create_task(one(office, number)))
                await asyncio.sleep(0.007)  # so that not all callers step with the office's clock
            found += await asyncio.gather(*tasks)
    return found


async def _hold(office: Office, index: int, item: TurnAudio, brain: OneAnswer) -> Turn:
    caller = ScriptedCaller([Play(item.pcm, 8000, after_silence_ms=400)], patience_s=0.2)
    leg = SimulatedLeg(caller, noise_dbfs=None)
    await leg.prepare()
    port = Kept()
    await office.serve(CallOrder(call_id=str(index), agent=AGENT, line="simulated", now=NOW, recording=OFF), leg, port)
    if not caller.spoke:
        return Turn(item=index, reply_ms=None, decided_ms=None, text="")
    began = caller.spoke[0][0]
    heard = np.frombuffer(leg.heard.pcm, "<i2")[(began + item.start_ms) * 8 :]
    loud = np.flatnonzero(heard)
    answered = bool(len(loud)) and bool(brain.heard)
    first = int(loud[0]) // 8 + item.start_ms - item.end_ms if answered else None
    times = port.times
    decided = times[0].at_ms - times[0].reply_ms + times[0].endpoint_ms - began - item.end_ms if times else None
    return Turn(item=index, reply_ms=first, decided_ms=decided, text=" / ".join(turn.text for turn in brain.heard))
