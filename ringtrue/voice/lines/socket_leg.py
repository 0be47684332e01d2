"""What the websocket lines share: a leg that is fed by a socket's messages.

A line that listens on the media process is a folder beside this file with a module `media` that names its class as `LEG`;
it is served at `/<folder>`. The class decodes what comes (`text`, `binary`) and encodes what goes (`play`, `clear`).
"""

from __future__ import annotations

import asyncio
import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import ClassVar, Protocol

import msgspec

from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode
from ringtrue.voice.events import CallEvent
from ringtrue.voice.lines.leg import FRAME_MS, Can, Coding, Digit, Frame, HungUp, LegEvent, TransferResult

WAITING_FRAMES = 250  # 5 s: a loop that falls this far behind drops the oldest sound, never a digit and never the hang-up


class Peer(Protocol):
    """The far end of the socket. Nothing here waits; a peer that does not read is cut off by whoever implements this."""

    def send_text(self, text: bytes) -> None: ...

    def send_bytes(self, data: bytes) -> None: ...

    def close(self, code: int = 1000) -> None:
        """After what was sent before has gone out."""
        ...


class Carrier(Protocol):
    """Call control by the carrier's own API, where it is not done over the socket. Credentials stay on its other side."""

    async def transfer(self, number: str) -> TransferResult: ...

    async def hang_up(self) -> None: ...


class SocketLeg(ABC):
    """Implements `Leg`; see there. `ticket` is done once the far end has named its ticket. `query`: of the address, and `origin`: the
    page that connects, as its browser says, or ""."""

    line: ClassVar[str]
    sample_rate: int
    coding: Coding = "pcm16"
    can: frozenset[Can] = frozenset()
    origin_checked: ClassVar[bool] = False  # True where browsers connect: only our own pages may

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        self.peer = peer
        self.origin = query.get("origin", "")
        self.carrier: Carrier | None = None
        self.ticket: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting: deque[LegEvent] = deque()
        self._more = asyncio.Event()
        self._partial = bytearray()
        self._sink: Callable[[bytes, float], None] | None = None
        self.sounds_as(self.sample_rate, self.coding)
        self._frames = 0
        self._gone = False
        self._handed_over = False
        self._now = asyncio.get_running_loop().time
        self.heard_at = -math.inf  # loop time (seconds) of the last sound that came as one frame

    def sounds_as(self, sample_rate: int, coding: Coding) -> None:
        """For a line that learns it from its far end; before the ticket is named."""
        self.sample_rate, self.coding = sample_rate, coding
        self._frame = sample_rate * FRAME_MS // 1000 * (1 if coding == "ulaw" else 2)  # bytes

    # From the socket.

    @abstractmethod
    def text(self, data: bytes) -> None: ...

    @abstractmethod
    def binary(self, data: bytes) -> None: ...

    def closed(self, clean: bool) -> None:
        """The far end hung up, or the connection is gone. Only the first counts."""
        if not self._gone:
            self._gone = True
            self._put(HungUp(self._now(), clean))
            if not self.ticket.done():
                self.ticket.cancel()

    def named(self, ticket: str) -> None:
        if not self.ticket.done():
            self.ticket.set_result(ticket)

    def heard(self, sound: bytes) -> None:
        """Mono at `sample_rate` in the line's `coding`, whole samples; goes on in frames of exactly 20 ms."""
        size = self._frame
        if len(sound) == size and not self._partial:
            self.heard_at = now = self._now()
            if self._sink is not None and not self._gone:  # nearly always
                self._sink(sound, now)
            else:
                self._put_frame(sound)
            return
        self._partial += sound
        while len(self._partial) >= size:
            self._put_frame(bytes(self._partial[:size]))
            del self._partial[:size]

    def pressed(self, digits: str) -> None:
        for digit in digits:
            if digit in "0123456789*#ABCD":
                self._put(Digit(digit, self._now()))

    # To the loop.

    def deliver(self, sink: Callable[[bytes, float], None]) -> None:
        """See `leg.Delivering`."""
        self._sink = sink
        frames = [event for event in self._waiting if isinstance(event, Frame)]
        self._waiting = deque(event for event in self._waiting if not isinstance(event, Frame))
        self._frames = 0
        for frame in frames:
            sink(ulaw_encode(frame.pcm) if self.coding == "ulaw" else frame.pcm, frame.at)

    async def events(self) -> AsyncIterator[LegEvent]:
        while True:
            while self._waiting:
                event = self._waiting.popleft()
                if isinstance(event, Frame):
                    self._frames -= 1
                yield event
                if isinstance(event, HungUp):
                    return
            self._more.clear()
            await self._more.wait()

    @abstractmethod
    def play(self, pcm: bytes) -> None: ...

    @abstractmethod
    def clear(self) -> None: ...

    async def send_digits(self, digits: str) -> None:  # noqa: B027
        """No websocket line can send digits; `can` says so."""

    async def transfer(self, number: str) -> TransferResult:
        if "transfer" not in self.can or self.carrier is None:
            return TransferResult(False, "line_cannot_transfer")
        result = await self.carrier.transfer(number)
        self._handed_over = self._handed_over or result.ok
        return result

    async def hang_up(self) -> None:
        try:
            # The carrier's call goes on after a transfer, without us: only our end of it is closed.
            if self.carrier is not None and not self._gone and not self._handed_over:
                await self.carrier.hang_up()
        finally:
            self.peer.close()

    # What a line may want to know of its call.

    def started(self) -> None:  # noqa: B027 - most lines need not know
        """The call is being served."""

    def refused(self, code: str) -> None:
        """No call: the ticket is not good ("unknown", "used", "expired", "wrong_line") or there is no room ("full")."""
        self.peer.close(1008 if code != "full" else 1013)

    def tell(self, event: CallEvent) -> None:  # noqa: B027
        """Each event of the call as it happens, for a line whose far end can show it to the person on the call."""

    def _send(self, message: object) -> None:
        """A text message, as JSON."""
        self.peer.send_text(msgspec.json.encode(message))

    def _fault(self, code: int) -> None:
        """The far end does not keep to the protocol: the call is over, as a broken line."""
        self.closed(clean=False)
        self.peer.close(code)

    def _put(self, event: LegEvent) -> None:
        self._waiting.append(event)
        self._more.set()

    def _put_frame(self, sound: bytes) -> None:
        if self._gone:
            return
        if self._sink is not None:
            self._sink(sound, self._now())
            return
        if self._frames >= WAITING_FRAMES:
            oldest = next(i for i, event in enumerate(self._waiting) if isinstance(event, Frame))
            del self._waiting[oldest]
            self._frames -= 1
        self._frames += 1
        self._put(Frame(ulaw_decode(sound) if self.coding == "ulaw" else sound, self._now()))
