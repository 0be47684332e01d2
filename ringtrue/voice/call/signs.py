"""The first signs that somebody speaks, before it is sure: enough to make the agent pause, not enough to take the floor.

Voice activity wants two chunks in a row, and notices words that begin with a noise ("six", "four", "two") only at their vowel, up to
300 ms late. One chunk that it takes for speech is a sign already. Two guesses are earlier still: one chunk that it finds speech in,
though less than quiet, or a rise of loudness over the line's own noise. Guesses are often wrong (a key, a breath, a pan), so that
after each mistake they rest, longer every time.
"""

from __future__ import annotations

from typing import Literal

from ringtrue.voice.call.settings import CallSettings

_RISE = 1.007  # per chunk of 32 ms: the floor follows a line that grows louder by 1 dB a second
_STILL_A_RISE = 4  # chunks; what has been loud for longer is no beginning
_LEAST_FLOOR = 10**-6.2  # digital silence is no measure of anything


class Signs:
    """Powers are mean squares, full scale = 1. `chunks`: how many the sign consists of."""

    def __init__(self, settings: CallSettings) -> None:
        self.chunks = 0
        self._longest = settings.sign_longest
        self._guess = settings.sign_probability
        self._level = 10 ** (settings.sign_level_dbfs / 10)
        self._over_floor = 10 ** (settings.sign_over_floor_db / 10)
        self._first_rest, self._longest_rest = settings.sign_rest, settings.sign_rest_longest
        self._floor = _LEAST_FLOOR
        self._loud = 0  # loud chunks in a row
        self._likely = False  # the last chunk: more speech than a quiet line
        self._since_ms: float | None = None
        self._rest = 0.0
        self._rests_until_ms = -1.0

    def note(self, probability: float, power: float) -> None:
        """Every chunk, in order."""
        self._likely = probability >= self._guess
        self._loud = self._loud + 1 if power > self._level and power > self._floor * self._over_floor else 0
        self._floor = max(_LEAST_FLOOR, min(power, self._floor * _RISE))

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
            guessed = self._loud if 2 <= self._loud <= _STILL_A_RISE else int(self._likely)
        self.chunks = max(speech_chunks, guessed)
        if not self.chunks:
            return ""
        self._since_ms = end_ms
        return "sign"

    def confirmed(self) -> None:
        """It was speech."""
        self._since_ms = None
