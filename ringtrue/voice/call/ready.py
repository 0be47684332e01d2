"""Fixed sentences as ready audio: the greeting begins at once, and an apology can be heard even when every voice has failed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence

import structlog

from ringtrue.voice.agent import Agent
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.trimming import without_leading_silence, without_trailing_silence
from ringtrue.voice.call.wording import fixed
from ringtrue.voice.speech.kinds import Voice
from ringtrue.voice.speech.speaking_text import sentences

log = structlog.get_logger(__name__)

MOST = 400
"""Sentences kept: at 8 kHz about 50 kB each, 20 MB in all."""

LONGEST_S = 20.0
"""For one sentence; a voice that takes longer stands still, and the next one makes it."""


class ReadyAudio:
    """Only sentences of the business and of ours come in here, never one with a caller's words."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, str], bytes] = OrderedDict()
        self._making: set[tuple[str, int, str]] = set()

    def find(self, voice: str, sample_rate: int, text: str) -> bytes | None:
        key = (voice, sample_rate, text)
        pcm = self._kept.get(key)
        if pcm is not None:
            self._kept.move_to_end(key)
        return pcm

    def find_any(self, sample_rate: int, text: str) -> bytes | None:
        """In whatever voice there is: for the moment when the call's own has failed."""
        return next((pcm for (_, rate, kept), pcm in self._kept.items() if rate == sample_rate and kept == text), None)

    def keep(self, voice: str, sample_rate: int, text: str, pcm: bytes) -> None:
        self._kept[(voice, sample_rate, text)] = pcm
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)

    async def prepare(
        self,
        agent: Agent,
        voices: Sequence[Voice],
        sample_rate: int,
        failed: Callable[[Voice], None] = lambda voice: None,
    ) -> None:
        """Never fails; `failed(voice)` is told of a voice that cannot. Goes one by one, so that it takes at most one worker of the
        speech pool from the calls."""
        troubled: set[str] = set()  # a voice that is down is not asked for each sentence
        for text in [sentence for part in fixed(agent) for sentence in sentences(part)]:
            for voice in [voice for voice in voices if voice.name not in troubled] or voices:
                if self.find(voice.name, sample_rate, text) is not None:
                    break
                key = (voice.name, sample_rate, text)
                if key in self._making:
                    break
                self._making.add(key)
                try:
                    async with asyncio.timeout(LONGEST_S):
                        made = b"".join([piece async for piece in voice.say(text, sample_rate)])
                    made = without_trailing_silence(without_leading_silence(made, sample_rate), sample_rate)
                    if made:
                        self.keep(voice.name, sample_rate, text, made)
                    break
                except Exception as error:
                    log.warning("ready_audio_failed", voice=voice.name, error=describe(error))
                    troubled.add(voice.name)
                    failed(voice)
                finally:
                    self._making.discard(key)
