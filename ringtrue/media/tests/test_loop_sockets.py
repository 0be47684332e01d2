"""The loop's door: who may come in, and what happens to those who misbehave."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from picows import WSCloseCode, WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from ringtrue.media import loop_sockets
from ringtrue.media.loop_sockets import Connection, Door, listening_lines
from ringtrue.media.tests.taking_legs import House
from ringtrue.voice.lines.browser.media import BrowserLeg
from ringtrue.voice.lines.leg import Frame, HungUp

ORIGIN = "https://ringtrue.example"


class Far(WSListener):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[Any] = []
        self.closed = asyncio.Event()
        self.code = 0

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            self.code = frame.get_close_code().value
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            self.texts.append(json.loads(frame.get_payload_as_bytes()))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.closed.set()


@pytest.fixture
async def house() -> AsyncIterator[tuple[House, Door, int]]:
    made = House(lambda leg: leg.started())
    door = Door(made.admit, lambda: {"status": "ok", "live": 0}, ORIGIN)
    port = await door.open("127.0.0.1", 0)
    yield made, door, port
    await door.close()


async def connect(port: int, path: str, origin: str = ORIGIN) -> tuple[WSTransport, Far]:
    transport, far = await ws_connect(Far, f"ws://127.0.0.1:{port}{path}", extra_headers={"Origin": origin})
    assert isinstance(far, Far)
    return transport, far


async def over(far: Far) -> int:
    async with asyncio.timeout(5):
        await far.closed.wait()
    return far.code


def test_lines_are_found_by_their_folders() -> None:
    found = {path: leg.line for path, leg in listening_lines().items()}
    assert all(path == f"/{line}" for path, line in found.items())
    assert {"asterisk", "browser", "retell", "sip", "twilio", "website"} <= set(found.values())
    assert "zadarma" not in found.values(), "its calls come by SIP"


async def test_health_is_json(house: Any) -> None:
    _, _, port = house
    with await asyncio.to_thread(urllib.request.urlopen, f"http://127.0.0.1:{port}/health") as reply:
        assert json.load(reply) == {"status": "ok", "live": 0}


@pytest.mark.parametrize(
    ("path", "origin"), [("/nosuch", ORIGIN), ("/browser?ticket=t", "https://evil.example"), ("/browser?ticket=t", "null")]
)
async def test_other_paths_and_other_origins_do_not_come_in(house: Any, path: str, origin: str) -> None:
    made, _, port = house
    with pytest.raises(WSError):
        await connect(port, path, origin)
    assert made.tickets == []


async def test_a_page_of_ours_comes_in_and_its_hang_up_ends_the_call(house: Any) -> None:
    made, door, port = house
    transport, far = await connect(port, "/browser?ticket=secret")
    transport.send(WSMsgType.BINARY, b"\x00" * 640)
    transport.send(WSMsgType.TEXT, b'{"type":"hang_up"}')
    assert await over(far) == WSCloseCode.OK.value
    assert made.tickets == ["secret"]
    assert [type(event) for event in made.events] == [Frame, HungUp]
    assert far.texts[0]["type"] == "started"
    await asyncio.sleep(0)
    assert door.waiting == 0


async def test_a_connection_that_breaks_is_a_hang_up_that_was_not_clean(house: Any) -> None:
    made, _, port = house
    transport, far = await connect(port, "/browser?ticket=t")
    await asyncio.sleep(0.05)
    transport.underlying_transport.abort()
    await over(far)
    await made.told()
    assert isinstance(made.events[-1], HungUp)
    assert not made.events[-1].clean


async def test_a_message_in_pieces_is_one_message(house: Any) -> None:
    made, _, port = house
    transport, far = await connect(port, "/browser?ticket=t")
    transport.send(WSMsgType.TEXT, b'{"type":', fin=False)
    transport.send(WSMsgType.CONTINUATION, b'"hang_up"}', fin=True)
    await over(far)
    assert isinstance(made.events[-1], HungUp)
    assert made.events[-1].clean


@pytest.mark.parametrize("pieces", [1, 4])
async def test_a_message_that_is_too_large_ends_the_connection(house: Any, pieces: int) -> None:
    made, _, port = house
    transport, far = await connect(port, "/browser?ticket=t")
    size = (loop_sockets.LARGEST_MESSAGE + 4) // pieces + 1
    for number in range(pieces):
        kind = WSMsgType.BINARY if number == 0 else WSMsgType.CONTINUATION
        transport.send(kind, b"\x00" * size, fin=number == pieces - 1)
    await over(far)
    await made.told()
    assert not any(isinstance(event, Frame) for event in made.events)


async def test_a_connection_that_names_no_ticket_is_closed(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_sockets, "TICKET_S", 0.05)
    made, door, port = house
    _, far = await connect(port, "/twilio")
    assert await over(far) == WSCloseCode.POLICY_VIOLATION.value
    assert made.tickets == []
    assert door.waiting == 0


async def test_a_peer_that_does_not_read_is_cut_off(house: Any) -> None:
    """A stalled far end never makes us hold its audio: beyond the bound the connection is dropped and the call ends."""
    _, door, _ = house

    class Stalled:
        is_close_frame_sent = False
        underlying_transport = SimpleNamespace(get_write_buffer_size=lambda: loop_sockets.UNREAD + 1)
        sent = 0
        cut = False

        def send(self, kind: Any, data: bytes) -> None:
            self.sent += 1

        def disconnect(self, graceful: bool = True) -> None:
            self.cut = not graceful

    connection, transport = Connection(door, BrowserLeg, {}), Stalled()
    connection._transport = transport  # type: ignore[assignment]
    connection.send_bytes(b"\x00" * 640)
    assert transport.cut
    assert transport.sent == 0
    transport.underlying_transport = SimpleNamespace(get_write_buffer_size=lambda: 0)
    connection.send_bytes(b"\x00" * 640)
    assert transport.sent == 1


def test_the_loop_process_never_loads_django() -> None:
    """Audio never waits: no database, template or thread of the web shares its interpreter lock."""
    code = (
        "import sys, ringtrue.media.loop, ringtrue.media.loop_speech, ringtrue.media.loop_sockets; ringtrue.media.loop_sockets.listening_lines();"
        "bad = [m for m in sys.modules if m.split('.')[0] in ('django', 'psycopg', 'procrastinate', 'ninja') "
        "or m.startswith(('ringtrue.privacy', 'ringtrue.calls', 'ringtrue.accounts', 'ringtrue.reception'))];"
        "print(bad); sys.exit(bool(bad))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
