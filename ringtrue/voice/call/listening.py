"""From speech and silence to finished turns: an early transcript in the pause, kept when nothing more is said.

A turn is made of parts. Each part is transcribed once, when its pause has lasted `transcribe_after`; when the caller goes on soon,
the part grows and that transcript is thrown away; after a long pause it stands, and a new part begins.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

import msgspec

from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.ear import Ear
from ringtrue.voice.call.ending_turns import Habit, end_delay
from ringtrue.voice.call.hearing import Hearing, Live, is_noise
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.events import Word
from ringtrue.voice.speech.kinds import Expecting, RecognizerFailed, Transcript


class Utterance(msgspec.Struct, frozen=True, kw_only=True):
    """One finished turn of the caller; times in ms of the call."""

    text: str
    words: list[Word]
    confidence: float
    start_ms: int
    end_ms: int  # true end of speech: the end of its last speech chunk
    decided_ms: int  # when it was taken as finished
    recognize_ms: int  # duration of the last transcription


class Floor(Protocol):
    """Who decides what speech means: the conversation."""

    @property
    def expecting(self) -> Expecting: ...

    @property
    def hints(self) -> tuple[str, ...]: ...

    def caller_began(self, start_ms: float) -> None: ...

    def caller_may_begin(self, start_ms: float) -> None:
        """A first sign of speech; followed by `caller_began`, `caller_goes_on` or `caller_did_not`."""
        ...

    def caller_did_not(self) -> None: ...

    def caller_said(self, text: str, confidence: float) -> None:
        """The words so far; more may come. `confidence`: 0 to 1, how sure the recognizer is of them."""
        ...

    def caller_goes_on(self) -> None:
        """Speech again, after a pause in which a transcript was begun."""
        ...

    def turn_over(self, utterance: Utterance) -> None: ...

    def not_heard(self) -> None:
        """There was speech, and no recognizer could write it down."""
        ...


class _Part:
    __slots__ = ("asked_at", "fed_ms", "from_ms", "heard", "live", "start_ms", "task", "took_ms")

    def __init__(self, from_ms: float, live: Live | None) -> None:
        self.from_ms = from_ms
        self.live = live  # until it is first transcribed; what grew after a pause is sent again as a whole
        self.fed_ms = from_ms  # how far it was fed
        self.start_ms = from_ms  # of the audio that was transcribed
        self.task: asyncio.Task[Transcript] | None = None
        self.heard: Transcript | None = None
        self.asked_at = 0.0
        self.took_ms = 0

    def forget(self) -> None:
        if self.task is not None:
            self.task.cancel()
        self.task = self.heard = None

    def leave(self) -> None:
        if self.live is not None:
            self.live.leave()
            self.live = None


class Listening:
    def __init__(self, ear: Ear, hearing: Hearing, settings: CallSettings, clock: CallClock, floor: Floor) -> None:
        self.open = False  # the caller is in a turn
        self.silent_ms = 0.0  # since the last speech of the open turn
        self.end_ms = 0.0  # end of the last speech
        self._ear = ear
        self._hearing = hearing
        self._settings = settings
        self._clock = clock
        self._floor = floor
        self._habit = Habit(settings.habit_weight)
        self._start_ms = 0.0
        self._parts: list[_Part] = []
        self._peek: asyncio.Task[None] | None = None
        self._closing = False
        ear.listener = self

    @property
    def awaiting_words(self) -> bool:
        """The caller has been silent long enough, and only the transcript is missing."""
        return self.open and self.silent_ms >= self._settings.end_unclear and self._parts[-1].heard is None

    # --- what the ear tells

    def speech_began(self, start_ms: float, end_ms: float) -> None:
        self.open = True
        self._closing = False
        self.silent_ms = 0.0
        self._start_ms = start_ms
        self.end_ms = end_ms
        self._parts = []
        self._begin_part(start_ms - self._settings.preroll)
        self._floor.caller_began(start_ms)

    def speech_went_on(self, end_ms: float) -> None:
        if not self.open:
            return
        part = self._parts[-1]
        self._feed(part)
        pause = end_ms - self.end_ms
        if part.task is not None and not self._closing:
            self._habit.paused(pause)
            if part.heard is not None and pause >= self._settings.freeze_after and not is_noise(part.heard):
                self._begin_part(end_ms - 2 * 32 - self._settings.preroll)
            else:
                part.forget()
            self._floor.caller_goes_on()
        self.end_ms = end_ms
        self.silent_ms = 0.0
        if end_ms - self._parts[-1].from_ms > self._settings.longest_utterance:
            self._transcribe(self._parts[-1])
            self._begin_part(end_ms)
        if end_ms - self._start_ms > self._settings.longest_turn and not self._closing:
            self._closing = True
            if self._parts[-1].task is None:
                self._transcribe(self._parts[-1])

    def silence_grew(self, silent_ms: float) -> None:
        if not self.open:
            return
        self.silent_ms = silent_ms
        self._feed(self._parts[-1])
        if self._parts[-1].task is None and silent_ms >= self._settings.transcribe_after:
            self._transcribe(self._parts[-1])
        self._maybe_over()

    def speech_hinted(self, start_ms: float) -> None:
        self._floor.caller_may_begin(start_ms)

    def hint_passed(self) -> None:
        self._floor.caller_did_not()

    # --- transcripts

    def _begin_part(self, from_ms: float) -> None:
        self._parts.append(_Part(from_ms, self._hearing.live(self._ear.sample_rate, self._floor.hints)))
        self._ear.keep_from(from_ms)

    def _feed(self, part: _Part) -> None:
        if part.live is not None:
            start, pcm = self._ear.audio(part.fed_ms + 0.01, self._ear.heard_ms)  # to the millisecond, whatever floats make of it
            part.fed_ms = start + len(pcm) * 500 / self._ear.sample_rate
            part.live.feed(pcm)

    def _transcribe(self, part: _Part) -> None:
        part.start_ms, pcm = self._ear.audio(part.from_ms, self._ear.heard_ms)
        part.asked_at = self._clock.now()
        live, part.live = part.live, None
        part.task = asyncio.create_task(
            self._hearing.transcribe(pcm, self._ear.sample_rate, self._floor.expecting, self._floor.hints, live)
        )
        part.task.add_done_callback(lambda task: self._transcribed(part, task))

    def _transcribed(self, part: _Part, task: asyncio.Task[Transcript]) -> None:
        if task.cancelled() or part.task is not task or not self.open or part not in self._parts:
            return
        part.took_ms = round((self._clock.now() - part.asked_at) * 1000)
        if task.exception() is not None:
            if any(other.heard for other in self._parts):
                part.heard = Transcript(text="")  # the parts before it stand
            else:
                self._close()
                self._floor.not_heard()
                return
        else:
            part.heard = task.result()
        if part is not self._parts[-1]:
            return
        text = self._text()
        if not text:
            self._close()  # only noise: a pause that it made ends at the next tick
            return
        self._floor.caller_said(text, self._confidence())
        self._maybe_over()

    def _heard(self) -> list[tuple[_Part, Transcript]]:
        """The parts with words in them."""
        return [(part, part.heard) for part in self._parts if part.heard is not None and not is_noise(part.heard)]

    def _text(self) -> str:
        return " ".join(heard.text.strip() for _, heard in self._heard()).strip()

    def _confidence(self) -> float:
        sure = [heard.confidence for _, heard in self._heard()]
        return sum(sure) / len(sure) if sure else 0.0

    def _maybe_over(self) -> None:
        if not self.open or any(part.heard is None for part in self._parts):
            return
        text = self._text()
        if self._closing or self.silent_ms >= end_delay(text, self._floor.expecting, self._settings, self._habit.ms):
            utterance = self._utterance(text)
            self._close()
            self._floor.turn_over(utterance)

    def _utterance(self, text: str) -> Utterance:
        words = [
            Word(word.text, round(part.start_ms + word.start_ms), round(part.start_ms + word.end_ms))
            for part, heard in self._heard()
            for word in heard.words
        ]
        return Utterance(
            text=text,
            words=words,
            confidence=self._confidence(),
            start_ms=max(0, round(self._start_ms)),
            end_ms=round(self.end_ms),
            decided_ms=self._clock.ms(),
            recognize_ms=self._parts[-1].took_ms,
        )

    def _close(self) -> None:
        self.open = False
        for part in self._parts:
            part.leave()
        self.silent_ms = 0.0
        if self._peek is not None:
            self._peek.cancel()
            self._peek = None
        self._ear.rest()

    # --- special cases

    def peek(self) -> None:
        """Tell the floor what words there are in speech that has not ended: is it noise, or does somebody really speak?"""
        if self.open and self._peek is None:
            self._peek = asyncio.create_task(self._look())

    async def _look(self) -> None:
        part = self._parts[-1]
        _, pcm = self._ear.audio(part.from_ms, self._ear.heard_ms)
        try:
            heard = await self._hearing.transcribe(pcm, self._ear.sample_rate, self._floor.expecting, self._floor.hints)
        except RecognizerFailed:
            heard = Transcript(text="")
        self._peek = None
        if self.open and part.heard is None:
            self._floor.caller_said("" if is_noise(heard) else heard.text, heard.confidence)

    async def last_words(self) -> Utterance | None:
        """The caller hung up in the middle of a turn: what had been said, for the record. None: nothing, or it cannot be known."""
        if not self.open:
            return None
        part = self._parts[-1]
        if part.task is None:
            self._transcribe(part)
        tasks = [part.task for part in self._parts if part.task is not None]
        self.open = False
        await asyncio.gather(*tasks, return_exceptions=True)
        for part in self._parts:
            if part.task is not None and not part.task.cancelled() and part.task.exception() is None:
                part.heard = part.task.result()
        text = self._text()
        return self._utterance(text) if text else None

    async def close(self) -> None:
        tasks: list[asyncio.Task[Any]] = [part.task for part in self._parts if part.task is not None and not part.task.done()]
        if self._peek is not None:
            tasks.append(self._peek)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for part in self._parts:
            part.leave()
        self.open = False
