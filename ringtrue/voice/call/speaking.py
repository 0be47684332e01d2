"""Sentences to audio: each is given to the voice as soon as it stands, the next one while the first is played."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

import structlog

from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.mouth import Mouth, Passage
from ringtrue.voice.call.ready import ReadyAudio
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.trimming import without_leading_silence, without_trailing_silence
from ringtrue.voice.call.wording import MY_FAULT
from ringtrue.voice.speech.kinds import Voice, VoiceFailed
from ringtrue.voice.speech.speaking_text import sentences

log = structlog.get_logger(__name__)


class Speaker:
    """`trouble(code)` is told of each failure of a voice. A voice that failed twice running is not asked again in this call."""

    def __init__(
        self,
        mouth: Mouth,
        voices: Sequence[Voice],
        ready: ReadyAudio,
        sample_rate: int,
        settings: CallSettings,
        clock: CallClock,
        trouble: Callable[[str], None],
    ) -> None:
        self._mouth = mouth
        self._voices = list(voices)
        self._ready = ready
        self._rate = sample_rate
        self._settings = settings
        self._clock = clock
        self._trouble = trouble
        self._todo: deque[tuple[Passage, bool]] = deque()
        self._room = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._strikes: dict[str, int] = {}
        self.mute = False  # every voice failed, and there was no ready audio either

    def say(
        self, text: str, *, turn: int, firm: bool = False, question: bool = False, filler: bool = False, fixed: bool = False
    ) -> list[Passage]:
        """Put a text into the mouth, sentence by sentence; returns its passages. `fixed`: one of ours, worth keeping ready."""
        parts = sentences(text)
        passages = [Passage(part, turn=turn, firm=firm, question=question, filler=filler) for part in parts]
        for passage in passages:
            self._mouth.add(passage)
            pcm = self._find_ready(passage.text)
            if pcm is not None:
                passage.pcm += pcm
                passage.made = True
            else:
                self._todo.append((passage, fixed))
        self._mouth.pump(self._clock.now())
        if self._todo and self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return passages

    def drop(self) -> None:
        """The rest was cut: stop making what will not be heard. Passages that stay in the mouth (firm ones) are made still."""
        making = self._todo[0][0] if self._todo and self._worker is not None else None
        self._todo = deque((passage, fixed) for passage, fixed in self._todo if passage.firm)
        if self._worker is not None and (not self._todo or self._todo[0][0] is not making):
            self._worker.cancel()
            self._worker = None
        if self._todo and self._worker is None:
            self._worker = asyncio.create_task(self._work())

    async def close(self) -> None:
        self._todo.clear()
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
            self._worker = None

    def tick(self) -> None:
        """Something was played: there may be room for the next sentence."""
        if self._todo and not self._room.is_set() and self._mouth.waiting - len(self._todo) < self._settings.sentences_ahead:
            self._room.set()

    def _find_ready(self, text: str) -> bytes | None:
        return self._ready.find(self._voices[0].name, self._rate, text) if self._voices else None

    async def _work(self) -> None:
        while self._todo:
            passage, fixed = self._todo[0]
            if self._mouth.waiting - len(self._todo) >= self._settings.sentences_ahead:
                self._room.clear()
                await self._room.wait()
                continue
            await self._make(passage, fixed)
            if self._todo and self._todo[0][0] is passage:
                self._todo.popleft()
        self._worker = None

    async def _make(self, passage: Passage, fixed: bool) -> None:
        for voice in list(self._voices):
            try:
                await self._say_with(voice, passage)
                self._strikes[voice.name] = 0
                if fixed:
                    self._ready.keep(voice.name, self._rate, passage.text, bytes(passage.pcm[passage.lead_in :]))
                return
            except (VoiceFailed, TimeoutError) as failure:
                self._failed(voice, "timeout" if isinstance(failure, TimeoutError) else "failed")
            except Exception as error:
                log.error("voice_broke", voice=voice.name, error=describe(error))
                self._failed(voice, "broke")
            if len(passage.pcm) > passage.lead_in and passage.start_ms >= 0:
                break  # the caller has heard its beginning: better a broken sentence than two voices in one
        self._fall_back(passage)

    async def _say_with(self, voice: Voice, passage: Passage) -> None:
        del passage.pcm[max(passage.lead_in, passage.head) :]
        pieces = voice.say(passage.text, self._rate)
        first = True
        # Where there is no other voice, a late answer is better than none.
        first_audio = self._settings.voice_stall if voice is self._voices[-1] else self._settings.first_audio
        try:
            while True:
                async with asyncio.timeout((first_audio if first else self._settings.voice_stall) / 1000):
                    piece = await anext(pieces, None)
                if piece is None:
                    break
                if first:
                    piece = without_leading_silence(piece, self._rate)
                    first = not piece
                passage.pcm += piece
                if piece:
                    self._mouth.pump(self._clock.now())
            if first:
                raise VoiceFailed("empty")
            self._trim_end(passage)
            passage.made = True
            self._mouth.pump(self._clock.now())
        finally:
            await _close(pieces)

    @staticmethod
    def _trim_end(passage: Passage) -> None:
        """Silence at the end would keep the caller waiting for their turn. What is being played already stays."""
        end = max(passage.head, passage.lead_in, len(without_trailing_silence(bytes(passage.pcm))))
        del passage.pcm[end:]

    def _failed(self, voice: Voice, code: str) -> None:
        self._trouble(code)
        self._strikes[voice.name] = self._strikes.get(voice.name, 0) + 1
        if self._strikes[voice.name] >= 2 and len(self._voices) > 1:
            self._voices.remove(voice)

    def _fall_back(self, passage: Passage) -> None:
        """No voice could: the sentence itself from ready audio, else an apology, else nothing, and the conversation ends the call."""
        if passage.start_ms < 0:
            pcm = self._ready.find_any(self._rate, passage.text)
            if pcm is None:
                passage.text = MY_FAULT
                parts = [self._ready.find_any(self._rate, part) for part in sentences(MY_FAULT)]
                pcm = b"".join(part for part in parts if part) or None
            if pcm is None:
                passage.text = ""
                self.mute = True
            passage.pcm += pcm or b""
        passage.made = True
        self._mouth.pump(self._clock.now())


async def _close(pieces: AsyncIterator[bytes]) -> None:
    close = getattr(pieces, "aclose", None)
    if close is not None:
        await close()
