"""Calls at Vapi as they go, in one process: the web over a real port, the media process's loop and door behind it, our brain, and the scribe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

from ringtrue.hosted import asking
from ringtrue.hosted.tests.words import OneAnswer, redeem
from ringtrue.hosted.vapi.tests.completions_client import Model
from ringtrue.media.carrier_control import control
from ringtrue.media.direct_port import DirectPort
from ringtrue.media.loop import Loop
from ringtrue.media.loop_port import Refused
from ringtrue.media.loop_sockets import Door
from ringtrue.media.scribe import Scribe, TicketRefused
from ringtrue.voice.agent import CallOrder
from ringtrue.voice.call.office import Office
from ringtrue.voice.events import CallEvent, Ended
from ringtrue.voice.lines.carrier import ControlFailed
from ringtrue.voice.lines.leg import TransferResult


class Port(DirectPort):
    """Of the loop: also the carrier that the leg asks for a transfer."""

    def __init__(self, scribe: Scribe, call_id: str) -> None:
        super().__init__(scribe, call_id)
        self.over = asyncio.Event()
        self._of = (scribe, call_id)

    @property
    def ended(self) -> bool:
        return self.over.is_set()

    def emit(self, event: CallEvent) -> None:
        super().emit(event)
        if isinstance(event, Ended):
            self.over.set()

    async def transfer(self, number: str) -> TransferResult:
        scribe, call_id = self._of
        call = scribe.call_of(call_id)
        assert call is not None
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, control, call, "transfer", number)
        except ControlFailed as failure:
            return TransferResult(False, str(failure))
        return TransferResult(True)

    async def hang_up(self) -> None: ...


class Link:
    """In the place of the wire to the scribe."""

    def __init__(self) -> None:
        self.scribe = Scribe()
        self.ports: list[Port] = []

    async def redeem(self, token: str, line: str, origin: str) -> CallOrder:
        try:
            return await asyncio.to_thread(redeem, self.scribe, token, line)
        except TicketRefused as refusal:
            raise Refused(str(refusal)) from None

    def open(self, call_id: str) -> Port:
        self.ports.append(Port(self.scribe, call_id))
        return self.ports[-1]


@asynccontextmanager
async def media(link: Any, new_brain: Callable[[CallOrder], Any]) -> AsyncIterator[Loop]:
    """The loop's door, where questions about calls arrive."""
    office = Office(recognizers=(), voices=(), new_brain=new_brain, activity=None)  # type: ignore[arg-type]
    loop = Loop(office, link)
    door = Door(loop.admit, dict, "https://ringtrue.example")
    port = await door.open("127.0.0.1", 0)
    try:
        with patch.object(asking, "address", lambda: f"ws://127.0.0.1:{port}"):
            yield loop
    finally:
        await door.close()


@asynccontextmanager
async def web() -> AsyncIterator[str]:
    import uvicorn

    from ringtrue.core.asgi import application

    running = uvicorn.Server(uvicorn.Config(application, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    task = asyncio.create_task(running.serve())
    while not running.started:
        assert not task.done(), "the server did not start"
        await asyncio.sleep(0.02)
    yield f"http://localhost:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    await task


async def hold_words(
    agent: dict[str, Any], call: dict[str, Any], says: list[str], over: Callable[[str, list[dict[str, str]]], Awaitable[None]]
) -> Model:
    """One call, from Vapi's first question to its end. `over(address, messages)` sends its last webhook."""
    link = Link()
    async with asyncio.timeout(120), media(link, lambda _: OneAnswer()), web() as host:
        far = Model(agent, call, host)
        await far.begins()
        for text in says:
            await far.says(text)
        await over(host, far.messages)
        for port in link.ports:
            await port.over.wait()
        await far.sdk.close()
    for port in link.ports:
        await port.finished()
    assert (far.wrong, [port.failures for port in link.ports]) == ([], [0])
    return far
