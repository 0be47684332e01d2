"""Twilio's media protocol, message by message, as its documentation shows them."""

from __future__ import annotations

import asyncio
import base64
import json
from unittest.mock import AsyncMock

import pytest

from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode
from ringtrue.voice.events import Answered
from ringtrue.voice.lines import marked_leg
from ringtrue.voice.lines.leg import Digit, Frame, HungUp, LegEvent, TransferResult
from ringtrue.voice.lines.socket_leg import WAITING_FRAMES
from ringtrue.voice.lines.twilio.media import TwilioLeg

STREAM = "MZ18ad3ab5a668481ce02b83e7395059f0"


class Wire:
    """Remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, object]] = []
        self.closed: int | None = None

    def send_text(self, text: bytes) -> None:
        self.sent.append(json.loads(text))

    def send_bytes(self, data: bytes) -> None:
        raise AssertionError("Twilio takes no binary messages")

    def close(self, code: int = 1000) -> None:
        self.closed = code


def begun() -> tuple[TwilioLeg, Wire]:
    wire = Wire()
    leg = TwilioLeg(wire, {})
    send(leg, {"event": "connected", "protocol": "Call", "version": "1.0.0"})
    send(leg, start())
    return leg, wire


def start(encoding: str = "audio/x-mulaw") -> dict[str, object]:
    return {
        "event": "start",
        "sequenceNumber": "1",
        "start": {
            "accountSid": "AC" + "0" * 32,
            "streamSid": STREAM,
            "callSid": "CA" + "1" * 32,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": encoding, "sampleRate": 8000, "channels": 1},
            "customParameters": {"ticket": "the-ticket"},
        },
        "streamSid": STREAM,
    }


def media(ulaw: bytes, track: str = "inbound") -> dict[str, object]:
    payload = base64.b64encode(ulaw).decode()
    return {
        "event": "media",
        "sequenceNumber": "3",
        "media": {"track": track, "chunk": "1", "timestamp": "5", "payload": payload},
        "streamSid": STREAM,
    }


def send(leg: TwilioLeg, message: dict[str, object]) -> None:
    leg.text(json.dumps(message).encode())


async def heard(leg: TwilioLeg) -> list[LegEvent]:
    leg.closed(clean=True)
    return [event async for event in leg.events()]


async def test_the_ticket_is_named_by_a_custom_parameter() -> None:
    leg, _ = begun()
    assert await leg.ticket == "the-ticket"


async def test_audio_digits_and_stop_arrive_in_order() -> None:
    leg, _ = begun()
    sound = bytes(range(160))
    send(leg, media(sound))
    send(leg, {"event": "dtmf", "streamSid": STREAM, "sequenceNumber": "5", "dtmf": {"track": "inbound_track", "digit": "7"}})
    send(leg, {"event": "stop", "sequenceNumber": "9", "streamSid": STREAM, "stop": {"accountSid": "AC", "callSid": "CA"}})
    frame, digit, end = await heard(leg)
    assert isinstance(frame, Frame)
    assert frame.pcm == ulaw_decode(sound)
    assert isinstance(digit, Digit)
    assert digit.digit == "7"
    assert isinstance(end, HungUp)
    assert end.clean


async def test_pieces_of_any_length_become_frames_of_20_ms() -> None:
    leg, _ = begun()
    for size in (100, 300, 80):
        send(leg, media(b"\x7f" * size))
    events = await heard(leg)
    assert [len(event.pcm) for event in events if isinstance(event, Frame)] == [320, 320, 320]


async def test_our_own_voice_coming_back_is_not_the_caller() -> None:
    leg, _ = begun()
    send(leg, media(b"\x00" * 160, track="outbound"))
    assert [type(event) for event in await heard(leg)] == [HungUp]


async def test_playing_sends_mu_law_and_marks() -> None:
    leg, wire = begun()
    pcm = ulaw_decode(bytes(range(160)))
    for _ in range(25):
        leg.play(pcm)
    assert wire.sent[0] == {
        "event": "media",
        "streamSid": STREAM,
        "media": {"payload": base64.b64encode(ulaw_encode(pcm)).decode()},
    }
    assert wire.sent[-1] == {"event": "mark", "streamSid": STREAM, "mark": {"name": "0:500"}}
    assert leg.played_ms == 0
    send(leg, {"event": "mark", "streamSid": STREAM, "sequenceNumber": "4", "mark": {"name": "0:500"}})
    assert leg.played_ms == 500


async def test_marks_that_a_clear_returns_do_not_count_as_played() -> None:
    leg, wire = begun()
    for _ in range(50):
        leg.play(bytes(320))
    leg.clear()
    assert wire.sent[-1] == {"event": "clear", "streamSid": STREAM}
    for name in ("0:500", "0:1000"):
        send(leg, {"event": "mark", "streamSid": STREAM, "sequenceNumber": "4", "mark": {"name": name}})
    assert leg.played_ms == 0


async def test_nobody_is_handed_over_before_the_agent_was_heard_out() -> None:
    leg, wire = begun()
    leg.carrier = carrier = AsyncMock()
    carrier.transfer.return_value = TransferResult(True)
    leg.play(bytes(320))
    handing_over = asyncio.create_task(leg.transfer("+12025550143"))
    await asyncio.sleep(0)
    carrier.transfer.assert_not_awaited()
    assert wire.sent[-1]["mark"] == {"name": "0:20"}
    send(leg, {"event": "mark", "streamSid": STREAM, "sequenceNumber": "4", "mark": {"name": "0:20"}})
    assert (await handing_over).ok


async def test_a_far_end_that_confirms_nothing_does_not_keep_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marked_leg, "HEARD_WITHIN_S", 0.0)
    leg, wire = begun()
    leg.play(bytes(320))
    await leg.hang_up()
    assert wire.closed == 1000


async def test_nonsense_ends_the_call_and_not_the_process() -> None:
    for message in (b"\xff\xfe", b"[]", b'{"event":"media","media":{"payload":"***"}}', b'{"event":5}'):
        leg, wire = begun()
        leg.text(message)
        assert wire.closed == 1007
        events = [event async for event in leg.events()]
        assert isinstance(events[-1], HungUp)
        assert not events[-1].clean


async def test_another_codec_or_a_second_start_is_refused() -> None:
    wire = Wire()
    leg = TwilioLeg(wire, {})
    send(leg, start("audio/opus"))
    assert wire.closed == 1003
    leg, wire = begun()
    send(leg, start())
    assert wire.closed == 1003


async def test_a_loop_that_falls_behind_loses_old_sound_and_no_digit() -> None:
    leg, _ = begun()
    send(leg, {"event": "dtmf", "streamSid": STREAM, "dtmf": {"digit": "1"}})
    for number in range(WAITING_FRAMES + 50):
        send(leg, media(bytes([number % 256]) * 160))
    events = await heard(leg)
    frames = [event for event in events if isinstance(event, Frame)]
    assert len(frames) == WAITING_FRAMES
    assert frames[0].pcm == ulaw_decode(bytes([50]) * 160)
    assert isinstance(events[0], Digit)


async def test_nothing_is_sent_before_start_or_after_the_end() -> None:
    wire = Wire()
    leg = TwilioLeg(wire, {})
    leg.play(bytes(320))
    leg.clear()
    leg.tell(Answered(at_ms=0, started_at=0.0, line="twilio", sample_rate=8000))
    assert wire.sent == []
    leg, wire = begun()
    leg.closed(clean=True)
    leg.play(bytes(320))
    assert wire.sent == []


async def test_frames_go_straight_to_whoever_asked_for_them_as_they_came() -> None:
    leg, _ = begun()
    first, second = bytes([0xFF]) * 160, bytes([0x80]) * 160
    send(leg, media(first))
    got: list[bytes] = []
    leg.deliver(lambda sound, at: got.append(sound))
    send(leg, media(second))
    send(leg, {"event": "dtmf", "streamSid": STREAM, "dtmf": {"digit": "5"}})
    send(leg, {"event": "stop", "streamSid": STREAM})
    assert got == [first, second]
    events = [event async for event in leg.events()]
    assert [type(event) for event in events] == [Digit, HungUp]
