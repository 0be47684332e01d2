"""Audio files of any common kind to PCM16, by FFmpeg's libraries (PyAV, which comes with faster-whisper)."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np


class UnreadableAudio(Exception):
    """The file is missing, is no audio, or has no such channel; `str(self)` says which, in a sentence."""


def read_audio(path: str | Path, channel: int = 0) -> tuple[bytes, int]:
    """(mono PCM16, its sample rate) of one channel, at the file's own rate. Raises UnreadableAudio."""
    sound, rate = read_channels(path)
    if not 0 <= channel < sound.shape[1]:
        raise UnreadableAudio(f"{path} has {sound.shape[1]} channel(s), numbered from 0; there is no channel {channel}.")
    return np.ascontiguousarray(sound[:, channel]).tobytes(), rate


def read_channels(path: str | Path) -> tuple[np.ndarray, int]:  # type: ignore[type-arg]
    """(samples int16 of shape (length, channels), sample rate). Raises UnreadableAudio."""
    if not Path(path).is_file():
        raise UnreadableAudio(f"There is no file {path}.")
    try:
        with av.open(str(path)) as file:
            if not file.streams.audio:
                raise UnreadableAudio(f"{path} holds no audio.")
            stream = file.streams.audio[0]
            rate, channels = stream.rate, stream.channels
            to_pcm = av.AudioResampler(format="s16", layout=stream.layout, rate=rate)
            pieces = [
                out.to_ndarray().reshape(-1, channels) for frame in [*file.decode(stream), None] for out in to_pcm.resample(frame)
            ]
    except av.error.FFmpegError as problem:
        raise UnreadableAudio(f"{path} cannot be read as audio ({problem.strerror}).") from problem
    return (np.concatenate(pieces) if pieces else np.zeros((0, channels), "<i2")).astype("<i2"), rate
