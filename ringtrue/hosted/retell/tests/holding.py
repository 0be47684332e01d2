"""A call at Retell as it goes, in one process: its websocket, our brain, and the scribe that the loop would have beside it."""

from __future__ import annotations

import asyncio
from typing import Any

from ringtrue.hosted.retell.tests.llm_socket import LlmSocket
from ringtrue.hosted.tests.words import OneAnswer, redeem
from ringtrue.media.direct_port import DirectPort
from ringtrue.media.scribe import Scribe
from ringtrue.voice.call.in_words import CallInWords
from ringtrue.voice.call.settings import CallSettings


async def hold_words(call: dict[str, Any], says: list[str]) -> LlmSocket:
    """One call, from the ticket that comes over the socket to its end, written by a scribe."""
    far = LlmSocket(call)
    async with asyncio.timeout(120):
        token = await far.leg.ticket
        scribe = Scribe()
        order = await asyncio.to_thread(redeem, scribe, token, "retell")
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
