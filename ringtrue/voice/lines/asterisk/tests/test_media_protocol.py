"""chan_websocket's protocol, message by message, as its documentation shows it."""

from __future__ import annotations

import json

import pytest

from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode
from ringtrue.voice.lines.asterisk.media import AsteriskLeg
from ringtrue.voice.lines.leg import Digit, Frame, HungUp, LegEvent

TICKET = "6f1c5c2e-8a53-4f0b-9d6c-1f6c3d0f5a11"
QUIET = bytes(640)


class Wire:
    def __init__(self) -> None:
        self.texts: list[str] = []
        self.sound: list[bytes] = []
        self.closed: int | None = None

    def send_text(self, text: bytes) -> None:
        self.texts.append(text.decode())

    def send_bytes(self, data: bytes) -> None:
        self.sound.append(data)

    def close(self, code: int = 1000) -> None:
        self.closed = code


def plain(codec: str) -> bytes:
    return (
        f"MEDIA_START connection_id:e226e283-c90a-4ea9-9e37-389000b9ef47 channel:WebSocket/ringtrue/0x7f channel_id:1763800000.4 "
        f"format:{codec} optimal_frame_size:160 ptime:20"
    ).encode()


def in_json(codec: str) -> bytes:
    fields = {"connection_id": "e226e283", "channel": "WebSocket/ringtrue/0x7f", "channel_id": "1763800000.4", "format": codec}
    return json.dumps(
        {"event": "MEDIA_START", **fields, "optimal_frame_size": 160, "ptime": 20, "channel_variables": {}}
    ).encode()


def begun(start: bytes = plain("ulaw")) -> tuple[AsteriskLeg, Wire]:
    wire = Wire()
    leg = AsteriskLeg(wire, {"ticket": TICKET})
    leg.text(start)
    return leg, wire


async def events(leg: AsteriskLeg) -> list[LegEvent]:
    leg.closed(clean=True)
    return [event async for event in leg.events()]


async def test_the_ticket_of_the_address_counts_once_the_codec_is_known() -> None:
    wire = Wire()
    leg = AsteriskLeg(wire, {"ticket": TICKET})
    leg.binary(b"\xff" * 160)  # not before the start
    assert not leg.ticket.done()
    leg.text(plain("ulaw"))
    assert await leg.ticket == TICKET
    leg.started()
    assert wire.texts == ["ANSWER"]
    assert [type(event) for event in await events(leg)] == [HungUp]


@pytest.mark.parametrize(("codec", "rate", "size"), [("ulaw", 8000, 160), ("slin", 8000, 320), ("slin16", 16000, 640)])
async def test_sound_goes_both_ways_in_the_codec_of_the_dial_string(codec: str, rate: int, size: int) -> None:
    leg, wire = begun(plain(codec))
    assert leg.sample_rate == rate
    coded = ulaw_encode(bytes([0, 8]) * 160) if codec == "ulaw" else bytes([0, 8]) * (size // 2)
    leg.binary(coded)
    leg.play(ulaw_decode(coded) if codec == "ulaw" else coded)
    assert wire.sound == [coded]
    (frame, _) = await events(leg)
    assert isinstance(frame, Frame)
    assert frame.pcm == (ulaw_decode(coded) if codec == "ulaw" else coded)


@pytest.mark.parametrize(("start", "as_json"), [(plain("ulaw"), False), (in_json("ulaw"), True)])
async def test_asterisk_is_answered_as_it_speaks(start: bytes, as_json: bool) -> None:
    leg, wire = begun(start)
    leg.clear()
    await leg.hang_up()
    said = [json.loads(text)["command"] for text in wire.texts] if as_json else wire.texts
    assert said == ["FLUSH_MEDIA", "HANGUP"]
    assert wire.closed == 1000


@pytest.mark.parametrize("key", [b"DTMF_END digit:5", b'{"event":"DTMF_END","channel_id":"1763800000.4","digit":"5"}'])
async def test_keys(key: bytes) -> None:
    leg, _ = begun()
    leg.text(key)
    leg.text(b"STATUS queue_length:43 xon_level:800 xoff_level:900 queue_full:false bulk_media:true media_paused:false")
    assert [event.digit for event in await events(leg) if isinstance(event, Digit)] == ["5"]


async def test_nothing_is_sent_to_a_full_queue_until_it_has_room_or_was_flushed() -> None:
    leg, wire = begun()
    for message, sent in ((b"MEDIA_XOFF", 0), (b"MEDIA_XON", 1), (b"MEDIA_XOFF", 1)):
        leg.text(message)
        leg.play(QUIET)
        assert len(wire.sound) == sent
    leg.clear()
    leg.play(QUIET)
    assert len(wire.sound) == 2


@pytest.mark.parametrize("given", [plain("opus"), plain("alaw"), b"{", b"\xff\xfe", b'{"no":"event"}'])
async def test_what_we_do_not_speak_ends_as_a_broken_line(given: bytes) -> None:
    leg, wire = begun(given)
    assert leg.ticket.cancelled()
    assert wire.closed in (1003, 1007)
    assert [(type(event), event.clean) for event in [one async for one in leg.events()] if isinstance(event, HungUp)] == [
        (HungUp, False)
    ]


async def test_a_refused_call_is_never_answered() -> None:
    leg, wire = begun()
    leg.refused("full")
    assert wire.texts == ["HANGUP"]
    assert wire.closed == 1013


async def test_a_second_start_is_no_call_of_ours() -> None:
    leg, wire = begun()
    leg.text(plain("ulaw"))
    assert wire.closed == 1003
