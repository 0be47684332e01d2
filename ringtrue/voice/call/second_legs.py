"""Colleagues who are being rung for a warm transfer, until their connection comes: it shows a ticket that only this process knows."""

from __future__ import annotations

import asyncio
import secrets

from ringtrue.voice.lines.leg import Leg


class SecondLeg:
    def __init__(self) -> None:
        self.ticket = secrets.token_urlsafe(32)
        self.leg: asyncio.Future[Leg] = asyncio.get_running_loop().create_future()
        self.over = asyncio.Event()


class SecondLegs:
    def __init__(self) -> None:
        self._awaited: dict[str, SecondLeg] = {}

    def expect(self) -> SecondLeg:
        made = SecondLeg()
        self._awaited[made.ticket] = made
        return made

    def arrived(self, ticket: str, leg: Leg) -> asyncio.Event | None:
        """The connection is to be kept until the event is set; None when nobody waits for this ticket. Each works once."""
        expected = self._awaited.pop(ticket, None)
        if expected is None:
            return None
        expected.leg.set_result(leg)
        return expected.over

    def close(self, expected: SecondLeg) -> None:
        self._awaited.pop(expected.ticket, None)
        expected.over.set()
