"""What the bench's callers say: one cycle of telephone audio with known true ends and starts of speech.

A sentence spoken by the local voice (so that the bench needs no data beside the clone), trimmed to |x| > 300, at -20 dBFS RMS, in
noise of -62 dBFS: the method of the comparison that the figures are held against. `barge` adds a second sentence that begins while
the agent answers the first.
"""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.audio.g711 import ulaw_encode
from ringtrue.voice.speech.pool import InlineSpeech

SENTENCE = "Hello, could you tell me please when you are open on Monday morning?"
CYCLE_S = {"ordinary": 12.0, "barge": 20.0}


def sentence() -> NDArray[np.float64]:
    """8 kHz, float, at -20 dBFS RMS."""

    async def speak() -> bytes:
        async with InlineSpeech() as speech:
            return b"".join([piece async for piece in speech.voice.say(SENTENCE, 8000)])

    samples = np.frombuffer(asyncio.run(speak()), "<i2").astype(float)
    loud = np.flatnonzero(np.abs(samples) > 300)
    samples = samples[loud[0] : loud[-1] + 1]
    return samples * (3276.8 / np.sqrt(np.mean(samples**2)))


def write(path: Path, kind: str) -> None:
    """A JSON script for `generating.py`."""
    speech = sentence()
    rng = np.random.default_rng(3)
    audio = rng.normal(0, 26, int(CYCLE_S[kind] * 8000))
    starts = [0.5] if kind == "ordinary" else [0.5, 0.5 + len(speech) / 8000 + 3.0]
    for start in starts:
        at = int(start * 8000)
        audio[at : at + len(speech)] += speech
    ulaw = ulaw_encode(np.clip(audio, -32768, 32767).astype("<i2").tobytes())
    ends = [start + len(speech) / 8000 for start in starts]
    path.write_text(
        json.dumps(
            {"ulaw": base64.b64encode(ulaw).decode(), "ends": ends[-1:] if kind == "barge" else ends, "barges": starts[1:]}
        )
    )
