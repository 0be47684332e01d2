"""Asterisk's chan_websocket, both ways (https://docs.asterisk.org/Configuration/Channel-Drivers/WebSocket/).

Binary messages are sound in the codec of the dial string; text messages are control, plain or as JSON, and Asterisk is answered as it
speaks. It cuts and times what we send into frames by itself and keeps 20 s of it: FLUSH_MEDIA is what stops the agent's voice.
The ticket comes in the address (option `v` of the dial string), because no message of Asterisk's carries one.
"""

from __future__ import annotations

import msgspec
import structlog

from ringtrue.voice.audio.g711 import ulaw_encode
from ringtrue.voice.lines.leg import Can, Coding
from ringtrue.voice.lines.socket_leg import Peer, SocketLeg

log = structlog.get_logger(__name__)

FORMATS: dict[str, tuple[int, Coding]] = {"ulaw": (8000, "ulaw"), "slin": (8000, "pcm16"), "slin16": (16000, "pcm16")}
"""Asterisk's name of a format -> sample rate and coding."""


class Said(msgspec.Struct):
    """A control message of Asterisk's, of those that matter here."""

    event: str
    format: str = ""
    digit: str = ""


_decode = msgspec.json.Decoder(Said).decode


class AsteriskLeg(SocketLeg):
    line = "asterisk"
    sample_rate = 8000
    coding = "ulaw"
    play_ms = 40  # half as many messages as with 20; only whole frames of 20 ms are played
    can: frozenset[Can] = frozenset({"clear", "transfer", "second_leg", "hang_up"})

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        self._given = query.get("ticket", "")
        self._begun = False
        self._full = False
        self._json = False

    def text(self, data: bytes) -> None:
        try:
            said = _decode(data) if data.startswith(b"{") else _plain(data)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self._fault(1007)
            return
        if said.event == "MEDIA_START":
            self._begin(said.format, in_json=data.startswith(b"{"))
        elif said.event == "DTMF_END":
            self.pressed(said.digit[:1])
        elif said.event in ("MEDIA_XOFF", "MEDIA_XON"):
            self._full = said.event == "MEDIA_XOFF"

    def binary(self, data: bytes) -> None:
        if self._begun:
            self.heard(data)

    def play(self, pcm: bytes) -> None:
        # What is sent to a full queue, Asterisk drops.
        if self._begun and not self._gone and not self._full:
            self.peer.send_bytes(ulaw_encode(pcm) if self.coding == "ulaw" else pcm)

    def clear(self) -> None:
        self._full = False
        self._tell("FLUSH_MEDIA")

    def started(self) -> None:
        self._tell("ANSWER")

    def refused(self, code: str) -> None:
        self._tell("HANGUP")
        super().refused(code)

    async def hang_up(self) -> None:
        """Of our channel; the caller's goes on in the dialplan, which asks us where to."""
        self._tell("HANGUP")
        self.peer.close()

    def _begin(self, given: str, *, in_json: bool) -> None:
        if self._begun or given not in FORMATS:
            log.warning("codec not spoken", line=self.line, codec=given[:20], spoken=sorted(FORMATS))
            self._fault(1003)
            return
        self._begun, self._json = True, in_json
        self.sounds_as(*FORMATS[given])
        self.named(self._given)

    def _tell(self, command: str) -> None:
        if not self._gone:
            self.peer.send_text(msgspec.json.encode({"command": command}) if self._json else command.encode())


def _plain(data: bytes) -> Said:
    """ "DTMF_END digit:5", "MEDIA_START connection_id:... format:ulaw optimal_frame_size:160"."""
    event, *rest = data.decode().split(" ")
    fields = dict(one.partition(":")[::2] for one in rest)
    return Said(event, fields.get("format", ""), fields.get("digit", ""))


LEG = AsteriskLeg
