"""A busy process reads two messages of a call at once.

Being woken for each message of 20 ms costs a loop more than what is in it. What network cards do about that (interrupt coalescing), a
socket does with SO_RCVLOWAT (socket(7)): it is not readable before so many bytes have come. A call is then heard up to 20 ms later,
so it is done only where the loop has no time to spare, and never to a line that has gone quiet: its last words may be few.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from socket import SO_RCVLOWAT, SOL_SOCKET
from typing import Protocol

BUSY = 0.6  # of a core: from here on
CALM = 0.4  # and until here: what gathering saves must not end it
LOOK_S = 0.5
SWEEP_S = 0.05
QUIET_S = 0.06  # two messages of 20 ms have had time to come


class Gathered(Protocol):
    """A connection."""

    @property
    def heard_at(self) -> float:
        """Loop time (seconds) of its last sound of 20 ms; -inf where it sends longer ones, which are not to wait for one another."""
        ...

    def gather(self, on: bool) -> None:
        """Read two messages of the size of the last one at a time; or each as it comes, and what has come at once."""
        ...


class Gathering:
    """`spent`: processor time of this thread, seconds."""

    def __init__(self, spent: Callable[[], float] = time.thread_time) -> None:
        self.on = False
        self._spent = spent
        self._spent_before = spent()
        self._looked_at = 0.0
        self._connections: set[Gathered] = set()
        self._gathered: set[Gathered] = set()

    def come(self, connection: Gathered) -> None:
        self._connections.add(connection)

    def gone(self, connection: Gathered) -> None:
        self._connections.discard(connection)
        self._gathered.discard(connection)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S if self._gathered else LOOK_S)
            self.sweep(asyncio.get_running_loop().time())

    def sweep(self, now: float) -> None:
        """Lines that have gone quiet are read at once; every half second, who is to be gathered is decided anew."""
        if now - self._looked_at >= LOOK_S:
            self._look(now)
        for connection in [one for one in self._gathered if not self.on or now - one.heard_at > QUIET_S]:
            self._gathered.discard(connection)
            connection.gather(False)

    def _look(self, now: float) -> None:
        spent = self._spent()
        share = (spent - self._spent_before) / (now - self._looked_at)
        self._spent_before, self._looked_at = spent, now
        self.on = share >= (CALM if self.on else BUSY)
        if self.on:
            for connection in self._connections:
                if now - connection.heard_at <= QUIET_S:
                    self._gathered.add(connection)
                    connection.gather(True)


def wait_for(transport: asyncio.BaseTransport, size: int) -> None:
    """Its socket is readable once so many bytes have come. Less than before wakes us for what is there already (Linux, tcp_set_rcvlowat)."""
    transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_RCVLOWAT, size)
