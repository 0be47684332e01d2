"""The loop's end of the wire to the scribe: one connection for all calls, bounded in what it holds, never waiting.

What does not fit is sound first (marked as a gap in the recording), then ordinary events; consent, opt-out and their like
(`NEVER_DROPPED`) are always kept and sent again after a break, until the scribe has acknowledged them.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import uuid
from collections import deque
from collections.abc import Callable
from pathlib import Path

import structlog

from ringtrue.media import wire
from ringtrue.voice.agent import Agent, CallOrder
from ringtrue.voice.events import NEVER_DROPPED, AudioPiece, CallEvent, Gap
from ringtrue.voice.lines.leg import TransferResult
from ringtrue.voice.port import ToolFailed

log = structlog.get_logger(__name__)

UNSENT = 256 * 1024  # bytes on their way to the scribe; what follows waits here, where it is counted
HELD_SOUND = 2 * 1024 * 1024  # bytes per call: about a minute of two channels at 8 kHz
HELD_SOUND_OF_ALL = 64 * 1024 * 1024
KEPT = (*NEVER_DROPPED, "gap")
HELD_EVENTS = 1000  # per call, unacknowledged
ANSWER_S = 10.0
PAUSE_S = 0.05  # before the first new try; doubled up to 2 s
CONNECT_S = 3.0  # a scribe that is being started again is waited for this long


class Refused(Exception):
    """The ticket is not good, or the scribe cannot be asked ("no_scribe")."""


class ScribeLink:
    """Keeps the connection, sends in order, connects again. `run()` lives as long as the process."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.loop_id = uuid.uuid4().hex
        self.ports: dict[str, ScribePort] = {}
        self.sound = 0  # bytes waiting, all calls
        self.connected = asyncio.Event()
        self.on_agents: Callable[[list[Agent]], None] | None = None
        self._queue: deque[tuple[ScribePort, wire.Happened | wire.Recorded] | wire.FromLoop] = deque()
        self._more = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._asked: dict[int, asyncio.Future[wire.Order | wire.Result]] = {}
        self._numbers = itertools.count(1)

    async def redeem(self, token: str, line: str, origin: str = "") -> CallOrder:
        """Raises Refused."""
        try:
            reply = await self._ask(lambda req: wire.Redeem(req, token, line, origin))
        except ToolFailed:
            raise Refused("no_scribe") from None
        if not isinstance(reply, wire.Order) or reply.order is None:
            raise Refused(reply.code)
        return reply.order

    async def admit(self, token: str, *, again: bool = False) -> dict[str, str]:
        """Who may join which call ("call", "member", "speaks"). Raises Refused."""
        try:
            reply = await self._ask(lambda req: wire.Admit(req, token, again))
        except ToolFailed:
            raise Refused("no_scribe") from None
        if not isinstance(reply, wire.Result) or not reply.ok:
            raise Refused(reply.code)
        return reply.result

    def open(self, call_id: str) -> ScribePort:
        port = self.ports[call_id] = ScribePort(self, call_id)
        return port

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        pause = PAUSE_S
        while True:
            began = loop.time()
            try:
                reader, writer = await asyncio.open_unix_connection(str(self.socket))
            except OSError:
                await asyncio.sleep(pause)
                pause = min(2.0, pause * 2)
                continue
            try:
                await self._converse(reader, writer)
            except (OSError, asyncio.IncompleteReadError, ValueError) as problem:
                log.warning("scribe lost", problem=type(problem).__name__, live=len(self.ports))
            finally:
                self.connected.clear()
                self._fail_asked()
                writer.close()
            # A scribe that takes the connection and dies each time is not asked without a pause.
            pause = PAUSE_S if loop.time() - began > 2 else min(2.0, pause * 2)
            await asyncio.sleep(pause)

    async def drained(self, seconds: float) -> bool:
        """True once everything was sent and acknowledged."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self._queue or any(port.unacknowledged for port in self.ports.values()):
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.02)
        return True

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(wire.packed(wire.Hello(self.loop_id, list(self.ports))))
        await writer.drain()
        welcome = wire.from_scribe(await wire.read_body(reader))
        assert isinstance(welcome, wire.Welcome)
        for call_id in welcome.unknown:
            # The scribe has this call as ended (we were away too long): nothing more can be kept of it.
            self.ports.pop(call_id, None)
        self._send_again()
        self.connected.set()
        if self.on_agents is not None and welcome.agents:
            self.on_agents(welcome.agents)
        reading = asyncio.create_task(self._read(reader))
        try:
            self._writer = writer
            while not reading.done():
                self._more.clear()
                self._send()  # sets it again when the scribe does not keep up; otherwise `put` sends at once, without this task
                waiting = asyncio.create_task(self._more.wait())
                await asyncio.wait({waiting, reading}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                await writer.drain()
            await reading
        finally:
            self._writer = None
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError, asyncio.IncompleteReadError, ValueError):
                await reading

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            message = wire.from_scribe(await wire.read_body(reader))
            if isinstance(message, wire.Ack):
                port = self.ports.get(message.call)
                if port is not None and port.acknowledged(message.seq):
                    del self.ports[message.call]
            elif isinstance(message, wire.Order | wire.Result):
                asked = self._asked.pop(message.req, None)
                if asked is not None and not asked.done():
                    asked.set_result(message)

    def _send(self) -> None:
        """Everything that waits, as long as the scribe takes it. No task is woken for that: most of what is told is small and leaves
        at once."""
        writer = self._writer
        while self._queue and writer is not None:
            if writer.transport.get_write_buffer_size() > UNSENT:
                self._more.set()
                return
            writer.write(wire.packed(self._next()))

    def _next(self) -> wire.FromLoop:
        item = self._queue.popleft()
        if not isinstance(item, tuple):
            return item
        port, message = item
        port.left(message)
        return message

    def _send_again(self) -> None:
        # What was sent and not acknowledged may have died with the scribe. What is still queued follows it, in order; sound that
        # was on its way is not held for this and may be missing.
        queued = {id(item[1]) for item in self._queue if isinstance(item, tuple)}
        again = [
            (port, message)
            for port in self.ports.values()
            for message in port.unacknowledged.values()
            if id(message) not in queued
        ]
        self._queue.extendleft(reversed(again))

    def put(self, item: tuple[ScribePort, wire.Happened | wire.Recorded] | wire.FromLoop) -> None:
        self._queue.append(item)
        self._send()

    async def ask(self, call: str, message: wire.UseTool | wire.Control) -> wire.Result:
        """Raises ToolFailed("no_scribe" | "timeout")."""
        reply = await self._ask(lambda req: _numbered(message, req))
        assert isinstance(reply, wire.Result)
        return reply

    async def _ask(self, make: Callable[[int], wire.FromLoop]) -> wire.Order | wire.Result:
        try:
            await asyncio.wait_for(self.connected.wait(), CONNECT_S)
        except TimeoutError:
            raise ToolFailed("no_scribe") from None
        req = next(self._numbers)
        answer: asyncio.Future[wire.Order | wire.Result] = asyncio.get_running_loop().create_future()
        self._asked[req] = answer
        self.put(make(req))
        try:
            return await asyncio.wait_for(answer, ANSWER_S)
        except TimeoutError:
            raise ToolFailed("timeout") from None
        finally:
            self._asked.pop(req, None)

    def _fail_asked(self) -> None:
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(ToolFailed("no_scribe"))
        self._asked.clear()


def _numbered(message: wire.UseTool | wire.Control, req: int) -> wire.UseTool | wire.Control:
    message.req = req
    return message


class ScribePort:
    """Implements `Port` for one call, and `Carrier` for its leg."""

    def __init__(self, link: ScribeLink, call_id: str) -> None:
        self.link = link
        self.call_id = call_id
        self.unacknowledged: dict[int, wire.Happened] = {}
        self.ended = False
        self._seq = 0
        self._sound = 0
        self._gap: tuple[int, int] | None = None

    def emit(self, event: CallEvent) -> None:
        kind = event.__struct_config__.tag
        if len(self.unacknowledged) >= HELD_EVENTS and kind not in KEPT:
            return
        if kind == "ended":
            self._tell_gap()
        self._seq += 1
        message = wire.Happened(self.call_id, self._seq, event)
        self.unacknowledged[self._seq] = message
        self.ended = self.ended or kind == "ended"
        self.link.put((self, message))

    def audio(self, piece: AudioPiece) -> None:
        if self._sound + len(piece.pcm) > HELD_SOUND or self.link.sound + len(piece.pcm) > HELD_SOUND_OF_ALL:
            end = piece.start_ms + len(piece.pcm) * 1000 // (4 * piece.sample_rate)
            self._gap = (self._gap[0] if self._gap else piece.start_ms, end)
            return
        self._tell_gap()
        self._sound += len(piece.pcm)
        self.link.sound += len(piece.pcm)
        self.link.put((self, wire.Recorded(self.call_id, piece)))

    def _tell_gap(self) -> None:
        if self._gap is not None:
            (start_ms, end_ms), self._gap = self._gap, None
            self.emit(Gap(at_ms=end_ms, start_ms=start_ms, end_ms=end_ms))

    async def use(self, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        reply = await self.link.ask(self.call_id, wire.UseTool(0, self.call_id, tool, arguments))
        if not reply.ok:
            raise ToolFailed(reply.code)
        return reply.result

    async def transfer(self, number: str) -> TransferResult:
        try:
            reply = await self.link.ask(self.call_id, wire.Control(0, self.call_id, "transfer", number))
        except ToolFailed as problem:
            return TransferResult(False, str(problem))
        return TransferResult(reply.ok, reply.code)

    async def hang_up(self) -> None:
        # The socket is closed after this in any case; the carrier's own hang-up only makes sure.
        with contextlib.suppress(ToolFailed):
            await self.link.ask(self.call_id, wire.Control(0, self.call_id, "hang_up"))

    def left(self, message: wire.Happened | wire.Recorded) -> None:
        if isinstance(message, wire.Recorded):
            self._sound -= len(message.piece.pcm)
            self.link.sound -= len(message.piece.pcm)

    def acknowledged(self, seq: int) -> bool:
        """True when nothing more is awaited of this call."""
        for held in [held for held in self.unacknowledged if held <= seq]:
            del self.unacknowledged[held]
        return self.ended and not self.unacknowledged
