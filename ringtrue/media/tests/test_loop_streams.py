"""The loop's door for AudioSocket: who may come in over TCP, and what happens to those who misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from ringtrue.media import loop_sockets
from ringtrue.media.loop_sockets import Door
from ringtrue.media.loop_streams import LATE, Stream, listen
from ringtrue.media.tests.taking_legs import House
from ringtrue.voice.lines.leg import Frame, HungUp

TICKET = UUID("6f1c5c2e-8a53-4f0b-9d6c-1f6c3d0f5a11")
NAMED = b"\x01\x00\x10" + TICKET.bytes
SOUND = b"\x10\x01\x40" + bytes(320)


@pytest.fixture
async def house() -> AsyncIterator[tuple[House, Door, int]]:
    made = House(lambda leg: leg.play(bytes(320)))
    door = Door(made.admit, dict, "")
    server = await listen(door, "127.0.0.1:0")
    yield made, door, server.sockets[0].getsockname()[1]
    server.close()


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(loop_sockets.TICKET_S * 0.8):
        return await reader.read()


async def test_a_connection_that_names_its_ticket_is_served_and_closed_at_its_end(house: Any) -> None:
    made, door, port = house
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(NAMED + SOUND)
    assert await reader.readexactly(len(SOUND)) == SOUND
    writer.write(b"\x00\x00\x00")
    assert await until_closed(reader) == b""
    assert made.tickets == [str(TICKET)]
    assert [type(event) for event in made.events] == [Frame, HungUp]
    assert (door.waiting, len(door.connections)) == (0, 0)
    writer.close()


async def test_who_names_no_ticket_in_time_is_closed(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made, door, port = house
    monkeypatch.setattr(loop_sockets, "TICKET_S", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    async with asyncio.timeout(8):
        assert await reader.read() == b""
    assert (made.tickets, door.waiting) == ([], 0)
    writer.close()


async def test_the_waiting_room_is_shared_with_the_other_door(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, door, port = house
    monkeypatch.setattr(loop_sockets, "WAITING_ROOM", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert await until_closed(reader) == b""  # at once, not when the time for a ticket is over
    assert (door.waiting, len(door.connections)) == (0, 0)
    writer.close()


def test_sound_is_not_kept_for_a_far_end_that_does_not_read() -> None:
    written: list[bytes] = []
    waiting = [0]
    stream = Stream(SimpleNamespace())  # type: ignore[arg-type]
    stream._transport = SimpleNamespace(get_write_buffer_size=lambda: waiting[0], write=written.append)  # type: ignore[assignment]
    stream.send_bytes(SOUND)
    waiting[0] = LATE + 1
    stream.send_bytes(SOUND)
    waiting[0] = LATE
    stream.send_bytes(SOUND)
    assert len(written) == 2
