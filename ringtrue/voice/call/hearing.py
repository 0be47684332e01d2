"""Utterances to words, over several recognizers: one that fails or is too slow is followed by the next, in mid-call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.speech.kinds import Expecting, Recognizer, RecognizerFailed, Transcript

log = structlog.get_logger(__name__)


class Hearing:
    """`trouble(code)` is told of each failure. The recognizer that failed last is tried last for the rest of the call."""

    def __init__(self, recognizers: Sequence[Recognizer], settings: CallSettings, trouble: Callable[[str], None]) -> None:
        self._recognizers = list(recognizers)
        self._timeout = settings.recognize_timeout / 1000
        self._trouble = trouble

    async def transcribe(self, pcm: bytes, sample_rate: int, expecting: Expecting, hints: tuple[str, ...]) -> Transcript:
        """Raises RecognizerFailed when none could, or when all of them together took too long."""
        try:
            async with asyncio.timeout(self._timeout):
                for recognizer in list(self._recognizers):
                    try:
                        heard = await recognizer.transcribe(pcm, sample_rate, expecting=expecting, hints=hints)
                    except RecognizerFailed:
                        self._failed(recognizer, "failed")
                    except Exception as error:
                        log.error("recognizer_broke", recognizer=recognizer.name, error=describe(error))
                        self._failed(recognizer, "broke")
                    else:
                        return heard
        except TimeoutError:
            self._failed(self._recognizers[0], "timeout")
        raise RecognizerFailed("none_left")

    def _failed(self, recognizer: Recognizer, code: str) -> None:
        self._trouble(code)
        self._recognizers.remove(recognizer)
        self._recognizers.append(recognizer)


def is_noise(heard: Transcript) -> bool:
    """No words, or words that a recognizer makes up over noise (it is unsure of them and of there being speech at all)."""
    if not any(character.isalnum() for character in heard.text):
        return True
    return heard.no_speech > 0.8 and heard.confidence < 0.5
