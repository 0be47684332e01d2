"""Change of sample rate, in one go or as a stream that adds at most 10 ms.

Stream resamplers made for music hold 95-120 ms back (soxr's does), which a conversation feels. `Resampler` is a short linear-phase
FIR whose delay is known exactly: half its length. For a file or a finished sentence use `resample`, which is better and has none.
"""

from __future__ import annotations

from functools import cache
from math import gcd

import numpy as np
import soxr
from numpy.typing import NDArray

_HALF_MS = 4.0  # one-sided length of the stream filter, and so its delay


def resample(pcm: bytes, from_rate: int, to_rate: int) -> bytes:
    """Mono PCM16 at `from_rate` Hz to `to_rate` Hz, as a whole: no delay, same length in time."""
    if from_rate == to_rate or not pcm:
        return pcm
    return bytes(soxr.resample(np.frombuffer(pcm, "<i2"), from_rate, to_rate, quality="HQ").astype("<i2"))


def resample_floats(sound: NDArray[np.float32], from_rate: int, to_rate: int) -> NDArray[np.float32]:
    """The same for samples of -1..1."""
    if from_rate == to_rate or not len(sound):
        return sound
    return np.asarray(soxr.resample(sound, from_rate, to_rate, quality="HQ"), np.float32)


@cache
def _filter(up: int, down: int, from_rate: int) -> NDArray[np.float32]:
    """Low-pass for `up`/`down` at `from_rate * up`: Kaiser-windowed sinc, cut off at 92 % of the lower Nyquist frequency.
    Returned as (up, taps): one row for each phase of the output."""
    rate = from_rate * up
    half = int(_HALF_MS / 1000 * from_rate) * up  # a multiple of `up`: the delay is a whole number of input samples
    n = np.arange(-half, half + 1)
    cut = 0.92 * min(from_rate, from_rate * up // down) / rate  # as a share of the Nyquist frequency of `rate`
    taps = cut * np.sinc(cut * n) * np.kaiser(len(n), 6.0)
    taps = np.append(taps, np.zeros(up - 1))
    rows = taps.reshape(-1, up).T  # row p: taps p, p + up, p + 2 up, ...
    rows = rows / rows.sum(axis=1, keepdims=True)  # every phase passes a constant unchanged
    return np.ascontiguousarray(rows[:, ::-1], np.float32)


class Resampler:
    """Streaming: `feed` gives all that can be known so far. Delay 4 ms, stop band below -55 dB.

    Output sample k lies at input time k * down / up - delay; the stream begins as if silence had gone before.
    """

    def __init__(self, from_rate: int, to_rate: int) -> None:
        common = gcd(from_rate, to_rate)
        self._up, self._down = to_rate // common, from_rate // common
        self._same = from_rate == to_rate
        self._rows = np.ones((1, 1), np.float32) if self._same else _filter(self._up, self._down, from_rate)
        self._taps = self._rows.shape[1]
        self._kept = np.zeros(self._taps - 1, np.float32)
        self._next = 0  # position of the next output sample in units of 1/up input samples, from the first new sample

    @property
    def delay_s(self) -> float:
        """Seconds by which the output lags behind the input."""
        return 0.0 if self._same else _HALF_MS / 1000

    def feed(self, pcm: bytes) -> bytes:
        """Mono PCM16 of any even length in, what is ready out (possibly b"")."""
        if self._same or not pcm:
            return pcm
        sound = np.concatenate([self._kept, np.frombuffer(pcm, "<i2").astype(np.float32)])
        new = len(sound) - (self._taps - 1)
        places = np.arange(self._next, new * self._up, self._down)
        self._next += len(places) * self._down - new * self._up
        self._kept = sound[new:]
        if not len(places):
            return b""
        at, phase = places // self._up, places % self._up
        windows = np.lib.stride_tricks.sliding_window_view(sound, self._taps)
        made = np.einsum("ij,ij->i", windows[at], self._rows[phase])
        return bytes(np.clip(np.rint(made), -32768, 32767).astype("<i2"))
