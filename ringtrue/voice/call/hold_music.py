"""The caller's side has put us on hold: music, or a tone, and nobody speaks. The agent waits quietly instead of asking whether
somebody is there, and goes on when somebody is."""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

WINDOW_MS = 512
LEAST_DBFS = -50.0  # softer than this is a quiet line
LOWEST_HZ, HIGHEST_HZ = 200.0, 3400.0  # what a telephone carries; below it a car's rumble looks like a tone
ABOVE_NEIGHBOURS = 10.0  # times the median of its neighbours: in noise of any colour 0.1 % of the bins are, by chance
NEIGHBOURS = 31  # bins
TONAL_SHARE = 0.5  # of the energy, in such bins


def is_tonal(pcm: bytes, sample_rate: int) -> bool:
    """Music or a signal tone, rather than noise or quiet, in about half a second of PCM16. Speech is told apart by the voice-activity
    detector, not here."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    if len(samples) < sample_rate * WINDOW_MS // 2000:
        return False
    if 10 * math.log10(float(np.mean(samples * samples)) + 1e-12) < LEAST_DBFS:
        return False
    spectrum = np.fft.rfft(samples * _window(len(samples)))
    bins = len(samples) / sample_rate  # a Hz
    spectrum = spectrum[math.ceil(LOWEST_HZ * bins) : math.floor(HIGHEST_HZ * bins) + 1]
    band = (spectrum.real**2 + spectrum.imag**2).astype(np.float64)
    least = TONAL_SHARE * float(band.sum())
    if _may_stand_out(band) <= least:
        return False
    return float(band[band > ABOVE_NEIGHBOURS * _running_median(band)].sum()) > least


@functools.lru_cache(maxsize=8)
def _window(length: int) -> NDArray[np.float32]:
    return np.hanning(length).astype(np.float32)


def _may_stand_out(band: NDArray[np.float64]) -> float:
    """Energy in bins that are well over the median of the block they lie in. Most half-seconds of every call are noise and end here: a
    running median costs thirty times as much."""
    whole = band[: len(band) // NEIGHBOURS * NEIGHBOURS].reshape(-1, NEIGHBOURS)
    middle = NEIGHBOURS // 2
    medians = np.partition(whole, middle, axis=1)[:, middle, None]
    rest = float(band[whole.size :].sum())
    return rest + float(whole[whole > ABOVE_NEIGHBOURS / 2 * medians].sum())


def _running_median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    half = NEIGHBOURS // 2
    padded = np.pad(values, half, mode="reflect")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, NEIGHBOURS), axis=1))


class HoldMusic:
    """Fed with half-seconds of the caller's audio while nobody has anything to say. `on`: we are on hold."""

    BEGINS = 10  # of the last 12 half-seconds: 5 to 6 s of music
    ENDS = 3  # half-seconds without it

    def __init__(self) -> None:
        self.on = False
        self._last: list[bool] = []

    def note(self, tonal: bool) -> bool:
        """Takes the next half-second; True when this changed `on`."""
        self._last = [*self._last[-11:], tonal]
        was = self.on
        if not self.on:
            self.on = sum(self._last) >= self.BEGINS
        elif not any(self._last[-self.ENDS :]):
            self.on = False
            self._last = []
        return self.on != was

    def spoken(self) -> bool:
        """Somebody said words; True when that ended the hold."""
        was, self.on, self._last = self.on, False, []
        return was
