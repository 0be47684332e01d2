"""WAV files of PCM16: writing what was recorded, reading what was written."""

from __future__ import annotations

import io
import wave
from pathlib import Path


def wav_bytes(pcm: bytes, sample_rate: int, channels: int = 1) -> bytes:
    """A whole WAV file. `pcm`: 16-bit little endian, interleaved when there are several channels."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(pcm)
    return out.getvalue()


def write_wav(path: str | Path, pcm: bytes, sample_rate: int, channels: int = 1) -> None:
    Path(path).write_bytes(wav_bytes(pcm, sample_rate, channels))


def read_wav(source: str | Path | bytes) -> tuple[bytes, int, int]:
    """(pcm, sample rate, channels) of a 16-bit WAV file. Raises wave.Error, and ValueError for other sample sizes."""
    with wave.open(io.BytesIO(source) if isinstance(source, bytes) else str(source), "rb") as file:
        if file.getsampwidth() != 2:
            raise ValueError(f"{8 * file.getsampwidth()}-bit samples; only 16-bit PCM is read here")
        return file.readframes(file.getnframes()), file.getframerate(), file.getnchannels()


def interleave(left: bytes, right: bytes) -> bytes:
    """Two mono PCM16 strings to one of two channels; the shorter one is filled with silence."""
    import numpy as np

    length = max(len(left), len(right)) // 2
    both = np.zeros((length, 2), "<i2")
    both[: len(left) // 2, 0] = np.frombuffer(left, "<i2")
    both[: len(right) // 2, 1] = np.frombuffer(right, "<i2")
    return both.tobytes()
