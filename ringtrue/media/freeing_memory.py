"""When Python's garbage collector runs in a process that holds calls, or their record.

The parts of a call know one another (bound methods as callbacks), and so do rows of the database and what came with them: what a call
held is freed by the collector only, never by counting.
Left to itself that comes about every one or two thousand calls, in one long pass, and the process grows by all of them until then.
"""

from __future__ import annotations

import gc

# Passes of 4 to 48 ms were seen beside up to 250 calls: less than what is sent ahead of a caller.
CALLS = 100  # ended calls for a pass


class Collector:
    """Passes over what the calls have made, when enough of them have ended."""

    def __init__(self) -> None:
        self._ended = 0

    def calm(self) -> None:
        """What is loaded now stays: no pass need look through it again while calls wait (a full pass takes tens of milliseconds).
        Fewer passes over the rest."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 50)

    def call_ended(self) -> None:
        self._ended += 1
        if self._ended % CALLS == 0:
            gc.collect()
