"""Voices put silence around their sentences: before one it is latency, after one it delays the caller's turn."""

from __future__ import annotations

import numpy as np

AUDIBLE = 160  # of 32,768: -46 dBFS
KEPT_S = 0.02  # around the first and last audible samples, so that no soft sound loses its edge


def without_leading_silence(pcm: bytes, sample_rate: int) -> bytes:
    """PCM16 from 20 ms before its first audible sample; b"" when nothing in it is audible."""
    loud = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)) > AUDIBLE)
    return pcm[2 * max(0, int(loud[0]) - int(KEPT_S * sample_rate)) :] if len(loud) else b""


def without_trailing_silence(pcm: bytes, sample_rate: int = 8000) -> bytes:
    """PCM16 up to a little after its last audible sample; b"" when nothing in it is audible."""
    loud = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)) > AUDIBLE)
    return pcm[: 2 * (int(loud[-1]) + 1 + int(2 * KEPT_S * sample_rate))] if len(loud) else b""
