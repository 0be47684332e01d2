"""The first signs that somebody speaks, before it is sure: enough to make the agent pause, not enough to take the floor.

Voice activity wants two chunks in a row, and notices words that begin with a noise ("six", "four", "two") only at their vowel, up to
300 ms late. One chunk that it takes for speech is a sign already. Two guesses are earlier still: one chunk that it finds speech in,
though less than quiet, or a rise of loudness over the line's own noise. Guesses are often wrong (a key, a breath, a pan), so that
after each mistake they rest, longer every time.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.call.settings import CallSettings

_RISE = 1.007  # per chunk of 32 ms: the floor follows a line that grows louder by 1 dB a second
LOUD = 2  # chunks in a row that are a guess
_STILL_A_RISE = 4  # what has been loud for longer is no beginning
_LEAST_FLOOR = 10**-6.2  # digital silence is no measure of anything


class Rises:
    """How long each line has been louder than its own noise. All lines of a process at once: of most chunks nothing else is looked at."""

    def __init__(self, settings: CallSettings, slots: int = 1) -> None:
        self._level = 10 ** (settings.sign_level_dbfs / 10)
        self._over_floor = 10 ** (settings.sign_over_floor_db / 10)
        self._floor = np.full(slots, _LEAST_FLOOR)
        self._loud = np.zeros(slots, np.intp)

    def begin(self, slot: int) -> None:
        """Another line has this slot now."""
        self._floor[slot] = _LEAST_FLOOR
        self._loud[slot] = 0

    def note(self, slots: NDArray[np.intp], power: NDArray[np.floating]) -> NDArray[np.intp]:
        """Every chunk, in order. slots: (B,) different ones; power: (B,) mean squares, full scale = 1. Returns (B,), loud chunks in a row."""
        floor = self._floor[slots]
        loud = (power > self._level) & (power > floor * self._over_floor)
        count: NDArray[np.intp] = (self._loud[slots] + 1) * loud
        self._loud[slots] = count
        self._floor[slots] = np.maximum(np.minimum(power, floor * _RISE), _LEAST_FLOOR)
        return count

    def one(self, power: float) -> int:
        """The same for a single line."""
        return int(self.note(np.zeros(1, np.intp), np.array([power]))[0])


class Signs:
    """`chunks`: how many the sign consists of."""

    def __init__(self, settings: CallSettings) -> None:
        self.chunks = 0
        self._longest = settings.sign_longest
        self._guess = settings.sign_probability
        self._first_rest, self._longest_rest = settings.sign_rest, settings.sign_rest_longest
        self._loud = 0  # loud chunks in a row
        self._likely = False  # the last chunk: more speech than a quiet line
        self._since_ms: float | None = None
        self._rest = 0.0
        self._rests_until_ms = -1.0

    @property
    def pending(self) -> bool:
        """There was a sign, and it is not known yet what it was."""
        return self._since_ms is not None

    def note(self, probability: float, loud: int) -> None:
        """A chunk, in order; chunks without speech that are not loud may be left out. `loud`: chunks in a row (`Rises`)."""
        self._likely = probability >= self._guess
        self._loud = loud

    def look(self, end_ms: float, speech_chunks: int, *, guesses_count: bool) -> Literal["sign", "none", ""]:
        """After a chunk that ends at `end_ms` and is no onset yet: "sign" when a sign is new, "none" when it came to nothing."""
        if self._since_ms is not None:
            if end_ms - self._since_ms < self._longest:
                return ""
            self._since_ms = None
            self._rest = min(max(self._first_rest, 4 * self._rest), self._longest_rest)
            self._rests_until_ms = end_ms + self._rest
            return "none"
        guessed = 0
        if guesses_count and end_ms >= self._rests_until_ms:
            guessed = self._loud if LOUD <= self._loud <= _STILL_A_RISE else int(self._likely)
        self.chunks = max(speech_chunks, guessed)
        if not self.chunks:
            return ""
        self._since_ms = end_ms
        return "sign"

    def confirmed(self) -> None:
        """It was speech."""
        self._since_ms = None
