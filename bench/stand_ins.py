"""Speech and a brain that cost nothing, so that the engine alone is measured. Each says what it does, and does no more.

The recognizer's transcript arrives a stated delay after it was asked and knows nothing of where speech ends; the voice gives
canned audio in 100 ms pieces; the brain answers every turn with one sentence of 5 s.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import numpy as np

from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Act, HeardTurn, Note, Say
from ringtrue.voice.speech.kinds import Expecting, Transcript

TRANSCRIPT_DELAY_S = 0.06
REPLY_S = 5.0


class DelayedRecognizer:
    name = "bench"

    async def transcribe(
        self, pcm: bytes, sample_rate: int, *, expecting: Expecting = "open", hints: tuple[str, ...] = (), words: bool = False
    ) -> Transcript:
        await asyncio.sleep(TRANSCRIPT_DELAY_S)
        return Transcript(text="What time do you open on Monday?", confidence=0.9)


class CannedVoice:
    name = "bench"

    def __init__(self) -> None:
        rng = np.random.default_rng(7)
        self._audio = {rate: (rng.normal(0, 1500, int(REPLY_S * rate))).astype("<i2").tobytes() for rate in (8000, 16000)}

    async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        # Fixed sentences get the length that they would have (15 characters a second); the reply is 5 s.
        seconds = REPLY_S if text.startswith("We open") else min(REPLY_S, len(text) / 15)
        whole = self._audio[sample_rate][: int(seconds * sample_rate) * 2]
        step = sample_rate // 10 * 2
        for at in range(0, len(whole), step):
            yield whole[at : at + step]


class OneSentence:
    goal = "answered"

    async def prepare(self, order: CallOrder) -> None: ...

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Say("How can I help you today?")

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        yield Note("hours", "hours", 1.0)
        yield Say("We open at eight in the morning and close at five in the afternoon, from Monday to Friday, as always.")

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        yield Say("Are you still there?")

    def facts(self) -> dict[str, Any]:
        return {}
