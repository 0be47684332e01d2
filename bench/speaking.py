"""What local speech costs: CPU of one core for hearing an utterance, speaking a sentence, embedding a question."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
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
SPELLED = (
    "B, U, R, K, S. That is it.",
    "L, A, M, P, S, O, N.",
    "M, A, U, L, D, I, N.",
    "Q, E, E, A, six, four.",
    "J, O, S, E, P, H, one.",
)
ROUNDS = 6


def measure() -> list[dict[str, Any]]:
    """Rows of `bench/results.json`: for each cost the median under the plain name, and min, p50 and max behind it."""
    empty = _rss_mb()
    hearer = Whisper()
    hearing = _rss_mb() - empty
    voice, embedder = HibariVoice(), MiniLM()
    said, spelled = ([_three_seconds(voice.speak(text, 8000)) for text in texts] for texts in (SAID, SPELLED))
    figures = {
        "speech.hear_3s_cpu_ms": _cost([partial(hearer.hear, pcm, 8000) for pcm in said]),
        "speech.hear_3s_with_words_cpu_ms": _cost([partial(hearer.hear, pcm, 8000, words=True) for pcm in said]),
        "speech.hear_3s_spelled_cpu_ms": _cost([partial(hearer.hear, pcm, 8000, "spelling") for pcm in spelled]),
        "speech.say_sentence_cpu_ms": _cost([partial(voice.speak, text + " ", 8000) for text in SAID]),
        "speech.embed_question_cpu_ms": _cost([partial(embedder.embed, [text]) for text in SAID]),
    }
    rows = [
        {
            "name": name + part,
            "value": round(value, 1),
            "unit": "ms",
            "n": len(values),
            "how": "make bench; process time, one thread",
        }
        for name, values in figures.items()
        for part, value in (
            ("", float(np.median(values))),
            (".min", min(values)),
            (".p50", float(np.median(values))),
            (".max", max(values)),
        )
    ]
    return [
        *rows,
        {
            "name": "speech.hear_rss_mb",
            "value": round(hearing, 1),
            "unit": "MB",
            "n": 1,
            "how": "make bench; growth by loading it",
        },
    ]


def _three_seconds(pcm: bytes) -> bytes:
    """Exactly 3 s at telephone quality, with silence behind it, or cut."""
    heard = ulaw_decode(ulaw_encode(pcm))
    return heard.ljust(3 * 8000 * 2, b"\0")[: 3 * 8000 * 2]


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


def _rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
