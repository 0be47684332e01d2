"""How much of what a recorded caller said reached the transcript: turns by voice activity against what was heard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ringtrue.voice.audio.resampling import resample
from ringtrue.voice.audio.vad import CHUNK, RATE, VoiceActivity

SPEECH = 0.5
PAUSE_MS = 700  # a longer pause ends a turn
SHORTEST_MS = 250  # a click or a breath is no turn


def turns_in(pcm: bytes, sample_rate: int, activity: VoiceActivity) -> list[tuple[int, int]]:
    """(start, end) in ms of each turn of speech in mono PCM16. Uses slot 0 of `activity`."""
    sound = np.frombuffer(resample(pcm, sample_rate, RATE), "<i2").astype(np.float32) / np.float32(32768)
    activity.reset(0)
    turns: list[tuple[int, int]] = []
    for at in range(0, len(sound) - CHUNK + 1, CHUNK):
        if activity.probabilities(sound[None, at : at + CHUNK], [0])[0] < SPEECH:
            continue
        start, end = at * 1000 // RATE, (at + CHUNK) * 1000 // RATE
        if turns and start - turns[-1][1] < PAUSE_MS:
            turns[-1] = (turns[-1][0], end)
        else:
            turns.append((start, end))
    return [(start, end) for start, end in turns if end - start >= SHORTEST_MS]


def heard_turns(turns: Sequence[tuple[int, int]], heard: Sequence[tuple[int, int]], slack_ms: int = 150) -> int:
    """How many turns meet an utterance that was transcribed. `slack_ms`: how far the two clocks may lie apart."""
    return sum(any(start < end_h + slack_ms and start_h - slack_ms < end for start_h, end_h in heard) for start, end in turns)
