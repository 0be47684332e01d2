"""What local speech costs: CPU of one core for hearing an utterance, speaking a sentence, embedding a question."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode
from ringtrue.voice.speech.hibari import HibariVoice
from ringtrue.voice.speech.minilm import MiniLM
from ringtrue.voice.speech.whisper import Whisper

SAID = (
    "I would like to book a cleaning for next Tuesday morning.",
    "Could you tell me what a filling costs without insurance?",
    "My number is five five five, zero one four two.",
    "Do you have parking behind the building for two cars?",
    "Please ask the doctor to call me back this afternoon.",
)
ROUNDS = 6


def measure() -> list[dict[str, Any]]:
    voice, hearer, embedder = HibariVoice(), Whisper(), MiniLM()
    utterances = [_three_seconds(voice.speak(text, 8000)) for text in SAID]
    figures = {
        "speech.hear_3s_cpu_ms": _cost([lambda pcm=pcm: hearer.hear(pcm, 8000) for pcm in utterances]),
        "speech.say_sentence_cpu_ms": _cost([lambda text=text: voice.speak(text + " ", 8000) for text in SAID]),
        "speech.embed_question_cpu_ms": _cost([lambda text=text: embedder.embed([text]) for text in SAID]),
    }
    return [
        {
            "name": f"{name}.{part}",
            "value": round(value, 1),
            "unit": "ms",
            "n": len(SAID) * ROUNDS,
            "how": "make bench; process time, one thread",
        }
        for name, values in figures.items()
        for part, value in (("min", min(values)), ("p50", float(np.median(values))), ("max", max(values)))
    ]


def _three_seconds(pcm: bytes) -> bytes:
    """Exactly 3 s at telephone quality, repeated or cut."""
    heard = ulaw_decode(ulaw_encode(pcm))
    return (heard * 4)[: 3 * 8000 * 2]


def _cost(jobs: list[Callable[[], Any]]) -> list[float]:
    for job in jobs:
        job()
    found = []
    for _ in range(ROUNDS):
        for job in jobs:
            began = time.process_time()
            job()
            found.append(1000 * (time.process_time() - began))
    return found
