"""The real local recognizer with a stated delay, for calls in virtual time; what it heard is kept between runs.

It hears exactly the audio that it is handed and knows nothing of where speech ends. Its own computing takes no virtual time: the
transcript comes `delay_ms` after it was asked for, whatever the machine is busy with.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from pathlib import Path

import msgspec

from ringtrue.voice.speech.kinds import Expecting, Transcript
from ringtrue.voice.speech.whisper import Whisper

DELAY_MS = 60.0


class StatedRecognizer:
    """`asked`: how many transcripts were wanted. `keep_in`: folder of what was heard before; None: a folder of this user's temp.

    words: always heard instead, for figures in which the words play no part.
    """

    def __init__(self, delay_ms: float = DELAY_MS, keep_in: Path | None = None, words: str = "") -> None:
        self.name = "stated"
        self.delay_ms = delay_ms
        self.asked = 0
        self._folder = keep_in or Path(tempfile.gettempdir()) / "ringtrue-heard"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._whisper: Whisper | None = None
        self._words = words

    async def transcribe(
        self, pcm: bytes, sample_rate: int, *, expecting: Expecting = "open", hints: tuple[str, ...] = (), words: bool = False
    ) -> Transcript:
        self.asked += 1
        heard = self.hear(pcm, sample_rate, expecting, hints)
        await asyncio.sleep(self.delay_ms / 1000)
        return heard

    def hear(self, pcm: bytes, sample_rate: int, expecting: Expecting = "open", hints: tuple[str, ...] = ()) -> Transcript:
        """At once, from what was kept or from the recognizer."""
        if self._words:
            return Transcript(text=self._words, confidence=0.9)
        told = f"{sample_rate} {expecting} {'|'.join(hints)} ".encode()
        kept = self._folder / hashlib.sha256(told + pcm).hexdigest()
        try:
            return msgspec.json.decode(kept.read_bytes(), type=Transcript)
        except (OSError, msgspec.MsgspecError):
            pass
        if self._whisper is None:
            self._whisper = Whisper()
        heard = self._whisper.hear(pcm, sample_rate, expecting, hints)
        kept.write_bytes(msgspec.json.encode(heard))
        return heard
