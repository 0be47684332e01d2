"""The loop's door, over a real socket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from ringtrue.hosted.metadata import metadata
from ringtrue.hosted.retell.media import RetellLeg
from ringtrue.media.loop_sockets import Door
from ringtrue.voice.lines.socket_leg import SocketLeg


class Far(WSListener):
    """Retell, over a real socket."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.texts.put_nowait(json.loads(frame.get_payload_as_bytes()))


async def test_the_loop_listens_at_the_address_with_the_engines_own_name_of_the_call() -> None:
    tickets: asyncio.Queue[str] = asyncio.Queue()

    async def admit(leg: SocketLeg) -> None:
        assert isinstance(leg, RetellLeg)
        tickets.put_nowait(leg.ticket.result())

    door = Door(admit, dict, "https://ringtrue.example")
    port = await door.open("127.0.0.1", 0)
    transport, far = await ws_connect(Far, f"ws://127.0.0.1:{port}/retell/call_1")
    async with asyncio.timeout(60):
        assert (await far.texts.get())["config"]["call_details"] is True
        transport.send(WSMsgType.TEXT, json.dumps({"interaction_type": "ping_pong", "timestamp": 5}).encode())
        assert await far.texts.get() == {"response_type": "ping_pong", "timestamp": 5}
        details = {"interaction_type": "call_details", "call": {"call_id": "call_1", "metadata": metadata("c", "ticket-1")}}
        transport.send(WSMsgType.TEXT, json.dumps(details).encode())
        assert await tickets.get() == "ticket-1"
    await door.close()
