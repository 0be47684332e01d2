"""The loop's end of the wire: bounded, in order, and nothing that must not be lost is lost."""

from __future__ import annotations

import asyncio
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from ringtrue.media import loop_port, wire
from ringtrue.media.freeing_memory import Collector
from ringtrue.media.loop_port import Refused, ScribeLink
from ringtrue.media.serving_scribe import Serving
from ringtrue.reception.tickets import TicketRefused
from ringtrue.voice.agent import Agent, CallOrder
from ringtrue.voice.events import Answered, AudioPiece, Consent, Ended, OptedOut, Silent
from ringtrue.voice.port import ToolFailed

ORDER = CallOrder(call_id="call-1", agent=Agent(slug="a", business="B"), line="twilio")


class Remembering:
    """In place of a scribe: remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, str]] = []
        self.pieces: list[int] = []
        self.ended_as_lost: list[str] = []
        self.batches: list[int] = []
        self.closed: list[str] = []
        self.told_before_tool: list[int] = []

    def redeem(self, token: str, line: str, origin: str = "") -> CallOrder:
        if token != "good":
            raise TicketRefused("used")
        return ORDER

    def resume(self, call_id: str) -> bool:
        return True

    def live(self) -> list[str]:
        return ["call-1"]

    def store(self, told: list[wire.Happened | wire.Recorded]) -> list[str]:
        self.batches.append(len(told))
        over = []
        for message in told:
            if isinstance(message, wire.Recorded):
                self.pieces.append(message.piece.seq)
            elif message.seq not in {seq for call, seq, _ in self.told if call == message.call}:
                self.told.append((message.call, message.seq, message.event.__struct_config__.tag))
                over += [message.call] if isinstance(message.event, Ended) else []
        return over

    def end(self, call_id: str) -> None:
        self.closed.append(call_id)

    def use(self, call_id: str, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        self.told_before_tool.append(len(self.told))
        if tool == "book":
            raise ToolFailed("slot_taken")
        return {"done": "true", **arguments}

    def lost(self, call_id: str) -> None:
        self.ended_as_lost.append(call_id)


@pytest.fixture(autouse=True)
def without_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringtrue.media.serving_scribe._with_database", lambda work, *given: work(*given))
    monkeypatch.setattr("ringtrue.media.serving_scribe._agents", list)


async def until(done: Any, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not done():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def piece(seq: int, ms: int = 1000) -> AudioPiece:
    return AudioPiece(seq=seq, start_ms=seq * ms, sample_rate=8000, pcm=bytes(32 * ms))


def consent() -> Consent:
    return Consent(at_ms=1, granted=True, method="announced", wording="w")


def ended() -> Ended:
    return Ended(at_ms=9, reason="caller_hung_up", duration_ms=9)


async def test_a_call_over_the_wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    freed: list[Collector] = []
    monkeypatch.setattr(Collector, "call_ended", lambda self: freed.append(self))
    scribe = Remembering()
    serving = Serving(scribe, tmp_path / "s.sock", grace_s=0.1)
    await serving.open()
    assert stat.S_IMODE(os.stat(serving.socket).st_mode) == 0o600
    link = ScribeLink(serving.socket)
    running = asyncio.create_task(link.run())
    assert await link.redeem("good", "twilio") == ORDER
    with pytest.raises(Refused, match="used"):
        await link.redeem("other", "twilio")
    port = link.open("call-1")
    port.emit(Answered(at_ms=0, started_at=1.0, line="twilio", sample_rate=8000))
    port.audio(piece(0))
    assert await port.use("take_message", {"name": "Ada"}) == {"done": "true", "name": "Ada"}
    with pytest.raises(ToolFailed, match="slot_taken"):
        await port.use("book", {})
    port.emit(ended())
    await until(lambda: not link.ports)  # acknowledged to the end
    assert scribe.told == [("call-1", 1, "answered"), ("call-1", 2, "ended")]
    assert scribe.pieces == [0]
    assert scribe.closed == ["call-1"]
    assert freed == [serving.collector]
    assert scribe.told_before_tool == [1, 1]  # what was told before, consent above all, counts for what a tool is allowed
    running.cancel()
    await serving.close()
    assert scribe.ended_as_lost == []


async def test_who_waits_for_a_greeting_goes_before_the_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringtrue.media.serving_scribe.LATER_S", 60.0)
    scribe = Remembering()
    begun, go_on = threading.Event(), threading.Event()

    def slowly(token: str, line: str, origin: str = "") -> CallOrder:
        begun.set()
        go_on.wait(30)
        raise TicketRefused("used")  # also who is refused no longer waits

    monkeypatch.setattr(scribe, "redeem", slowly)
    serving = Serving(scribe, tmp_path / "s.sock")
    await serving.open()
    link = ScribeLink(serving.socket)
    running = asyncio.create_task(link.run())
    await link.connected.wait()
    waiting = asyncio.create_task(link.redeem("any", "twilio"))
    await asyncio.to_thread(begun.wait, 30)
    port = link.open("call-1")
    port.emit(Silent(at_ms=1, for_ms=1))
    tool = asyncio.create_task(port.use("take_message", {}))  # stored before a tool acts, which asks for it at once
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(tool), 0.5)
    assert scribe.batches == []
    go_on.set()
    with pytest.raises(Refused):
        await waiting
    await tool
    assert scribe.batches == [1]
    running.cancel()
    await serving.close()


async def test_what_many_calls_tell_is_stored_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringtrue.media.collecting.COLLECT_S", 30.0)  # until somebody is in a hurry
    scribe = Remembering()
    serving = Serving(scribe, tmp_path / "s.sock")
    await serving.open()
    link = ScribeLink(serving.socket)
    running = asyncio.create_task(link.run())
    await link.connected.wait()
    ports = [link.open(f"call-{n}") for n in range(40)]
    for port in ports:
        port.emit(Silent(at_ms=1, for_ms=1))
        port.audio(piece(0))
    await ports[-1].use("take_message", {})
    assert scribe.batches == [80]
    assert [call for call, _, _ in scribe.told] == [port.call_id for port in ports]
    await until(lambda: not any(port.unacknowledged for port in ports))
    running.cancel()
    await serving.close()


async def test_what_the_scribe_never_acknowledged_is_told_to_the_next_one(tmp_path: Path) -> None:
    socket = tmp_path / "s.sock"
    taken: list[wire.FromLoop] = []

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Takes messages and dies without a word."""
        await wire.read_body(reader)
        writer.write(wire.packed(wire.Welcome()))
        for _ in range(3):
            taken.append(wire.from_loop(await wire.read_body(reader)))
        writer.close()

    first = [deaf]
    server = await asyncio.start_unix_server(lambda r, w: first.pop()(r, w) if first else w.close(), str(socket))
    link = ScribeLink(socket)
    running = asyncio.create_task(link.run())
    await link.connected.wait()
    port = link.open("call-1")
    for event in (Answered(at_ms=0, started_at=1.0, line="twilio", sample_rate=8000), consent(), Silent(at_ms=2, for_ms=1)):
        port.emit(event)
    await until(lambda: len(taken) == 3)
    server.close()
    socket.unlink(missing_ok=True)
    port.emit(OptedOut(at_ms=5))
    scribe = Remembering()
    serving = Serving(scribe, socket)
    await serving.open()
    port.emit(ended())
    await until(lambda: not link.ports)
    assert [(seq, kind) for _, seq, kind in scribe.told] == [
        (1, "answered"), (2, "consent"), (3, "silent"), (4, "opted_out"), (5, "ended"),
    ]  # fmt: skip
    running.cancel()
    await serving.close()


async def test_without_a_scribe_sound_is_dropped_first_and_the_gap_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_port, "HELD_SOUND", 3 * 32_000)
    monkeypatch.setattr(loop_port, "HELD_EVENTS", 4)
    link = ScribeLink(tmp_path / "s.sock")
    port = link.open("call-1")
    for seq in range(6):
        port.audio(piece(seq))
    for at in range(20):
        port.emit(Silent(at_ms=at, for_ms=1))
    port.emit(consent())
    port.emit(OptedOut(at_ms=30))
    port.emit(ended())
    assert link.sound == 3 * 32_000  # nothing grows beyond its bound
    scribe = Remembering()
    serving = Serving(scribe, link.socket)
    await serving.open()
    running = asyncio.create_task(link.run())
    await until(lambda: not link.ports)
    assert scribe.pieces == [0, 1, 2]
    kinds = [kind for _, _, kind in scribe.told]
    assert kinds == ["silent"] * 4 + ["consent", "opted_out", "gap", "ended"]
    running.cancel()
    await serving.close()


async def test_a_loop_that_goes_away_and_stays_away_loses_its_calls(tmp_path: Path) -> None:
    scribe = Remembering()
    serving = Serving(scribe, tmp_path / "s.sock", grace_s=0.2)
    await serving.open()
    link = ScribeLink(serving.socket)
    running = asyncio.create_task(link.run())
    await link.redeem("good", "twilio")
    link.open("call-1")
    running.cancel()
    await until(lambda: scribe.ended_as_lost == ["call-1"])
    await serving.close()


async def test_a_tool_while_there_is_no_scribe_fails_with_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_port, "CONNECT_S", 0.05)
    link = ScribeLink(tmp_path / "nobody.sock")
    with pytest.raises(ToolFailed, match="no_scribe"):
        await link.open("call-1").use("opt_out", {})
    with pytest.raises(Refused, match="no_scribe"):
        await link.redeem("good", "twilio")


async def test_nonsense_on_the_socket_is_dropped(tmp_path: Path) -> None:
    serving = Serving(Remembering(), tmp_path / "s.sock")
    await serving.open()
    for nonsense in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x02\xc1\xc1", b"GET / HTTP/1.1\r\n\r\n"):
        reader, writer = await asyncio.open_unix_connection(str(serving.socket))
        writer.write(nonsense)
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
    await serving.close()
