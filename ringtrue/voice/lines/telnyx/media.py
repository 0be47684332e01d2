"""Telnyx's media streams, both ways: G.711 mu-law at 8 kHz in Base64 inside JSON. It promises no order of the frames; they are heard as they come
(https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket.md)."""

from __future__ import annotations

import msgspec

from ringtrue.voice.lines.leg import Can
from ringtrue.voice.lines.marked_leg import MarkedLeg

LONGEST = 8000  # bytes of one message's sound: 1 s


class Format(msgspec.Struct):
    encoding: str
    sample_rate: int
    channels: int = 1


class Parameter(msgspec.Struct):
    name: str
    value: str


class Start(msgspec.Struct):
    call_control_id: str
    media_format: Format
    custom_parameters: dict[str, str] | list[Parameter] = []


class Media(msgspec.Struct):
    payload: bytes  # msgspec reads Base64
    track: str = "inbound"


class Dtmf(msgspec.Struct):
    digit: str


class Mark(msgspec.Struct):
    name: str


class Told(msgspec.Struct):
    event: str
    start: Start | None = None
    media: Media | None = None
    dtmf: Dtmf | None = None
    mark: Mark | None = None


_decode = msgspec.json.Decoder(Told).decode


class TelnyxLeg(MarkedLeg):
    line = "telnyx"
    play_ms = 40  # half as many messages as with 20, the least that Telnyx takes
    can: frozenset[Can] = frozenset({"clear", "marks", "transfer", "second_leg", "hang_up"})

    def text(self, data: bytes) -> None:
        try:
            told = _decode(data)
        except msgspec.MsgspecError:
            self._fault(1007)
            return
        match told:
            case Told(event="media", media=Media() as media) if len(media.payload) <= LONGEST:
                # Before `start` there is no call to hear; "outbound" would be our own voice coming back.
                if self.begun and media.track == "inbound":
                    self.heard(media.payload)
            case Told(event="start", start=Start() as start):
                self._begin(start)
            case Told(event="dtmf", dtmf=Dtmf() as dtmf):
                self.pressed(dtmf.digit)
            case Told(event="mark", mark=Mark() as mark):
                self.marked(mark.name)
            case Told(event="stop"):
                self.closed(clean=True)
            case Told(event="connected" | "error"):  # of one of our messages; the call goes on
                pass
            case _:
                self._fault(1003)

    def sound(self, payload: bytes) -> bytes:
        return b'{"event":"media","media":{"payload":"' + payload + b'"}}'

    def mark(self, name: str) -> object:
        return {"event": "mark", "mark": {"name": name}}

    def throw_away(self) -> object:
        return {"event": "clear"}

    def _begin(self, start: Start) -> None:
        given = start.media_format
        if self.begun or (given.encoding, given.sample_rate, given.channels) != ("PCMU", 8000, 1):
            self._fault(1003)
            return
        self.begun = True
        held = start.custom_parameters
        named = held if isinstance(held, dict) else {one.name: one.value for one in held}
        self.named(named.get("ticket", ""))


LEG = TelnyxLeg
