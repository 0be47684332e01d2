"""The SIP line, as the loop sees it: one websocket per call (`lines/pcm_leg.py`, 8 kHz) from the gateway (`gateway.py`), which holds the
SIP side.

To the gateway go `answer` (the call is being served), `refused`, `clear`, `digits` and `hang_up`. A transfer is a dial: it goes by the
scribe, with a permit (`controlling.py`), never from here.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ringtrue.voice.lines.leg import Can
from ringtrue.voice.lines.pcm_leg import PcmLeg


class ToGateway(msgspec.Struct, omit_defaults=True):
    type: Literal["answer", "refused", "clear", "digits", "hang_up"]
    code: str = ""
    digits: str = ""


class SipLeg(PcmLeg):
    line = "sip"
    sample_rate = 8000
    can: frozenset[Can] = frozenset({"clear", "digits_out", "transfer", "hang_up"})

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
