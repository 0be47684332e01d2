"""The SIP line, as the loop sees it: one websocket per call from the gateway (`gateway.py`), which holds the SIP side.

Binary messages are PCM16 little endian, 8 kHz, mono, 20 ms (320 bytes), both ways. Text messages are JSON. From the gateway: `start`
(with the ticket), `digits`, `ended` (the far end hung up). To the gateway: `answer` (the call is being served), `refused`, `clear`,
`digits`, `hang_up`. A transfer is a dial: it goes by the scribe, with a permit (`controlling.py`), never from here.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ringtrue.voice.lines.leg import Can
from ringtrue.voice.lines.socket_leg import SocketLeg

LONGEST = 320 * 10


class FromGateway(msgspec.Struct):
    type: Literal["start", "digits", "ended"]
    ticket: str = ""
    digits: str = ""


class ToGateway(msgspec.Struct, omit_defaults=True):
    type: Literal["answer", "refused", "clear", "digits", "hang_up"]
    code: str = ""
    digits: str = ""


_decode = msgspec.json.Decoder(FromGateway).decode


class SipLeg(SocketLeg):
    line = "sip"
    sample_rate = 8000
    can: frozenset[Can] = frozenset({"clear", "digits_out", "transfer", "hang_up"})

    def text(self, data: bytes) -> None:
        try:
            message = _decode(data)
        except msgspec.MsgspecError:
            self._fault(1007)
            return
        if message.type == "start":
            self.named(message.ticket)
        elif message.type == "digits":
            self.pressed(message.digits[:32])
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
        self._send(ToGateway("clear"))

    async def send_digits(self, digits: str) -> None:
        self._send(ToGateway("digits", digits=digits))

    async def hang_up(self) -> None:
        if not self._handed_over:
            self._send(ToGateway("hang_up"))
        self.peer.close()

    def started(self) -> None:
        self._send(ToGateway("answer"))

    def refused(self, code: str) -> None:
        self._send(ToGateway("refused", code=code))
        super().refused(code)

    def _send(self, message: ToGateway) -> None:
        self.peer.send_text(msgspec.json.encode(message))

    def _fault(self, code: int) -> None:
        self.closed(clean=False)
        self.peer.close(code)


LEG = SipLeg
