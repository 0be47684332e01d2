"""Utterances to words, over several recognizers: one that fails or is too slow is followed by the next, in mid-call."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from ringtrue.voice.call.circuits import Circuits, probe_recognizer
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.metering import Meter
from ringtrue.voice.call.racing import first_answer
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.speech.kinds import Expecting, Recognizer, RecognizerFailed, Stream, Transcript

log = structlog.get_logger(__name__)


class Live:
    """An utterance that a recognizer gets while it is spoken."""

    def __init__(self, recognizer: Recognizer, stream: Stream, given: Callable[[int], None]) -> None:
        self.recognizer = recognizer
        self._stream = stream
        self._given = given
        self._size = 0

    def feed(self, pcm: bytes) -> None:
        self._size += len(pcm)
        self._given(len(pcm))
        self._stream.feed(pcm)

    async def finish(self, pcm: bytes) -> Transcript:
        """pcm: the whole utterance; what was fed is its beginning. Raises RecognizerFailed."""
        self.feed(pcm[self._size :])
        return await self._stream.finish()

    def leave(self) -> None:
        self._stream.leave()


class Hearing:
    """`trouble(code)` is told of each failure. The recognizer that failed last is tried last for the rest of the call.

    circuits: shared by all calls of the process, so that a recognizer that is down is not tried in each of them.
    """

    def __init__(
        self,
        recognizers: Sequence[Recognizer],
        settings: CallSettings,
        trouble: Callable[[str], None],
        circuits: Circuits[Recognizer] | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._recognizers = list(recognizers)
        self._settings = settings
        self._trouble = trouble
        self._circuits = circuits or Circuits(settings, probe_recognizer)
        self._meter = meter or Meter({})

    def live(self, sample_rate: int, hints: tuple[str, ...]) -> Live | None:
        """For an utterance that has just begun, where the recognizer that would be asked first takes it while it is spoken."""
        first = next(iter(self._circuits.ranked(self._recognizers)), None)
        stream = getattr(first, "stream", None)
        if first is None or stream is None:
            return None
        self._meter.heard(first.name, 0.0)
        return Live(
            first, stream(sample_rate, hints=hints), lambda size: self._meter.heard(first.name, size * 500 / sample_rate, 0)
        )

    async def transcribe(
        self, pcm: bytes, sample_rate: int, expecting: Expecting, hints: tuple[str, ...], live: Live | None = None
    ) -> Transcript:
        """Raises RecognizerFailed when none could, or when all of them together took too long. `live` is over after it."""

        async def ask(recognizer: Recognizer) -> Transcript:
            if live is not None and live.recognizer is recognizer:
                return await live.finish(pcm)
            self._meter.heard(recognizer.name, len(pcm) * 500 / sample_rate)
            return await recognizer.transcribe(pcm, sample_rate, expecting=expecting, hints=hints)

        try:
            won = await first_answer(
                self._circuits.ranked(self._recognizers),
                ask,
                patience_s=self._settings.recognize_patience / 1000,
                timeout_s=self._settings.recognize_timeout / 1000,
                failed=self._failed,
            )
        finally:
            if live is not None:
                live.leave()
        if won is None:
            raise RecognizerFailed("none_left")
        recognizer, heard = won
        self._circuits.worked(recognizer)
        return heard

    def _failed(self, recognizer: Recognizer, error: BaseException) -> None:
        code = "timeout" if isinstance(error, TimeoutError) else "failed" if isinstance(error, RecognizerFailed) else "broke"
        if code == "broke":
            log.error("recognizer_broke", recognizer=recognizer.name, error=describe(error))
        self._trouble(code)
        self._circuits.failed(recognizer)
        self._recognizers.remove(recognizer)
        self._recognizers.append(recognizer)


def is_noise(heard: Transcript) -> bool:
    """No words, or words that a recognizer makes up over noise (it is unsure of them and of there being speech at all)."""
    if not any(character.isalnum() for character in heard.text):
        return True
    return heard.no_speech > 0.8 and heard.confidence < 0.5
