"""The SIP line, as the loop sees it: one websocket per call (`lines/pcm_leg.py`, 8 kHz) from the gateway (`gateway.py`), which holds the
SIP side.

To the gateway go `answer` (the call is being served), `refused`, `clear`, `digits` and `hang_up`. A transfer is a dial: it goes by the
scribe, with a permit (`controlling.py`), never from here; the far end's verdict on it comes over this socket, so that nobody who holds
a lock or a thread waits for it.
"""

from __future__ import annotations

import asyncio
from typing import Literal

import msgspec

from ringtrue.voice.lines.leg import Can, Held, TransferResult
from ringtrue.voice.lines.pcm_leg import PcmLeg
from ringtrue.voice.lines.socket_leg import Peer

VERDICT_S = 65.0  # the gateway waits 60 s for it


class ToGateway(msgspec.Struct, omit_defaults=True):
    type: Literal["answer", "refused", "clear", "digits", "hang_up"]
    code: str = ""
    digits: str = ""


class ToLoop(msgspec.Struct, omit_defaults=True):
    """`transferred`: the verdict on a transfer, `code` empty when the call is the other's now. `held`, `resumed`: by the far end.
    `hang_up`: `code` "lost" when the far end is only not heard of any more."""

    type: Literal["start", "digits", "hang_up", "transferred", "held", "resumed"]
    ticket: str = ""
    digits: str = ""
    code: str = ""


_decode = msgspec.json.Decoder(ToLoop).decode


class SipLeg(PcmLeg):
    line = "sip"
    sample_rate = 8000
    can: frozenset[Can] = frozenset({"clear", "digits_out", "transfer", "second_leg", "hang_up"})

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        self._verdict: asyncio.Future[str] | None = None

    def text(self, data: bytes) -> None:
        try:
            said = _decode(data)
        except msgspec.MsgspecError:
            self._fault(1007)
            return
        if said.type == "transferred":
            self._judged(said.code)
        elif said.type in ("held", "resumed"):
            self._put(Held(said.type == "held", self._now()))
        elif said.type == "hang_up":
            self.closed(clean=not said.code)
        else:
            super().text(data)

    def closed(self, clean: bool) -> None:
        self._judged("call_over")
        super().closed(clean)

    def _judged(self, code: str) -> None:
        if self._verdict is not None and not self._verdict.done():
            self._verdict.set_result(code)

    async def transfer(self, number: str) -> TransferResult:
        self._verdict = asyncio.get_running_loop().create_future()
        sent = await super().transfer(number)
        if not sent.ok:
            return sent
        try:
            code = await asyncio.wait_for(self._verdict, VERDICT_S)
        except TimeoutError:
            code = "no_verdict"
        self._handed_over = not code
        return TransferResult(not code, code)

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


LEG = SipLeg
