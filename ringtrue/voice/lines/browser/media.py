"""The browser line: a page's microphone over a websocket.

Binary messages are PCM16 little endian, 16 kHz, mono, 20 ms (640 bytes), both ways. Text messages are JSON:
from the page `{"type": "start", "ticket"}` (when the ticket is not in the address), `{"type": "hang_up"}`,
`{"type": "digits", "digits"}`; to the page `started`, `clear`, `event` (the call's events as they happen, for the person who is
on the call), `ended` and `refused`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ringtrue.voice.events import CallEvent, Ended
from ringtrue.voice.lines.leg import Can
from ringtrue.voice.lines.socket_leg import Peer, SocketLeg

LONGEST = 640 * 10


class Control(msgspec.Struct):
    type: Literal["start", "hang_up", "digits"]
    ticket: str = ""
    digits: str = ""


_decode = msgspec.json.Decoder(Control).decode


class BrowserLeg(SocketLeg):
    line = "browser"
    sample_rate = 16000
    can: frozenset[Can] = frozenset({"clear", "hang_up"})
    origin_checked = True

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        if query.get("ticket"):
            self.named(query["ticket"])

    def text(self, data: bytes) -> None:
        try:
            control = _decode(data)
        except msgspec.MsgspecError:
            self._fault(1007)
            return
        if control.type == "start":
            self.named(control.ticket)
        elif control.type == "digits":
            self.pressed(control.digits[:32])
        else:
            self.closed(clean=True)

    def binary(self, data: bytes) -> None:
        if len(data) % 2 or len(data) > LONGEST:
            self._fault(1003)
            return
        self.heard(data)

    def play(self, pcm: bytes) -> None:
        if not self._gone:
            self.peer.send_bytes(pcm)

    def clear(self) -> None:
        self._send({"type": "clear"})

    async def hang_up(self) -> None:
        """The page is first told how the call ended; whoever serves this connection closes it after that."""

    def started(self) -> None:
        self._send({"type": "started", "sample_rate": self.sample_rate})

    def refused(self, code: str) -> None:
        self._send({"type": "refused", "code": code})
        super().refused(code)

    def tell(self, event: CallEvent) -> None:
        self._send({"type": "event", "event": event})
        if isinstance(event, Ended):
            self._send({"type": "ended", "reason": event.reason})

    def _send(self, message: dict[str, object]) -> None:
        self.peer.send_text(msgspec.json.encode(message))

    def _fault(self, code: int) -> None:
        self.closed(clean=False)
        self.peer.close(code)


LEG = BrowserLeg
