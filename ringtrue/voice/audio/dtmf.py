"""Keys pressed on a telephone, heard in the audio itself (ITU-T Q.23, Q.24); for lines that do not tell them apart.

Goertzel's sums for the eight tones and their second harmonics, over 25.6 ms every 6.4 ms, as one matrix product. Speech is told
from keys by four things at once (Q.24 calls mistaking it talk-off): two tones hold nearly all the energy, their levels are alike,
neither has a strong harmonic nor a strong neighbour, and it lasts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.audio.tones import HIGH, KEYS, LOW

_WINDOW_S = 0.025625  # 205 samples at 8 kHz: the eight tones fall near whole cycles
_STEPS = 4  # windows per window length
_NEEDED = 3  # windows in a row: a tone of 40 ms fills four, one of 23 ms (which Q.24 wants ignored) two
_LET_GO = 4  # windows without it: a pause of 40 ms has at least five


@dataclass(frozen=True)
class Pressed:
    digit: str  # one of 0-9 * # A-D
    start_ms: int  # since the first sample fed


class DtmfDetector:
    """Streaming; one for each leg. A digit is told once, about 40 ms after it began."""

    def __init__(self, sample_rate: int = 8000) -> None:
        self._rate = sample_rate
        self._window = round(_WINDOW_S * sample_rate)
        self._hop = self._window // _STEPS
        tones = np.array(LOW + HIGH, np.float64)
        n = np.arange(self._window)
        every = np.concatenate([tones, 2 * tones])
        turns = np.exp(-2j * np.pi * np.outer(n, every) / sample_rate)
        self._turns = np.ascontiguousarray(np.concatenate([turns.real, turns.imag], axis=1), np.float32)
        self._kept = np.zeros(0, np.float32)
        self._at = 0  # sample number of the first kept sample
        self._candidate = ""
        self._seen = 0
        self._missed = 0
        self._told = ""

    def feed(self, pcm: bytes) -> list[Pressed]:
        """Mono PCM16, any even length. Returns the keys that became certain."""
        self._kept = np.concatenate([self._kept, np.frombuffer(pcm, "<i2").astype(np.float32) / 32768.0])
        count = (len(self._kept) - self._window) // self._hop + 1
        if count <= 0:
            return []
        windows = np.lib.stride_tricks.sliding_window_view(self._kept, self._window)[:: self._hop][:count]
        out = [
            pressed
            for row, digit in enumerate(self._judge(windows))
            if (pressed := self._follow(digit, self._at + row * self._hop))
        ]
        self._kept = self._kept[count * self._hop :]
        self._at += count * self._hop
        return out

    def _judge(self, windows: NDArray[np.float32]) -> list[str]:
        """The key in each window, or ""."""
        sums = windows @ self._turns
        power = sums[:, :16] ** 2 + sums[:, 16:] ** 2
        energy = (windows**2).sum(axis=1)
        low, high = power[:, :4], power[:, 4:8]
        rows = np.arange(len(windows))
        r, c = low.argmax(axis=1), high.argmax(axis=1)
        low_best, high_best = low[rows, r], high[rows, c]
        whole = energy * self._window / 2 + 1e-12  # what one pure tone of this energy would give
        harmonics_low, harmonics_high = power[rows, 8 + r], power[rows, 12 + c]
        low[rows, r] = high[rows, c] = 0.0
        fits = (
            (energy / self._window > 1e-6)  # louder than -60 dBFS
            & ((low_best + high_best) / whole > 0.72)
            & (low_best < 6.3 * high_best)  # twist: 8 dB one way,
            & (high_best < 6.3 * low_best)  # and the other
            & (low.max(axis=1) < 0.16 * low_best)
            & (high.max(axis=1) < 0.16 * high_best)
            & (harmonics_low < 0.1 * low_best)
            & (harmonics_high < 0.1 * high_best)
        )
        return [KEYS[4 * a + b] if good else "" for a, b, good in zip(r, c, fits, strict=True)]

    def _follow(self, digit: str, at: int) -> Pressed | None:
        if digit and digit == self._candidate:
            self._seen += 1
            self._missed = 0
        elif digit:
            self._candidate, self._seen, self._missed = digit, 1, 0
            if digit != self._told:
                self._told = ""
        elif self._candidate:
            self._missed += 1
            if self._missed >= _LET_GO:  # the key was let go; a shorter gap is the same press
                self._candidate = self._told = ""
                self._seen = 0
        if self._seen >= _NEEDED and not self._told:
            self._told = digit
            return Pressed(digit, 1000 * max(0, at - (_NEEDED - 1) * self._hop) // self._rate)
        return None
