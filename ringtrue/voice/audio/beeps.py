"""The beep of an answering machine, heard in the audio itself: one steady tone of 0.15 to 1.6 s, and quiet after it.

Each 32 ms a spectrum: a tone holds nearly all of the energy in one peak, which does not move. A sung vowel has harmonics, keys and
dial tones have two tones, music and speech move.
"""

from __future__ import annotations

import numpy as np

WINDOW_S = 0.032
LOWEST_HZ, HIGHEST_HZ = 380.0, 2400.0
LEAST_POWER = 10**-4.2  # -42 dBFS
SHARE = 0.9  # of the energy, in the peak and two bins to each side
STEADY_HZ = 40.0
SHORTEST, LONGEST = 5, 50  # windows
DROP = 10**-1.2  # what follows is softer by 12 dB at least


class BeepDetector:
    """Streaming; one for a call. `feed` takes any pieces of PCM16."""

    def __init__(self, sample_rate: int = 8000) -> None:
        self._rate = sample_rate
        self._window = round(WINDOW_S * sample_rate)
        self._taper = np.hanning(self._window).astype(np.float32)
        self._waiting = b""
        self._run, self._hz, self._power = 0, 0.0, 0.0
        self._ended = 0  # windows of a tone that has just ended; whether it was a beep shows in what follows
        self._after = 0

    def feed(self, pcm: bytes) -> bool:
        """True when a beep has ended in this piece."""
        self._waiting += pcm
        size, heard = 2 * self._window, False
        while len(self._waiting) >= size:
            samples = np.frombuffer(self._waiting[:size], "<i2").astype(np.float32) / 32768
            self._waiting = self._waiting[size:]
            heard |= self._take(samples)
        return heard

    def _take(self, samples: np.ndarray) -> bool:
        power = float(np.mean(samples * samples))
        hz = self._tone(samples) if power >= LEAST_POWER else 0.0
        if hz and self._run and abs(hz - self._hz) <= STEADY_HZ:
            self._run += 1
            self._power = max(self._power, power)
            return False
        if self._run >= SHORTEST:
            self._ended, self._after = self._run, 0
        self._run, self._hz = (1, hz) if hz else (0, 0.0)
        if not self._ended:
            self._power = power
            return False
        self._after += 1  # the window in which the tone ends still holds a part of it
        if power < DROP * self._power:
            found = self._ended <= LONGEST
            self._ended, self._power = 0, power
            return found
        if self._after >= 3:
            self._ended, self._power = 0, power
        return False

    def _tone(self, samples: np.ndarray) -> float:
        """Its frequency, or 0 when this is no tone."""
        spectrum = np.abs(np.fft.rfft(samples * self._taper)) ** 2
        step = self._rate / self._window
        peak = int(np.argmax(spectrum[3:])) + 3  # below 94 Hz a line hums
        hz = peak * step
        if not LOWEST_HZ <= hz <= HIGHEST_HZ:
            return 0.0
        near, whole = spectrum[peak - 2 : peak + 3].sum(), spectrum[3:].sum()
        return hz if near >= SHARE * whole else 0.0
