"""An utterance over a websocket of its own, for recognizers that are reached so: what is common to all of them."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import msgspec
from picows import WSError, WSFrame, WSHandshakeError, WSListener, WSMsgType, WSTransport, ws_connect

from ringtrue.voice.speech.kinds import RecognizerFailed, Transcript
from ringtrue.voice.trusting import trusted

HANDSHAKE_S = 2.0


class ConnectFailed(Exception):
    """`str(self)` is a code of ours: "unreachable", "timeout", "status_401"."""


async def open_socket(listener: WSListener, url: str, headers: Mapping[str, str]) -> None:
    """Raises ConnectFailed."""
    try:
        async with asyncio.timeout(HANDSHAKE_S):
            vouching = trusted() if url.startswith("wss:") else None
            await ws_connect(lambda: listener, url, ssl_context=vouching, extra_headers=headers, enable_auto_ping=True)
    except WSHandshakeError as error:
        status = error.response.status if error.response is not None else None
        raise ConnectFailed("broken_answer" if status is None else f"status_{int(status)}") from None
    except TimeoutError:
        raise ConnectFailed("timeout") from None
    except (WSError, OSError):
        raise ConnectFailed("unreachable") from None


class SocketStream(WSListener, ABC):  # type: ignore[misc]
    """Implements `Stream`. A provider's own class says how sound and the end are sent, and what each text message means: `_take`
    calls `_settle` or `_fail` in the end."""

    greeted = True  # False: nothing is sent before `_take` calls `_begin`

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        super().__init__()
        self.transport: WSTransport | None = None
        self.used = False  # something of a caller's was given to it
        self._waiting = bytearray()  # until it may be sent
        self._begun = False
        self._finishing = False
        self._done: asyncio.Future[Transcript] = asyncio.get_running_loop().create_future()
        self._done.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._opening = asyncio.create_task(self._open(url, headers))

    @property
    def over(self) -> bool:
        """It has failed, was left, or has answered."""
        return self._done.done()

    @abstractmethod
    def _send(self, pcm: bytes) -> None: ...

    @abstractmethod
    def _end(self) -> None:
        """Ask for everything now."""

    @abstractmethod
    def _take(self, message: bytes) -> None:
        """May raise msgspec.DecodeError, IndexError: then the answer is broken."""

    def _farewell(self) -> None:
        """Before it is closed from here."""

    def feed(self, pcm: bytes) -> None:
        self.used = True
        if self._begun:
            self._send(pcm)
        else:
            self._waiting += pcm

    async def finish(self) -> Transcript:
        self._finishing = self.used = True
        try:
            if self._begun:
                self._end()
            return await self._done
        finally:
            self.leave()

    def leave(self) -> None:
        self._opening.cancel()
        self._done.cancel()
        if self.transport is not None:
            self._farewell()
            self.transport.disconnect()
            self.transport = None

    def tell(self, message: Mapping[str, Any]) -> None:
        if self.transport is not None:
            self.transport.send(WSMsgType.TEXT, msgspec.json.encode(message))

    def _settle(self, heard: Transcript) -> None:
        if not self._done.done():
            self._done.set_result(heard)

    def _fail(self, code: str) -> None:
        if not self._done.done():
            self._done.set_exception(RecognizerFailed(code))

    async def _open(self, url: str, headers: Mapping[str, str]) -> None:
        try:
            await open_socket(self, url, headers)
        except ConnectFailed as failure:
            self._fail(str(failure))
        else:
            if self.greeted:
                self._begin()

    def _begin(self) -> None:
        self._begun = True
        if self._waiting:
            self._send(bytes(self._waiting))
            self._waiting.clear()
        if self._finishing:
            self._end()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            try:
                self._take(frame.get_payload_as_bytes())
            except (msgspec.DecodeError, IndexError):
                self._fail("broken_answer")
        elif frame.msg_type == WSMsgType.CLOSE:
            self._fail(f"closed_{int.from_bytes(frame.get_payload_as_bytes()[:2])}")
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.transport = None
        self._fail("closed")
