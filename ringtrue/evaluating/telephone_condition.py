"""Makes a recording sound as if it had come by telephone: 8 kHz, 300-3400 Hz, mu-law."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode
from ringtrue.voice.audio.resampling import resample_floats

RATE = 8000
_PEAK = 0.5


def _butterworth_band(
    frequencies: NDArray[np.floating[Any]], low: float, high: float, order: int, rate: int
) -> NDArray[np.complex128]:
    """Complex response at `frequencies` (Hz) of the digital Butterworth band-pass made from an analogue prototype of `order` by the
    bilinear transform, edges pre-warped."""
    warp = 2 * rate * np.tan(np.pi * np.array([low, high]) / rate)
    centre2, width = warp[0] * warp[1], warp[1] - warp[0]
    s = 2j * rate * np.tan(np.pi * np.clip(frequencies, 1e-3, rate / 2 - 1e-3) / rate)
    prototype = (s * s + centre2) / (width * s)
    poles = np.exp(1j * np.pi * (2 * np.arange(order) + order + 1) / (2 * order))
    response: NDArray[np.complex128] = 1 / np.prod(prototype[:, None] - poles[None, :], axis=1)
    return response


def band_limited(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """8 kHz samples through a 4th-order Butterworth band-pass of 300-3400 Hz. Done by FFT with half a second of zeros behind, in
    which the filter has long died away, so it equals the recursive filter and needs no loop over samples."""
    size = len(sound) + RATE // 2
    response = _butterworth_band(np.arange(size // 2 + 1) * (RATE / size), 300.0, 3400.0, 4, RATE)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * response, size)[: len(sound)], np.float32)


def by_telephone(pcm: bytes, sample_rate: int) -> bytes:
    """Mono PCM16 at any rate to PCM16 at 8 kHz as the far end of a call hears it; the peak is set to half of full scale first."""
    sound = resample_floats(np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768), sample_rate, RATE)
    if not len(sound):
        return b""
    sound = band_limited(sound)
    sound *= _PEAK / max(float(np.abs(sound).max()), 1e-6)
    return ulaw_decode(ulaw_encode(np.rint(sound * 32767).astype("<i2").tobytes()))
