"""WAV files of PCM16."""

from __future__ import annotations

import io
import wave


def wav_bytes(pcm: bytes, sample_rate: int, channels: int = 1) -> bytes:
    """A whole WAV file. `pcm`: 16-bit little endian, interleaved when there are several channels."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(pcm)
    return out.getvalue()
