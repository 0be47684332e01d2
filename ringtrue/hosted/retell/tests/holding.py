"""A call at Retell as it goes, in one process: its websocket, our brain, and the scribe that the loop would have beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from django.db import connection

from ringtrue.hosted.retell.tests.llm_socket import LlmSocket
from ringtrue.media.direct_port import DirectPort
from ringtrue.media.scribe import Scribe
from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Act, Ask, HeardTurn
from ringtrue.voice.call.in_words import CallInWords
from ringtrue.voice.call.settings import CallSettings


class OneAnswer:
    """A brain that needs no weights."""

    goal = "answered"

    async def prepare(self, order: CallOrder) -> None: ...

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Ask("How can I help?")

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        yield Ask("We open at nine.")

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        yield Ask("Are you there?")

    def facts(self) -> dict[str, Any]:
        return {}


def redeem(scribe: Scribe, token: str) -> CallOrder:
    try:
        return scribe.redeem(token, "retell")
    finally:
        connection.close()  # of this thread


async def hold_words(call: dict[str, Any], says: list[str]) -> LlmSocket:
    """One call, from the ticket that comes over the socket to its end, written by a scribe."""
    far = LlmSocket(call)
    async with asyncio.timeout(120):
        token = await far.leg.ticket
        scribe = Scribe()
        order = await asyncio.to_thread(redeem, scribe, token)
        port = DirectPort(scribe, order.call_id)
        task = asyncio.create_task(CallInWords(order, far.leg, OneAnswer(), port, CallSettings()).run())
        await far.answered()
        for text in says:
            await far.says(text)
        far.hangs_up()
        await task
        await port.finished()
    assert (far.wrong, port.failures) == ([], 0)
    return far
