"""AudioSocket's protocol, byte by byte, as its documentation shows it."""

from __future__ import annotations

from uuid import UUID

import pytest

from ringtrue.voice.lines.asterisk.audiosocket import AudioSocketLeg
from ringtrue.voice.lines.asterisk.tests.test_media_protocol import Wire
from ringtrue.voice.lines.leg import Digit, Frame, HungUp

TICKET = UUID("6f1c5c2e-8a53-4f0b-9d6c-1f6c3d0f5a11")
NAMED = b"\x01\x00\x10" + TICKET.bytes
SOUND = b"\x10\x01\x40" + bytes([1, 0]) * 160


def begun() -> tuple[AudioSocketLeg, Wire]:
    wire = Wire()
    return AudioSocketLeg(wire, {}), wire


@pytest.mark.parametrize("cut", [1, 2, 3, 7, 320, 10_000])
async def test_messages_are_read_wherever_tcp_cuts_them(cut: int) -> None:
    leg, _ = begun()
    whole = NAMED + SOUND + b"\x03\x00\x015" + SOUND + b"\x00\x00\x00"
    for at in range(0, len(whole), cut):
        leg.binary(whole[at : at + cut])
    assert await leg.ticket == str(TICKET)
    seen = [event async for event in leg.events()]
    assert [type(event) for event in seen] == [Frame, Digit, Frame, HungUp]
    assert isinstance(seen[-1], HungUp)
    assert seen[-1].clean


async def test_what_we_play_is_framed_and_the_end_is_said() -> None:
    leg, wire = begun()
    leg.binary(NAMED)
    leg.play(bytes([1, 0]) * 160)
    await leg.hang_up()
    assert wire.sound == [SOUND, b"\x00\x00\x00"]
    assert wire.closed == 1000


@pytest.mark.parametrize(
    "wrong",
    [b"\xff\x00\x01\x02", b"\x12\x00\x02\x00\x00", b"\x10\x00\x01\x00", b"\x01\x00\x02ab", b"GET / HTTP/1.1\r\n\r\n" * 4000],
)
async def test_an_error_or_another_protocol_ends_as_a_broken_line(wrong: bytes) -> None:
    leg, wire = begun()
    leg.binary(wrong)
    assert leg.ticket.cancelled()
    assert wire.closed is not None
    (over,) = [event async for event in leg.events()]
    assert isinstance(over, HungUp)
    assert not over.clean


async def test_sound_before_the_ticket_is_nobodys() -> None:
    leg, _ = begun()
    leg.binary(SOUND + NAMED + b"\x00\x00\x00")
    assert [type(event) async for event in leg.events()] == [HungUp]


async def test_a_refused_call_is_ended() -> None:
    leg, wire = begun()
    leg.binary(NAMED)
    leg.refused("unknown")
    assert wire.sound == [b"\x00\x00\x00"]
    assert wire.closed is not None
