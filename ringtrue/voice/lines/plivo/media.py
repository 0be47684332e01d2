"""Plivo's audio streams (https://www.plivo.com/docs/voice/audio-streaming/audio-streaming): everything is JSON, sound is G.711 mu-law in
Base64."""

from __future__ import annotations

import re

import msgspec

from ringtrue.voice.lines.leg import Can
from ringtrue.voice.lines.marked_leg import MarkedLeg
from ringtrue.voice.lines.socket_leg import Peer

LONGEST = 8000  # bytes in one message: a second of sound
SILENT = frozenset({"clearedAudio", "playFailed", "incorrectPayload", "error"})
"""Events that change nothing here: what was not played has no checkpoint that comes back."""


class Format(msgspec.Struct, rename="camel"):
    encoding: str
    sample_rate: int


class Start(msgspec.Struct, rename="camel"):
    stream_id: str
    media_format: Format


class Media(msgspec.Struct):
    payload: bytes  # msgspec reads Base64
    track: str = "inbound"


class Dtmf(msgspec.Struct):
    digit: str


class Told(msgspec.Struct):
    event: str
    start: Start | None = None
    media: Media | None = None
    dtmf: Dtmf | None = None
    name: str = ""  # of a checkpoint
    extra_headers: str = ""


_decode = msgspec.json.Decoder(Told).decode


class PlivoLeg(MarkedLeg):
    line = "plivo"
    mark_every_ms = 200
    can: frozenset[Can] = frozenset({"clear", "marks", "digits_out", "hang_up"})

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        self._stream = ""

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
                self._begin(start, told.extra_headers)
            case Told(event="dtmf", dtmf=Dtmf() as dtmf):
                self.pressed(dtmf.digit)
            case Told(event="playedStream"):
                self.marked(told.name)
            case Told(event="stop"):  # on no page; Plivo's own libraries know it, else the connection just ends
                self.closed(clean=True)
            case Told(event=event) if event not in SILENT:
                self._fault(1003)

    def sound(self, payload: bytes) -> bytes:
        return b'{"event":"playAudio","media":{"contentType":"audio/x-mulaw","sampleRate":8000,"payload":"' + payload + b'"}}'

    def mark(self, name: str) -> object:
        return {"event": "checkpoint", "streamId": self._stream, "name": name}

    def throw_away(self) -> object:
        return {"event": "clearAudio", "streamId": self._stream}

    async def send_digits(self, digits: str) -> None:
        if self.begun and not self._gone:
            self._send({"event": "sendDTMF", "dtmf": digits})

    def _begin(self, start: Start, extra_headers: str) -> None:
        given = start.media_format
        if self.begun or not start.stream_id or (given.encoding, given.sample_rate) != ("audio/x-mulaw", 8000):
            self._fault(1003)
            return
        self.begun, self._stream = True, start.stream_id
        self.named(_ticket(extra_headers))


def _ticket(extra_headers: str) -> str:
    """From `ticket=6162;other=1`. Plivo has also written them in braces and as JSON, and with X-PH- before the names; "" if it is not there."""
    found = re.search(r"(?<![a-z0-9])ticket[\"']?\s*[=:]\s*[\"']?((?:[0-9a-f]{2})+)(?![0-9a-z])", extra_headers, re.IGNORECASE)
    return bytes.fromhex(found[1]).decode("ascii", "replace") if found else ""


LEG = PlivoLeg
