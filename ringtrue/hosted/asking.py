"""One question to the media process that holds a call, on behalf of an engine that asks over HTTP (`voice/lines/asked_leg.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import structlog
from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from ringtrue.core.configuring import CONFIG
from ringtrue.voice.lines.asked_leg import Question, Reply

log = structlog.get_logger(__name__)

_reply = msgspec.json.Decoder(Reply).decode


def address() -> str:
    """Of our own media process."""
    return f"ws://127.0.0.1:{CONFIG.media_port}"


class _Listener(WSListener):
    def __init__(self) -> None:
        super().__init__()
        self.replies: asyncio.Queue[Reply | None] = asyncio.Queue()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.replies.put_nowait(_reply(frame.get_payload_as_bytes()))
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.replies.put_nowait(None)


async def ask(line: str, question: Question) -> AsyncIterator[Reply]:
    """Each part of the answer as soon as it stands. Where nobody holds the call, the last one says "refused"."""
    try:
        transport, listener = await ws_connect(_Listener, f"{address()}/{line}")
        assert isinstance(listener, _Listener)
    except (OSError, WSError) as problem:
        log.error("media process not reached", line=line, problem=type(problem).__name__)
        yield Reply(then="refused")
        return
    try:
        transport.send(WSMsgType.TEXT, msgspec.json.encode(question))
        while (reply := await listener.replies.get()) is not None:
            yield reply
    finally:
        transport.disconnect()


async def tell(line: str, last: Question) -> None:
    """That the call is over. Where nobody holds it any more, nothing happens."""
    async for _ in ask(line, last):
        pass
