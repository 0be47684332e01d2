"""Sentences to audio: each is given to the voice as soon as it stands, the next one while the first is played."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import NamedTuple

import structlog

from ringtrue.voice.call.carrying_on import Pace, seam
from ringtrue.voice.call.circuits import Circuits, probe_voice
from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.metering import Meter
from ringtrue.voice.call.mouth import Mouth, Passage
from ringtrue.voice.call.racing import first_answer
from ringtrue.voice.call.ready import ReadyAudio
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.trimming import without_leading_silence, without_trailing_silence
from ringtrue.voice.call.wording import MY_FAULT
from ringtrue.voice.speech.kinds import Voice, VoiceFailed
from ringtrue.voice.speech.speaking_text import sentences

log = structlog.get_logger(__name__)

JOINT_MS = 60  # of silence where a second voice goes on with a sentence


class _Begun(NamedTuple):
    pieces: AsyncIterator[bytes]
    first: bytes  # audible


class Speaker:
    """`trouble(code)` is told of each failure of a voice. A voice that failed is asked last for the rest of the call.

    circuits: shared by all calls of the process, so that a voice that is down is not tried in each of them.
    """

    def __init__(
        self,
        mouth: Mouth,
        voices: Sequence[Voice],
        ready: ReadyAudio,
        sample_rate: int,
        settings: CallSettings,
        clock: CallClock,
        trouble: Callable[[str], None],
        circuits: Circuits[Voice] | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._mouth = mouth
        self._voices = list(voices)
        self._ready = ready
        self._rate = sample_rate
        self._settings = settings
        self._clock = clock
        self._trouble = trouble
        self._circuits = circuits or Circuits(settings, probe_voice)
        self._meter = meter or Meter({})
        self._paces: dict[str, Pace] = {}
        self._todo: deque[tuple[Passage, bool]] = deque()
        self._room = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._limit: asyncio.Timeout | None = None  # for the voice's next piece, which is due by ...
        self._dry_at = 0.0
        self._in_trouble = False  # a voice has failed in this call
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

    def interject(self, text: str, *, turn: int) -> bool:
        """A few words from ready audio, before a sentence that no voice has begun yet. False when there is no such audio."""
        pcm = self._ready.find_any(self._rate, text)
        if pcm is None:
            return False
        passage = Passage(text, turn=turn, filler=True)
        passage.pcm += pcm
        passage.made = True
        self._mouth.add_first(passage)
        self._mouth.pump(self._clock.now())
        return True

    def drop(self) -> None:
        """The rest was cut: stop making what will not be heard. Passages that stay in the mouth are made still."""
        making = self._todo[0][0] if self._todo and self._worker is not None else None
        self._todo = deque((passage, fixed) for passage, fixed in self._todo if self._mouth.holds(passage))
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
        """Something was played: there may be room for the next sentence. Or the voice has been dry for too long; a timer of its own for
        each of its pieces would cost more than all else that is done with them."""
        if self._limit is not None and self._clock.now() >= self._dry_at:
            self._limit.reschedule(self._dry_at)
            self._limit = None
        if self._todo and not self._room.is_set() and self._mouth.ahead_of(self._todo[0][0]) < self._settings.sentences_ahead:
            self._room.set()

    def _find_ready(self, text: str) -> bytes | None:
        """In the call's own voice; when that one is in trouble, in whichever there is."""
        if not self._voices:
            return None
        pcm = self._ready.find(self._voices[0].name, self._rate, text)
        if pcm is not None:
            self._pace(self._voices[0]).note(text, self._ms(len(pcm)))
        elif self._in_trouble or self._circuits.is_open(self._voices[0]):
            pcm = self._ready.find_any(self._rate, text)
        return pcm

    async def _work(self) -> None:
        while self._todo:
            passage, fixed = self._todo[0]
            if self._mouth.ahead_of(passage) >= self._settings.sentences_ahead:
                self._room.clear()
                await self._room.wait()
                continue
            await self._make(passage, fixed)
            if self._todo and self._todo[0][0] is passage:
                self._todo.popleft()
        self._worker = None

    # --- one sentence

    async def _make(self, passage: Passage, fixed: bool) -> None:
        """With one voice, or with one after another: each takes up the words that the one before has left."""
        said, rest = "", passage.text
        voices = self._circuits.ranked(self._voices)
        while rest and voices:
            won = await self._begin(rest, voices)
            if won is None:
                break
            voice, begun = won
            voices = voices[voices.index(voice) + 1 :]
            from_byte = self._join(passage, fresh=not said)
            error = await self._follow(passage, begun, last=not voices)
            if error is None:
                self._finish(passage, from_byte)
                self._pace(voice).note(rest, self._ms(len(passage.pcm) - from_byte))
                self._circuits.worked(voice)
                if fixed and not said:
                    self._ready.keep(voice.name, self._rate, passage.text, bytes(passage.pcm[passage.lead_in :]))
                return
            self._failed(voice, error)
            played = max(0, passage.head - from_byte)
            there = seam(rest, passage.pcm[from_byte:], played, self._rate, self._pace(voice).ms_per_character)
            del passage.pcm[from_byte + there.cut :]
            said, rest = f"{said} {there.said}".strip(), there.rest
        if rest:
            self._fall_back(passage, said)
        passage.made = True
        self._mouth.pump(self._clock.now())

    async def _begin(self, text: str, voices: Sequence[Voice]) -> tuple[Voice, _Begun] | None:
        """The first of these voices of which something can be heard."""
        opened: list[AsyncIterator[bytes]] = []

        async def ask(voice: Voice) -> _Begun:
            pieces = self._meter.spoken(voice.name, text, voice.say(text, self._rate), self._rate)
            opened.append(pieces)
            async for piece in pieces:
                audible = without_leading_silence(piece, self._rate)
                if audible:
                    return _Begun(pieces, audible)
            raise VoiceFailed("empty")

        won = None
        try:
            won = await first_answer(
                voices,
                ask,
                patience_s=self._settings.first_audio / 1000,
                timeout_s=self._settings.voice_stall / 1000,  # where there is no other voice, a late answer is better than none
                failed=self._failed,
            )
        finally:
            for pieces in opened:
                if won is None or pieces is not won[1].pieces:
                    await _close(pieces)
        return won

    def _join(self, passage: Passage, *, fresh: bool) -> int:
        """Make the passage ready for a voice; returns the byte at which its audio will begin."""
        if fresh:
            del passage.pcm[max(passage.lead_in, passage.head) :]
        else:
            passage.pcm += bytes(2 * self._rate * JOINT_MS // 1000)
        return len(passage.pcm)

    async def _follow(self, passage: Passage, begun: _Begun, *, last: bool) -> BaseException | None:
        """Take what the voice makes to its end. Returns what went wrong, or None."""
        passage.pcm += begun.first
        self._mouth.pump(self._clock.now())
        dry = self._settings.voice_dry_last if last else self._settings.voice_dry
        try:
            async with asyncio.timeout(None) as limit:
                self._limit = limit
                while True:
                    in_hand = self._ms(len(passage.pcm) - passage.head)  # what can be heard meanwhile
                    self._dry_at = self._clock.now() + (in_hand + dry) / 1000
                    piece = await anext(begun.pieces, None)
                    if piece is None:
                        return None
                    passage.pcm += piece
                    if piece:
                        self._mouth.pump(self._clock.now())
        except Exception as error:
            return error
        finally:
            if self._limit is limit:  # not that of a sentence begun since this one was dropped
                self._limit = None
            await _close(begun.pieces)

    def _finish(self, passage: Passage, from_byte: int) -> None:
        """Silence at the end would keep the caller waiting for their turn. What is being played already stays."""
        end = max(passage.head, from_byte, len(without_trailing_silence(bytes(passage.pcm))))
        del passage.pcm[end:]
        passage.made = True
        self._mouth.pump(self._clock.now())

    def _failed(self, voice: Voice, error: BaseException) -> None:
        code = "timeout" if isinstance(error, TimeoutError) else "failed" if isinstance(error, VoiceFailed) else "broke"
        if code == "broke":
            log.error("voice_broke", voice=voice.name, error=describe(error))
        self._in_trouble = True
        self._trouble(code)
        self._circuits.failed(voice)
        self._voices.remove(voice)
        self._voices.append(voice)

    def _fall_back(self, passage: Passage, said: str) -> None:
        """No voice could: the sentence itself from ready audio, else an apology, else nothing, and the conversation ends the call.

        What is told as said is what was: of a sentence that was begun, the words that were heard, and the apology after them.
        """
        pcm = None if said or passage.start_ms >= 0 else self._ready.find_any(self._rate, passage.text)
        if pcm is None:
            parts = [self._ready.find_any(self._rate, part) for part in sentences(MY_FAULT)]
            pcm = b"".join(part for part in parts if part) or None
            passage.text = f"{said} {MY_FAULT if pcm else ''}".strip()
        if pcm is None:
            self.mute = True
        passage.pcm += pcm or b""

    def _pace(self, voice: Voice) -> Pace:
        return self._paces.setdefault(voice.name, Pace())

    def _ms(self, size: int) -> float:
        return size * 500 / self._rate


async def _close(pieces: AsyncIterator[bytes]) -> None:
    close = getattr(pieces, "aclose", None)
    if close is not None:
        with contextlib.suppress(Exception):  # one that will not close must not hold the sentence up
            await close()
