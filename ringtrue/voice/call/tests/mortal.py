"""Providers that die in mid-call, and speech of which every word can be found again in the audio that was heard.

Each word is a tone of its own, so that recognizers of these tests know nothing but the audio that they are given, and a test can tell
from what reached the caller which words were said, how often, and how much of each.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Act, Ask, HangUp, HeardTurn, Say
from ringtrue.voice.speech.kinds import Expecting, RecognizerFailed, Transcript, VoiceFailed

How = Literal["refuse", "close", "stall", "garbage", "slow"]
HOWS: tuple[How, ...] = ("refuse", "close", "stall", "garbage", "slow")

LOWEST_HZ, STEP_HZ = 300.0, 14.0
GAP_MS = 20  # between words


class Burst(NamedTuple):
    word: str
    start_ms: float
    end_ms: float


class Tones:
    """word <-> tone."""

    def __init__(self) -> None:
        self._words: list[str] = []

    def say(self, text: str, sample_rate: int, ms_per_character: float) -> bytes:
        made = []
        for word in text.split():
            if word not in self._words:
                self._words.append(word)
            hz = LOWEST_HZ + STEP_HZ * self._words.index(word)
            assert hz < 3600, "too many different words for tones of their own"
            length = round(((len(word) + 1) * ms_per_character - GAP_MS) * sample_rate / 1000)
            made.append(9000 * np.sin(2 * np.pi * hz * np.arange(length) / sample_rate))
            made.append(np.zeros(sample_rate * GAP_MS // 1000))
        return np.concatenate(made).astype("<i2").tobytes()

    def find(self, pcm: bytes, sample_rate: int) -> list[Burst]:
        """Every piece of 30 ms or more that one word's tone sounds."""
        sound = np.frombuffer(pcm, "<i2").astype(np.float64)
        step = sample_rate * 5 // 1000
        rows = sound[: len(sound) // step * step].reshape(-1, step)
        loud = np.abs(rows).max(axis=1) > 1500
        edges = np.flatnonzero(np.diff(np.concatenate([[0], loud.astype(np.int8), [0]])))
        found = []
        for begin, end in edges.reshape(-1, 2) * step:
            if end - begin < sample_rate * 30 // 1000:
                continue
            size = 8192
            spectrum = np.abs(np.fft.rfft(sound[begin:end] * np.hanning(end - begin), size))
            index = round((float(np.argmax(spectrum)) * sample_rate / size - LOWEST_HZ) / STEP_HZ)
            if 0 <= index < len(self._words):
                found.append(Burst(self._words[index], begin * 1000 / sample_rate, end * 1000 / sample_rate))
        return found

    def audible(self, pcm: bytes, sample_rate: int) -> NDArray[np.bool_]:
        """One value per 20 ms."""
        frame = sample_rate * 20 // 1000
        sound = np.abs(np.frombuffer(pcm, "<i2").astype(np.int32))
        return np.asarray(sound[: len(sound) // frame * frame].reshape(-1, frame).max(axis=1) > 500)


class Loud:
    """Implements `Activity`: loud is speech."""

    def probabilities(self, chunks: NDArray[np.float32], slots: Any) -> NDArray[np.float32]:
        return (np.sqrt((chunks**2).mean(axis=1)) > 0.01).astype(np.float32)

    def reset(self, slot: int) -> None:
        return None


@dataclass
class Death:
    """From `at` (loop time) on the provider does this, for good. `back_at`: it is well again from then on."""

    how: How = "refuse"
    at: float = 1e12
    back_at: float = 1e12

    @property
    def due(self) -> float:
        """Seconds until it strikes; 0 when it has."""
        now = asyncio.get_running_loop().time()
        return max(0.0, self.at - now) if now < self.back_at else 1e12

    async def strike(self, failure: type[Exception]) -> None:
        if self.how == "stall":
            await asyncio.sleep(3600)
        if self.how == "slow":
            await asyncio.sleep(4)
            return
        if self.how == "garbage":
            await asyncio.sleep(0.1)
        raise failure(self.how)


class MortalRecognizer:
    def __init__(self, name: str, tones: Tones, death: Death | None = None) -> None:
        self.name = name
        self.death = death or Death()
        self.asked = 0
        self._tones = tones

    async def transcribe(
        self, pcm: bytes, sample_rate: int, *, expecting: Expecting = "open", hints: tuple[str, ...] = (), words: bool = False
    ) -> Transcript:
        self.asked += 1
        takes_s = 0.15
        if self.death.due < takes_s:
            await asyncio.sleep(self.death.due)
            await self.death.strike(RecognizerFailed)
        await asyncio.sleep(takes_s)
        return Transcript(text=" ".join(burst.word for burst in self._tones.find(pcm, sample_rate)), confidence=0.9)


class MortalVoice:
    """A little faster than it is heard, in pieces of 100 ms."""

    def __init__(self, name: str, tones: Tones, ms_per_character: float, death: Death | None = None) -> None:
        self.name = name
        self.death = death or Death()
        self.asked: list[str] = []
        self._tones = tones
        self._pace = ms_per_character

    async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        self.asked.append(text)
        pcm = self._tones.say(text, sample_rate, self._pace)
        step = sample_rate // 10 * 2
        for begin in range(0, len(pcm), step):
            takes_s = 0.2 if not begin else 0.08
            if self.death.due < takes_s:
                await asyncio.sleep(self.death.due)
                await self.death.strike(VoiceFailed)
            await asyncio.sleep(takes_s)
            yield pcm[begin : begin + step]


ANSWERS = (
    "Certainly, we are open every weekday from nine until five. Saturdays are for urgent cases only.",
    "A first visit takes forty minutes and costs ninety dollars. Insurance pays most of that.",
    "Thank you for calling, and have a lovely afternoon. Goodbye.",
)
QUESTIONS = ("When are you open please?", "How much does a visit cost?", "Thanks, that is all, goodbye.")


class MortalBrain:
    """Knows an answer to each question; when it dies, `wrong` of the answer to come is all that the loop gets."""

    def __init__(self, death: Death | None = None) -> None:
        self.goal = "answered"
        self.death = death or Death()
        self.heard: list[str] = []

    async def prepare(self, order: CallOrder) -> None: ...

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Ask("How can I help you today?")

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        self.heard.append(heard.text)
        await asyncio.sleep(0.05)
        if self.death.due == 0:
            await self.death.strike(RuntimeError)
        number = QUESTIONS.index(heard.text)
        if number == len(ANSWERS) - 1:
            yield HangUp(ANSWERS[number])
        else:
            yield Say(ANSWERS[number])

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        yield Ask("Are you still there?")

    def facts(self) -> dict[str, Any]:
        return {}


NewBrain = Callable[[Death], Any]
