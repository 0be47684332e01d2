"""The clock of one call: milliseconds since it was answered, from the loop's monotonic time."""

from __future__ import annotations

import asyncio


class CallClock:
    """`zero` is the loop time (seconds) of the answer. Works the same in virtual time."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = loop or asyncio.get_running_loop()
        self.zero = self._loop.time()

    def now(self) -> float:
        """Loop time in seconds."""
        return self._loop.time()

    def ms(self, at: float | None = None) -> int:
        """Loop time `at` (now, when not given) as milliseconds of the call."""
        return round(((self._loop.time() if at is None else at) - self.zero) * 1000)

    def at(self, ms: float) -> float:
        """Loop time of a moment of the call."""
        return self.zero + ms / 1000
