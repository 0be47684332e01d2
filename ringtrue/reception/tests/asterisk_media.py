"""The two ways in which the stand-in for an Asterisk gives us a caller's sound: chan_websocket, with a queue that is re-timed, flushed and full
at 900 frames, and AudioSocket over TCP. What we send is checked as it comes: `faults` holds what a real one would have dropped or hung up
for.
"""

from __future__ import annotations

import asyncio
import struct
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
from picows import WSFrame, WSListener, WSMsgType, WSTransport

from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode

COMMANDS = {
    "ANSWER", "HANGUP", "START_MEDIA_BUFFERING", "STOP_MEDIA_BUFFERING", "FLUSH_MEDIA", "PAUSE_MEDIA", "CONTINUE_MEDIA", "GET_STATUS",
    "REPORT_QUEUE_DRAINED",
}  # fmt: skip
SILENCE = bytes(320)


class Media(ABC):
    """The caller's side of one connection: 20 ms of PCM16 at 8 kHz every 20 ms, both ways. `heard`: as the caller heard it."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.faults: list[str] = []
        self.closed = asyncio.Event()
        self.answered = False
        self.hung_up = False  # by the caller
        self._to_say: deque[bytes] = deque()
        self._queue: deque[bytes] = deque()  # of the driver: what is to be played to the caller

    def say(self, pcm: bytes) -> None:
        self._to_say.extend(pcm[at : at + 320].ljust(320, b"\0") for at in range(0, len(pcm), 320))

    @property
    def said(self) -> bool:
        return not self._to_say

    def speaking(self) -> bool:
        """Whether the caller hears the agent, or has heard it in the last 400 ms."""
        return bool(np.abs(np.frombuffer(bytes(self.heard[-6400:]), "<i2").astype(int)).max(initial=0) > 200)

    async def until(self, done: Callable[[], bool], seconds: float = 60) -> None:
        async with asyncio.timeout(seconds):
            while not done():  # noqa: ASYNC110 - what is awaited is what the caller hears, not an event
                await asyncio.sleep(0.02)

    async def over(self) -> None:
        async with asyncio.timeout(60):
            await self.closed.wait()

    async def clock(self) -> None:
        loop = asyncio.get_running_loop()
        begin, frames = loop.time(), 0
        while not self.closed.is_set():
            self.send_sound(self._to_say.popleft() if self._to_say else SILENCE)
            self.heard += self._queue.popleft() if self._queue else SILENCE
            frames += 1
            await asyncio.sleep(max(0.0, begin + frames * 0.02 - loop.time()))

    @abstractmethod
    def send_sound(self, pcm: bytes) -> None: ...

    @abstractmethod
    def press(self, digit: str) -> None: ...

    @abstractmethod
    def hang_up(self) -> None: ...


class WebSocketChannel(Media, WSListener):
    """chan_websocket with the codec ulaw (https://docs.asterisk.org/Configuration/Channel-Drivers/WebSocket/)."""

    def __init__(self) -> None:
        Media.__init__(self)
        WSListener.__init__(self)
        self.commands: list[str] = []
        self._transport: WSTransport | None = None
        self._full = False

    def notify(self, event: str, **fields: Any) -> None:
        words = [event, *(f"{name}:{value}" for name, value in fields.items())]
        if self._transport is not None and not self._transport.is_close_frame_sent:
            self._transport.send(WSMsgType.TEXT, " ".join(words).encode())

    def send_sound(self, pcm: bytes) -> None:
        if self._transport is not None and not self._transport.is_close_frame_sent:
            self._transport.send(WSMsgType.BINARY, ulaw_encode(pcm))
        if self._full and len(self._queue) < 800:
            self._full = False
            self.notify("MEDIA_XON")

    def press(self, digit: str) -> None:
        self.notify("DTMF_END", digit=digit)

    def hang_up(self) -> None:
        self.hung_up = True
        assert self._transport is not None
        self._transport.send_close()
        self._transport.disconnect()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self.notify(
            "MEDIA_START", connection_id="e226e283-c90a-4ea9-9e37-389000b9ef47", channel="WebSocket/ringtrue/0x7f", format="ulaw",
            optimal_frame_size=160, ptime=20,
        )  # fmt: skip

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.closed.set()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        data = frame.get_payload_as_bytes()
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close()
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            self._command(data.decode())
        elif not self.answered:
            self.faults.append("sound before the answer")
        elif len(data) > 65500 or len(data) % 160:
            self.faults.append(f"a message of {len(data)} bytes")
        elif len(self._queue) >= 1000:
            self.faults.append("sound for a full queue")
        else:
            pcm = ulaw_decode(data)
            self._queue.extend(pcm[at : at + 320] for at in range(0, len(pcm), 320))
            if len(self._queue) >= 900 and not self._full:
                self._full = True
                self.notify("MEDIA_XOFF")

    def _command(self, name: str) -> None:
        self.commands.append(name)
        if name not in COMMANDS:
            self.faults.append(f"no such command: {name}")
        elif name == "ANSWER":
            self.answered = True
        elif name == "FLUSH_MEDIA":
            self._queue.clear()
        elif name == "HANGUP":
            assert self._transport is not None
            self._transport.send_close()
            self._transport.disconnect()


class AudioSocketStream(Media):
    """The application AudioSocket() (https://docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket/). Nothing can be taken back:
    `longest` is the most that ever waited, in frames."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = True
        self.longest = 0
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self, host: str, port: int, name: str) -> None:
        reader, self._writer = await asyncio.open_connection(host, port)
        self._send(0x01, UUID(name).bytes)
        self._reading = asyncio.create_task(self._read(reader))

    def send_sound(self, pcm: bytes) -> None:
        self._send(0x10, pcm)

    def press(self, digit: str) -> None:
        self._send(0x03, digit.encode())

    def hang_up(self) -> None:
        self.hung_up = True
        self._send(0x00, b"")
        assert self._writer is not None
        self._writer.close()

    def _send(self, kind: int, payload: bytes) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(struct.pack(">BH", kind, len(payload)) + payload)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        assert self._writer is not None
        try:
            while True:
                kind, size = struct.unpack(">BH", await reader.readexactly(3))
                payload = await reader.readexactly(size)
                if kind == 0x00:
                    break
                if kind != 0x10 or size != 320:
                    self.faults.append(f"type {kind} of {size} bytes")
                self._queue.append(payload)
                self.longest = max(self.longest, len(self._queue))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        self._writer.close()
        self.closed.set()
