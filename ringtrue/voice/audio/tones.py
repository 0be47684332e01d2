"""Tones that we make ourselves: the record beep, DTMF digits, silence. Mono PCM16."""

from __future__ import annotations

import numpy as np

KEYS = "123A456B789C*0#D"
LOW = (697, 770, 852, 941)  # Hz, ITU-T Q.23: row of the keypad
HIGH = (1209, 1336, 1477, 1633)  # column


def silence(ms: int, sample_rate: int) -> bytes:
    return bytes(2 * (sample_rate * ms // 1000))


def tone(hertz: float, ms: int, sample_rate: int, level_db: float = -15.0) -> bytes:
    """A sine of `level_db` dBFS (its peak), with 5 ms ramps so that it does not click."""
    return _shaped(np.sin(2 * np.pi * hertz * _times(ms, sample_rate)), sample_rate, level_db)


def beep(sample_rate: int) -> bytes:
    """The short high beep that says: recording."""
    return tone(1400, 200, sample_rate, -18.0)


def dtmf(digits: str, sample_rate: int, tone_ms: int = 80, pause_ms: int = 60, level_db: float = -10.0) -> bytes:
    """Digits as a keypad sends them; `level_db` is the peak of each of the two tones. Raises ValueError for other keys."""
    made = b""
    for digit in digits.upper():
        key = KEYS.index(digit)
        t = _times(tone_ms, sample_rate)
        both = np.sin(2 * np.pi * LOW[key // 4] * t) + np.sin(2 * np.pi * HIGH[key % 4] * t)
        made += _shaped(both, sample_rate, level_db) + silence(pause_ms, sample_rate)
    return made


def _times(ms: int, sample_rate: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.arange(sample_rate * ms // 1000) / sample_rate


def _shaped(wave: np.ndarray, sample_rate: int, level_db: float) -> bytes:  # type: ignore[type-arg]
    ramp = min(sample_rate // 200, len(wave) // 2)
    wave[:ramp] *= np.linspace(0, 1, ramp)
    wave[len(wave) - ramp :] *= np.linspace(1, 0, ramp)
    return np.clip(wave * 10 ** (level_db / 20) * 32767, -32768, 32767).astype("<i2").tobytes()
