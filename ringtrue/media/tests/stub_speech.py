"""Hearing, speaking and thinking without a model, for tests in which speech is not the point.

Loud is speech; what was said is told by its pitch, so that a line which loses a part of it, as on a machine that stalls, changes
nothing; the voice is a tone; the brain answers at length, so that it can be interrupted, and says goodbye when it hears one.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Act, HangUp, HeardTurn, Note, Say, Transfer
from ringtrue.voice.speech.kinds import Expecting, Transcript

QUESTION = "Could you tell me when you are open, please?"
LONG_ANSWER = (
    "We are open on every day of the week from nine in the morning until five in the afternoon, without a break for lunch."
)

# What a caller may say: (words, band of the noise that stands for them, Hz)
SAYINGS = {
    "goodbye": ("Goodbye.", (300, 700)),
    "question": (QUESTION, (1100, 1700)),
    "person": ("I want to talk to a person.", (2300, 3000)),
}


def spoken(what: str, seconds: float, sample_rate: int = 8000) -> bytes:
    """One of SAYINGS as 16-bit mono PCM: noise of its band, loud enough to count as speech."""
    length = int(sample_rate * seconds)
    low, high = SAYINGS[what][1]
    spectrum = np.fft.rfft(np.random.default_rng(7).normal(0, 1, length))
    pitch = np.fft.rfftfreq(length, 1 / sample_rate)
    spectrum[(pitch < low) | (pitch > high)] = 0
    noise = np.fft.irfft(spectrum, length)
    return (6000 * noise / noise.std()).clip(-30000, 30000).astype("<i2").tobytes()


def meant(pcm: bytes, sample_rate: int) -> str:
    """The words whose band holds most of the sound."""
    power = np.abs(np.fft.rfft(np.frombuffer(pcm, "<i2").astype(np.float64))) ** 2
    pitch = np.fft.rfftfreq(len(pcm) // 2, 1 / sample_rate)
    return max(SAYINGS.values(), key=lambda said: float(power[(pitch >= said[1][0]) & (pitch <= said[1][1])].sum()))[0]


class Loud:
    """Implements `Activity`."""

    def probabilities(self, chunks: NDArray[np.float32], slots: Any) -> NDArray[np.float32]:
        return (np.sqrt((chunks**2).mean(axis=1)) > 0.01).astype(np.float32)

    def reset(self, slot: int) -> None:
        return None


class Ear:
    """Hears one of SAYINGS in every sound."""

    name = "stub"

    async def transcribe(
        self, pcm: bytes, sample_rate: int, *, expecting: Expecting = "open", hints: tuple[str, ...] = (), words: bool = False
    ) -> Transcript:
        return Transcript(text=meant(pcm, sample_rate), confidence=0.9)


class Asked(Ear):
    """Hears the question in every sound: for a browser, whose processing of a microphone leaves little of a pitch."""

    async def transcribe(
        self, pcm: bytes, sample_rate: int, *, expecting: Expecting = "open", hints: tuple[str, ...] = (), words: bool = False
    ) -> Transcript:
        return Transcript(text=QUESTION, confidence=0.9)


class Tone:
    """25 ms of 440 Hz for each character."""

    name = "heart"

    async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        time = np.arange(len(text) * sample_rate * 25 // 1000) / sample_rate
        yield (8000 * np.sin(2 * np.pi * 440 * time)).astype("<i2").tobytes()


class Talker:
    """Implements `Brain`."""

    def __init__(self) -> None:
        self.goal = ""

    async def prepare(self, order: CallOrder) -> None:
        self._escalation = next(escalation.id for escalation in order.agent.escalations if escalation.hours == "always")

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Say("How can I help?")

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        if "goodbye" in heard.text.lower():
            yield HangUp("Goodbye.")
        elif "person" in heard.text:
            self.goal = "transfer"
            yield Transfer(self._escalation)
            yield Say("I'm sorry, I couldn't reach anybody.")
        else:
            self.goal = "answered"
            yield Note("hours", source="hours", score=1.0)
            yield Say(LONG_ANSWER)

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        yield Say("Are you there?")

    def facts(self) -> dict[str, Any]:
        return {}


@asynccontextmanager
async def stub(max_calls: int) -> AsyncIterator[dict[str, Any]]:
    yield {"recognizers": [Ear()], "voices": [Tone()], "new_brain": lambda order: Talker(), "activity": Loud()}


@asynccontextmanager
async def stub_asked(max_calls: int) -> AsyncIterator[dict[str, Any]]:
    async with stub(max_calls) as parts:
        yield parts | {"recognizers": [Asked()]}
