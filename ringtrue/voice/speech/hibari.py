"""Speaking by Hibari, a small English voice (Apache-2.0) that costs about 15 ms of CPU per second of speech."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.audio.resampling import resample_floats
from ringtrue.voice.speech.kinds import VoiceFailed
from ringtrue.voice.speech.models import ensure
from ringtrue.voice.speech.speaking_text import speakable

_SEED = 7  # the noise in the voice is drawn from it: the same sentence is the same audio
_PEAK = 0.8
_QUIET = 0.001  # -60 dBFS
_BEFORE_S, _AFTER_S = 0.02, 0.25  # what is left of the 0.3 s of silence that the voice puts before and after each text


class HibariVoice:
    """One loaded voice; synchronous, for one thread at a time. 24 kHz inside, any rate outside."""

    name = "hibari-heart"

    def __init__(self, folder: Path | None = None, threads: int = 1) -> None:
        """Raises ModelMissing, ModelRefused."""
        model = ensure(self.name, folder)["hibari.onnx"]
        from hibari import Hibari

        self._hibari = Hibari(voice="heart", model=str(model), threads=threads)
        self._hibari.phonemize("Ready.")  # loads the dictionaries now, not in the first call

    def speak(self, text: str, sample_rate: int, language: str = "en-US") -> bytes:
        """Mono PCM16 of one or several sentences. Raises VoiceFailed."""
        words = speakable(text, language)
        if not words.strip():
            return b""
        try:
            sound = self._hibari(words, seed=_SEED)
        except Exception as problem:  # a voice must never end a call; the text stays out of the message
            raise VoiceFailed("voice_error") from problem
        sound = resample_floats(
            _trimmed(np.asarray(sound, np.float32), self._hibari.sample_rate), self._hibari.sample_rate, sample_rate
        )
        loudest = float(np.abs(sound).max()) if len(sound) else 0.0
        if loudest > _PEAK:
            sound = sound * (_PEAK / loudest)
        return bytes(np.clip(np.rint(sound * 32767), -32768, 32767).astype("<i2"))


def _trimmed(sound: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Without the silence at the beginning, which a caller would wait through before every reply, and most of that at the end."""
    loud = np.flatnonzero(np.abs(sound) > _QUIET)
    if not len(loud):
        return sound[:0]
    return sound[max(0, int(loud[0] - _BEFORE_S * rate)) : int(loud[-1] + _AFTER_S * rate)]
