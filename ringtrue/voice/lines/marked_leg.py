"""A leg of G.711 sound in JSON messages, whose far end gives marks back once all sound before them was played.

Its `played_ms` is what the caller has heard of us, confirmed by the carrier; what a `clear` threw away does not count. The conversation
goes by its own clock, which runs ahead of the carrier's; before the line goes, what was said last is waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
from abc import abstractmethod
from binascii import b2a_base64
from typing import ClassVar

from ringtrue.voice.audio.g711 import ulaw_encode
from ringtrue.voice.lines.leg import TransferResult
from ringtrue.voice.lines.socket_leg import Peer, SocketLeg

HEARD_WITHIN_S = 1.0  # a far end that has not confirmed the agent's last words by then will not


class MarkedLeg(SocketLeg):
    """A line of this kind says how its messages look (`sound`, `mark`, `throw_away`), reads those of its far end (`text`), sets `begun` when
    it is told what the call is, and hands on each mark that comes back (`marked`)."""

    sample_rate = 8000
    coding = "ulaw"
    mark_every_ms: ClassVar[int] = 500

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        self.begun = False
        self.played_ms = 0
        self._sent_ms = 0
        self._marked_ms = 0
        self._clears = 0
        self._all_heard = asyncio.Event()

    @abstractmethod
    def sound(self, payload: bytes) -> bytes:
        """The message that plays this: G.711 mu-law in Base64."""

    @abstractmethod
    def mark(self, name: str) -> object:
        """The message that asks the far end to give back `name` when it has played all that was sent before."""

    @abstractmethod
    def throw_away(self) -> object:
        """The message that throws away what was not played yet."""

    def play(self, pcm: bytes) -> None:
        if self._gone or not self.begun:
            return
        self.peer.send_text(self.sound(b2a_base64(ulaw_encode(pcm), newline=False)))
        self._sent_ms += len(pcm) * 500 // self.sample_rate
        if self._sent_ms - self._marked_ms >= self.mark_every_ms:
            self._mark()

    def clear(self) -> None:
        """Marks from before it no longer count, also those that carriers return for what they threw away."""
        if self._gone or not self.begun:
            return
        self._clears += 1
        self._sent_ms = self._marked_ms = self.played_ms
        self._send(self.throw_away())

    def marked(self, name: str) -> None:
        """The far end has given this mark back."""
        clears, _, ms = name.partition(":")
        if clears == str(self._clears) and ms.isdigit():
            self.played_ms = max(self.played_ms, int(ms))
            if self.played_ms >= self._sent_ms:
                self._all_heard.set()

    def closed(self, clean: bool) -> None:
        super().closed(clean)
        self._all_heard.set()

    async def transfer(self, number: str) -> TransferResult:
        await self._heard_out()
        return await super().transfer(number)

    async def hang_up(self) -> None:
        try:
            await self._heard_out()
        finally:
            await super().hang_up()

    async def _heard_out(self) -> None:
        if self._gone or self.played_ms >= self._sent_ms:
            return
        if self._marked_ms < self._sent_ms:
            self._mark()
        self._all_heard.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARD_WITHIN_S):
                await self._all_heard.wait()

    def _mark(self) -> None:
        self._marked_ms = self._sent_ms
        self._send(self.mark(f"{self._clears}:{self._sent_ms}"))

    def binary(self, data: bytes) -> None:
        self._fault(1003)
