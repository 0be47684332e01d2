"""The SIP line, as the loop sees it: one websocket per call from the gateway (`gateway.py`), which holds the SIP side.

Binary messages are PCM16 little endian, 8 kHz, mono, 20 ms (320 bytes), both ways. Text messages are JSON. From the gateway: `start`
(with the ticket), `digits`, `ended` (the far end hung up), `transferred` (answer to a transfer). To the gateway: `answer` (the call is
being served), `refused`, `clear`, `digits`, `transfer`, `hang_up`.
"""

from __future__ import annotations

import asyncio
from typing import Literal

import msgspec

from ringtrue.voice.lines.leg import Can, TransferResult
from ringtrue.voice.lines.socket_leg import Peer, SocketLeg

LONGEST = 320 * 10
TRANSFER_S = 65.0  # the gateway's own limit is 60 s


class FromGateway(msgspec.Struct):
    type: Literal["start", "digits", "ended", "transferred"]
    ticket: str = ""
    digits: str = ""
    ok: bool = False
    reason: str = ""


class ToGateway(msgspec.Struct, omit_defaults=True):
    type: Literal["answer", "refused", "clear", "digits", "transfer", "hang_up"]
    code: str = ""
    digits: str = ""
    number: str = ""


_decode = msgspec.json.Decoder(FromGateway).decode


class SipLeg(SocketLeg):
    line = "sip"
    sample_rate = 8000
    can: frozenset[Can] = frozenset({"clear", "digits_out", "transfer", "hang_up"})

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        self._transfer: asyncio.Future[TransferResult] | None = None

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
        elif message.type == "ended":
            self.closed(clean=True)
        elif self._transfer is not None and not self._transfer.done():
            self._transfer.set_result(TransferResult(message.ok, message.reason))

    def binary(self, data: bytes) -> None:
        if len(data) % 2 or len(data) > LONGEST:
            self._fault(1003)
            return
        self.heard(data)

    def closed(self, clean: bool) -> None:
        super().closed(clean)
        if self._transfer is not None and not self._transfer.done():
            self._transfer.set_result(TransferResult(False, "caller_gone"))

    def play(self, pcm: bytes) -> None:
        if not self._gone:
            self.peer.send_bytes(pcm)

    def clear(self) -> None:
        self._send(ToGateway("clear"))

    async def send_digits(self, digits: str) -> None:
        self._send(ToGateway("digits", digits=digits))

    async def transfer(self, number: str) -> TransferResult:
        """Blind transfer by REFER (RFC 5589): the far end calls the number and leaves us. When it cannot, the call stays with us."""
        self._transfer = asyncio.get_running_loop().create_future()
        self._send(ToGateway("transfer", number=number))
        try:
            async with asyncio.timeout(TRANSFER_S):
                result = await self._transfer
        except TimeoutError:
            return TransferResult(False, "no_answer")
        self._handed_over = self._handed_over or result.ok
        return result

    async def hang_up(self) -> None:
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
