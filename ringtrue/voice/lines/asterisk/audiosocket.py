"""Asterisk's AudioSocket, both ways, for those without chan_websocket (https://docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket/).

Over TCP: one byte of type, two of length (big endian), the payload. Sound is PCM16 little endian at 8 kHz; the application AudioSocket()
of the dialplan knows no other. The ticket is the UUID that it names. Nothing that was sent can be called back: an interrupted agent is
heard for as long as Asterisk still has sound (the loop gives it 60 to 100 ms at most), and its end is not known, so it cannot transfer.
"""

from __future__ import annotations

import struct
from uuid import UUID

from ringtrue.voice.lines.leg import Can
from ringtrue.voice.lines.socket_leg import Peer, SocketLeg

HANGUP, NAMED, DIGIT, SOUND, ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
HEADER = struct.Struct(">BH")


def packed(kind: int, payload: bytes = b"") -> bytes:
    return HEADER.pack(kind, len(payload)) + payload


class AudioSocketLeg(SocketLeg):
    line = "asterisk"
    sample_rate = 8000
    can: frozenset[Can] = frozenset({"hang_up"})

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        self._bytes = bytearray()

    def text(self, data: bytes) -> None:
        self._fault(1003)

    def binary(self, data: bytes) -> None:
        """What came over the connection, cut anywhere."""
        self._bytes += data
        while len(self._bytes) >= HEADER.size and not self._gone:
            kind, size = HEADER.unpack_from(self._bytes)
            end = HEADER.size + size
            if len(self._bytes) < end:
                return
            payload = bytes(self._bytes[HEADER.size : end])
            del self._bytes[:end]
            self._message(kind, payload)

    def _message(self, kind: int, payload: bytes) -> None:
        if kind == SOUND and len(payload) % 2 == 0:
            if self.ticket.done():
                self.heard(payload)
        elif kind == NAMED and len(payload) == 16:
            self.named(str(UUID(bytes=payload)))
        elif kind == DIGIT:
            self.pressed(payload[:1].decode("ascii", "ignore"))
        elif kind == HANGUP:
            self.closed(clean=True)
        else:  # ERROR, or what this application never sends
            self._fault(1003)

    def play(self, pcm: bytes) -> None:
        if not self._gone:
            self.peer.send_bytes(packed(SOUND, pcm))

    def clear(self) -> None:
        """AudioSocket has no such message."""

    async def hang_up(self) -> None:
        self._end()

    def refused(self, code: str) -> None:
        self._end()

    def _end(self) -> None:
        if not self._gone:
            self.peer.send_bytes(packed(HANGUP))
        self.peer.close()
