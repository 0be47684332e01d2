"""In the place of the loop behind its door: takes every leg, begins with it as it is told to, and remembers what came over it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ringtrue.voice.lines.socket_leg import SocketLeg


class House:
    def __init__(self, begin: Callable[[SocketLeg], None]) -> None:
        self.events: list[Any] = []
        self.tickets: list[str] = []
        self._begin = begin

    async def admit(self, leg: SocketLeg) -> None:
        self.tickets.append(leg.ticket.result())
        self._begin(leg)
        async for event in leg.events():
            self.events.append(event)

    async def told(self) -> None:
        """Returns when something but sound has come over the leg, or raises TimeoutError."""
        async with asyncio.timeout(5):
            while not self.events:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
