"""What the lines of our own making share (a page's microphone, the SIP gateway): plain PCM in binary messages, control in JSON.

Binary messages are PCM16 little endian, mono, 20 ms at `sample_rate`, both ways. Text messages from the far end are `start` (with the
ticket), `digits` and `hang_up`; those to it are each line's own.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ringtrue.voice.lines.leg import FRAME_MS
from ringtrue.voice.lines.socket_leg import SocketLeg

MOST_FRAMES = 10  # in one message


class Control(msgspec.Struct, omit_defaults=True):
    type: Literal["start", "digits", "hang_up"]
    ticket: str = ""
    digits: str = ""


_decode = msgspec.json.Decoder(Control).decode


class PcmLeg(SocketLeg):
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
        if len(data) % 2 or len(data) > MOST_FRAMES * 2 * self.sample_rate * FRAME_MS // 1000:
            self._fault(1003)
            return
        self.heard(data)

    def play(self, pcm: bytes) -> None:
        if not self._gone:
            self.peer.send_bytes(pcm)
