"""The loop's second door: Asterisk's AudioSocket over plain TCP. What comes in waits and is served as at the first (`loop_sockets.py`)."""

from __future__ import annotations

import asyncio
from typing import cast

from ringtrue.media.loop_sockets import Door
from ringtrue.voice.lines.asterisk.audiosocket import AudioSocketLeg

LATE = (
    200 * 16
)  # bytes, 200 ms at 8 kHz: what a far end that does not read has waiting would be heard too late, and cannot be recalled


async def listen(door: Door, address: str) -> asyncio.Server:
    """`address`: "host:port". Raises OSError when the port is taken, ValueError when it is none."""
    host, _, port = address.rpartition(":")
    return await asyncio.get_running_loop().create_server(lambda: Stream(door), host.strip("[]") or None, int(port))


class Stream(asyncio.Protocol):
    """Implements `Peer` for a leg over one TCP connection."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._transport: asyncio.Transport | None = None
        self._leg: AudioSocketLeg | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's has the methods, not the class
        if self._door.full:
            self._transport.abort()
            return
        self._leg = AudioSocketLeg(self, {})
        self._task = self._door.enter(self, self._leg)

    def data_received(self, data: bytes) -> None:
        if self._leg is not None:
            self._leg.binary(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._door.connections.discard(self)
        if self._leg is not None:
            self._leg.closed(clean=error is None)

    def send_text(self, text: bytes) -> None:
        """AudioSocket has no text."""

    def send_bytes(self, data: bytes) -> None:
        if self._transport is not None and self._transport.get_write_buffer_size() <= LATE:
            self._transport.write(data)

    def close(self, code: int = 1000) -> None:
        if self._transport is not None:
            self._transport.close()
