"""Twilio Media Streams, both ways (https://www.twilio.com/docs/voice/media-streams/websocket-messages).

mu-law at 8 kHz in base64 inside JSON text messages. The ticket comes as a custom parameter of `start`, never in the URL.
"""

from __future__ import annotations

import msgspec

from ringtrue.voice.lines.leg import Can
from ringtrue.voice.lines.marked_leg import MarkedLeg
from ringtrue.voice.lines.socket_leg import Peer


class Format(msgspec.Struct, rename="camel", gc=False):
    encoding: str
    sample_rate: int
    channels: int


class Start(msgspec.Struct, rename="camel", gc=False):
    call_sid: str
    account_sid: str
    media_format: Format
    custom_parameters: dict[str, str] = {}


class Media(msgspec.Struct, gc=False):
    payload: bytes  # base64 in the message; msgspec decodes it
    track: str = "inbound"


class Dtmf(msgspec.Struct, gc=False):
    digit: str


class Mark(msgspec.Struct, gc=False):
    name: str


class Incoming(msgspec.Struct, rename="camel", gc=False):
    event: str
    stream_sid: str = ""
    start: Start | None = None
    media: Media | None = None
    dtmf: Dtmf | None = None
    mark: Mark | None = None


_decode = msgspec.json.Decoder(Incoming).decode


class TwilioLeg(MarkedLeg):
    line = "twilio"
    play_ms = 40  # half as many messages as with 20; Twilio plays messages of any length, and `clear` stops them at any sample
    can: frozenset[Can] = frozenset({"clear", "marks", "transfer", "second_leg", "hang_up"})

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        self._stream = ""

    def text(self, data: bytes) -> None:
        try:
            message = _decode(data)
        except msgspec.MsgspecError:
            self._fault(1007)
            return
        if message.media is not None:
            # Before `start` there is no call to hear; "outbound" is our own voice coming back.
            if self.begun and message.media.track == "inbound":
                self.heard(message.media.payload)
        elif message.start is not None:
            self._begin(message.stream_sid, message.start)
        elif message.dtmf is not None:
            self.pressed(message.dtmf.digit)
        elif message.mark is not None:
            self.marked(message.mark.name)
        elif message.event == "stop":
            self.closed(clean=True)

    def sound(self, payload: bytes) -> bytes:
        return b'{"event":"media","streamSid":"' + self._stream.encode() + b'","media":{"payload":"' + payload + b'"}}'

    def mark(self, name: str) -> object:
        return {"event": "mark", "streamSid": self._stream, "mark": {"name": name}}

    def throw_away(self) -> object:
        return {"event": "clear", "streamSid": self._stream}

    def _begin(self, stream: str, start: Start) -> None:
        given = start.media_format
        if self.begun or (given.encoding, given.sample_rate, given.channels) != ("audio/x-mulaw", 8000, 1):
            self._fault(1003)
            return
        self.begun, self._stream = True, stream
        self.named(start.custom_parameters.get("ticket", ""))


LEG = TwilioLeg
