"""The loop's door: websockets of the lines that listen here, and `/health`. One `Door` per process."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.util
import json
import math
import pkgutil
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import structlog
from picows import (
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
    ws_create_server,
)

from ringtrue.media.gathering import Gathering, wait_for
from ringtrue.voice.lines.browser.member import MemberLeg
from ringtrue.voice.lines.socket_leg import Peer, SocketLeg

log = structlog.get_logger(__name__)

LARGEST_MESSAGE = 64 * 1024
FRAME_HEAD = 8  # bytes of a client's frame before its payload of 126 to 65,535 (RFC 6455, 5.2)
UNREAD = 256 * 1024  # bytes that a peer may leave unread (8 s of the browser line) before it is cut off
TEXT = WSMsgType.TEXT
TICKET_S = 10.0  # a connection that has not named its ticket by then is closed
HOUSES = ("ringtrue.voice.lines", "ringtrue.hosted")  # of the second only the folders of engines are loaded, which know no Django
WAITING_ROOM = 200  # connections without a call: more are turned away

Admit = Callable[[SocketLeg], Awaitable[None]]


def listening_lines() -> dict[str, type[SocketLeg]]:
    """Path -> class of the leg: every folder under `voice/lines`, and of a hosted engine, whose module `media` names a `LEG`."""
    found: dict[str, type[SocketLeg]] = {}
    for house in HOUSES:
        for module in pkgutil.iter_modules(importlib.import_module(house).__path__):
            name = f"{house}.{module.name}.media"
            leg = getattr(importlib.import_module(name), "LEG", None) if module.ispkg and importlib.util.find_spec(name) else None
            if leg is not None:
                found[f"/{module.name}"] = leg
    return found


class Door:
    """`admit` is given a leg whose ticket is named; it serves the call and returns when it is over."""

    def __init__(self, admit: Admit, health: Callable[[], dict[str, Any]], origin: str) -> None:
        self._admit = admit
        self._health = health
        self._origin = origin
        self._lines: dict[str, type[SocketLeg]] = {**listening_lines(), "/member": MemberLeg}
        self._server: asyncio.Server | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self.gathering = Gathering()
        self.waiting = 0
        self.connections: set[Peer] = set()

    async def open(self, host: str, port: int) -> int:
        """The port it listens on. Raises OSError when it is taken."""
        self._server = await ws_create_server(
            self._route, host, port, max_frame_size=LARGEST_MESSAGE, enable_auto_ping=True, websocket_handshake_timeout=5
        )
        self._sweeping = asyncio.create_task(self.gathering.run())
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._sweeping is not None:
            self._sweeping.cancel()
        for connection in list(self.connections):
            connection.close(WSCloseCode.GOING_AWAY.value)

    def _route(self, request: WSUpgradeRequest) -> Any:
        address = urlsplit(request.path.decode("latin-1"))
        if address.path == "/health":
            body = json.dumps(self._health()).encode()
            return WSUpgradeResponseWithListener(
                WSUpgradeResponse.create_ok_response(body, {"Content-Type": "application/json", "Cache-Control": "no-store"}),
                None,
            )
        # An engine adds its own name of the call; whose call it is, the ticket tells.
        line = self._lines.get(address.path) or self._lines.get(address.path.rpartition("/")[0])
        if line is None:
            return None
        if line.origin_checked and request.headers.get("Origin") != self._origin:
            log.warning("connection refused", line=line.line, code="origin")
            return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(403), None)
        if self.full:
            return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(503), None)
        return Connection(self, line, {**dict(parse_qsl(address.query)), "origin": request.headers.get("Origin") or ""})

    def enter(self, connection: Peer, leg: SocketLeg) -> asyncio.Task[None]:
        """A connection that has not named its ticket yet. It holds the task."""
        self.waiting += 1
        self.connections.add(connection)
        return asyncio.create_task(self._serve(connection, leg))

    @property
    def full(self) -> bool:
        return self.waiting >= WAITING_ROOM

    async def _serve(self, connection: Peer, leg: SocketLeg) -> None:
        try:
            async with asyncio.timeout(TICKET_S):
                await leg.ticket
        except (TimeoutError, asyncio.CancelledError):
            connection.close(WSCloseCode.POLICY_VIOLATION.value)
            return
        finally:
            self.waiting -= 1  # the ticket is named, or never will be
        await self._admit(leg)
        connection.close()


class Connection(WSListener):
    """Implements `Peer` for a leg over one websocket."""

    def __init__(self, door: Door, line: type[SocketLeg], query: dict[str, str]) -> None:
        super().__init__()
        self._door = door
        self._line = line
        self._query = query
        self._transport: WSTransport | None = None
        self._leg: SocketLeg | None = None
        self._task: asyncio.Task[None] | None = None
        self._parts = bytearray()
        self._parts_type = WSMsgType.TEXT
        self._size = 0  # bytes of the last message

    # From the socket.

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self._leg = self._line(self, self._query)
        self._query = {}
        self._task = self._door.enter(self, self._leg)
        self._door.gathering.come(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind is TEXT and frame.fin and not self._parts and self._leg is not None:  # nearly every frame there is
            data = frame.get_payload_as_bytes()
            self._size = len(data)
            self._leg.text(data)
        elif kind == WSMsgType.CLOSE:
            if self._leg is not None:
                self._leg.closed(clean=frame.get_close_code() in (WSCloseCode.OK, WSCloseCode.GOING_AWAY, WSCloseCode.NO_INFO))
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
        elif kind in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION):
            self._message(kind, frame.get_payload_as_bytes(), frame.fin)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._transport = None
        self._door.connections.discard(self)
        self._door.gathering.gone(self)
        if self._leg is not None:
            self._leg.closed(clean=False)

    @property
    def heard_at(self) -> float:
        """See `gathering.Gathered`."""
        return -math.inf if self._leg is None else self._leg.heard_at

    def gather(self, on: bool) -> None:
        """See `gathering.Gathered`."""
        if self._transport is not None:
            # more than one message of the size, less than two
            wait_for(self._transport.underlying_transport, self._size * 3 // 2 + FRAME_HEAD if on else 1)

    def _message(self, kind: WSMsgType, payload: bytes, whole: bool) -> None:
        self._size = len(payload)
        if kind == WSMsgType.CONTINUATION or not whole:
            if kind != WSMsgType.CONTINUATION:
                self._parts_type = kind
                self._parts.clear()
            self._parts += payload
            if len(self._parts) > LARGEST_MESSAGE:
                self.close(WSCloseCode.MESSAGE_TOO_BIG.value)
                return
            if not whole:
                return
            kind, payload = self._parts_type, bytes(self._parts)
            self._parts.clear()
        assert self._leg is not None
        if kind == WSMsgType.TEXT:
            self._leg.text(payload)
        else:
            self._leg.binary(payload)

    # To the socket.

    def send_text(self, text: bytes) -> None:
        self._send(WSMsgType.TEXT, text)

    def send_bytes(self, data: bytes) -> None:
        self._send(WSMsgType.BINARY, data)

    def close(self, code: int = 1000) -> None:
        if self._transport is not None and not self._transport.is_close_frame_sent:
            self._transport.send_close(WSCloseCode(code))
            self._transport.disconnect()

    def _send(self, kind: WSMsgType, data: bytes) -> None:
        transport = self._transport
        if transport is None or transport.is_close_frame_sent:
            return
        if transport.underlying_transport.get_write_buffer_size() > UNREAD:
            # A stalled peer must not make us hold its audio for ever; the call ends as a broken line.
            log.warning("stalled peer cut off", line=self._line.line)
            with contextlib.suppress(OSError):
                transport.disconnect(graceful=False)
            return
        transport.send(kind, data)
