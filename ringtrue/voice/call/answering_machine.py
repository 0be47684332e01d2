"""Who answered a call that we placed: a person, or a machine. By its words (a voicemail says what it is), by its cadence (whoever
answers a telephone stops after a sentence, a machine goes on), by its beep, and by what the carrier heard where it listens too.

Nothing is said over a machine's greeting; what is to be left on it is said after the beep, or when it has fallen silent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ringtrue.voice.audio.beeps import BeepDetector
from ringtrue.voice.brains.errand_hearing import asked_in, is_voicemail
from ringtrue.voice.call.ear import Ear
from ringtrue.voice.call.listening import Listening

MORE_THAN_HELLO = 3  # words that ask nothing: it may go on, or a beep may follow
GOES_ON_S = 1.1  # how long we wait for that; the law wants to hear us within 2 s of a person's greeting
NOT_UNDERSTOOD = 4  # times that something voice-like without words (a machine's single digit) may make us wait again
AFTER_BEEP_MS = 300
NO_BEEP_MS = 3000  # of silence: this machine has no beep, or one that we do not know
LONGEST_GREETING_S = 60.0


class AnsweringMachine:
    def __init__(self, ear: Ear, listening: Listening, wanted: bool) -> None:
        self._ear, self._listening = ear, listening
        self._detector = BeepDetector(ear.sample_rate) if wanted else None
        self._fed_ms = 0.0
        self._beep_ms: float | None = None
        self._person = False
        self._carrier: str = ""  # what it says: "person", "machine", "machine_done"

    def tick(self) -> None:
        """Every 80 ms: hears what has come since."""
        if self._detector is None:
            return
        start, pcm = self._ear.audio(self._fed_ms, self._ear.heard_ms)
        self._fed_ms = start + len(pcm) / 2 / self._ear.sample_rate * 1000
        if self._detector.feed(pcm):
            self._beep_ms = self._fed_ms

    def answered_by_person(self) -> None:
        """A beep alone makes no machine of them any more: a kitchen has beeps too."""
        self._person = True

    def carrier_says(self, who: str) -> bool:
        """`who`: `lines.carrier.AnsweredBy`. True where it is a machine that we have begun to speak to as to a person."""
        if self._detector is None:
            return False
        self._carrier = "machine_done" if who == "fax" else who
        return self.is_known and self._person

    @property
    def is_settled(self) -> bool:
        """The carrier has listened for us: nobody has to be waited for."""
        return self._carrier in ("person", "machine_done")

    @property
    def is_known(self) -> bool:
        """By its beep, or by the carrier."""
        return self._carrier.startswith("machine") or (self._beeped and not self._person)

    @property
    def _beeped(self) -> bool:
        """Nobody has spoken since."""
        return self._beep_ms is not None and self._listening.end_ms <= self._beep_ms + AFTER_BEEP_MS

    async def greets(self, words: str, next_words: Callable[[float], Awaitable[str | None]]) -> tuple[bool, str]:
        """(whether a machine greets us, all that it said). `words`: the first of it; `next_words(timeout_s)` gives more, or None."""
        while self._detector is not None:
            if self.is_known or is_voicemail(words):
                return True, words
            if self._carrier == "person" or asked_in(words) or len(words.split()) < MORE_THAN_HELLO:
                break
            more = None
            for _ in range(NOT_UNDERSTOOD):
                spoken_until = self._listening.end_ms
                more = await next_words(GOES_ON_S)
                if more is not None or self._listening.end_ms <= spoken_until:
                    break
            if more is None:
                return self.is_known, words
            words = f"{words} {more}"
        return False, words

    async def free_to_speak(self) -> bool:
        """Returns after the beep, or when nobody has spoken for a while. False: the greeting never ended."""
        until = asyncio.get_running_loop().time() + LONGEST_GREETING_S
        while asyncio.get_running_loop().time() < until:
            now = self._ear.heard_ms
            if self._beep_ms is not None and self._beeped and now - self._beep_ms >= AFTER_BEEP_MS:
                return True
            if self._carrier == "machine_done" and not self._listening.open:
                return True
            if not self._listening.open and now - max(self._listening.end_ms, self._beep_ms or 0.0) >= NO_BEEP_MS:
                return True
            await asyncio.sleep(0.1)
        return False
