"""The three models behind one function, as a worker process and `InlineSpeech` use them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from ringtrue.voice.speech.jobs import Done, Embed, Failed, Hear, Job, Speak
from ringtrue.voice.speech.kinds import Expecting, RecognizerFailed, VoiceFailed

if TYPE_CHECKING:
    from ringtrue.voice.speech.hibari import HibariVoice
    from ringtrue.voice.speech.minilm import MiniLM
    from ringtrue.voice.speech.whisper import Whisper


class Engines:
    """Loads what it is asked to at once, and the rest when it is first needed. Raises ModelMissing, ModelRefused."""

    def __init__(self, folder: Path | None = None, *, hear: bool = False, speak: bool = False) -> None:
        self._folder = folder
        self._whisper: Whisper | None = None
        self._hibari: HibariVoice | None = None
        self._minilm: MiniLM | None = None
        if hear:
            self.whisper.hear(
                bytes(2 * 8000) + b"\x10\x00" * 800, 8000, "spelling"
            )  # the first run allocates and reads the names
        if speak:
            self.hibari.speak("Ready.", 8000)
            self.minilm.embed(["ready"])

    @property
    def whisper(self) -> Whisper:
        if self._whisper is None:
            from ringtrue.voice.speech.whisper import Whisper

            self._whisper = Whisper(self._folder)
        return self._whisper

    @property
    def hibari(self) -> HibariVoice:
        if self._hibari is None:
            from ringtrue.voice.speech.hibari import HibariVoice

            self._hibari = HibariVoice(self._folder)
        return self._hibari

    @property
    def minilm(self) -> MiniLM:
        if self._minilm is None:
            from ringtrue.voice.speech.minilm import MiniLM

            self._minilm = MiniLM(self._folder)
        return self._minilm

    def do(self, job: Job) -> Done | Failed:
        """Never raises: a failure comes back as a code."""
        try:
            match job:
                case Hear():
                    heard = self.whisper.hear(job.pcm, job.sample_rate, cast(Expecting, job.expecting), job.hints, job.words)
                    return Done(msgspec.msgpack.encode(heard))
                case Speak():
                    return Done(self.hibari.speak(job.text, job.sample_rate, job.language))
                case Embed():
                    return Done(self.minilm.embed(job.texts).tobytes())
        except (RecognizerFailed, VoiceFailed) as problem:
            return Failed(str(problem))
        except Exception as problem:  # the text of the problem may quote what was said
            return Failed(type(problem).__name__)
