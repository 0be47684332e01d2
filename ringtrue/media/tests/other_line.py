"""A caller on another line, who is to notice nothing of what befalls the line under test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import Started
from ringtrue.media.tests.stub_speech import spoken
from ringtrue.reception.answering import open_call
from ringtrue.reception.tests.twilio_stand_in import TwilioCall


class OtherLine:
    """By Twilio at the loop of `port`, in a thread; has been greeted when this returns."""

    def __init__(self, shop: Started, port: int, to: str, caller: str) -> None:
        with workspace_scope(shop.workspace.id):
            _, ticket = open_call(shop.agent, line="twilio", from_number=caller, to_number=to)
        self._caller = TwilioCall(lambda *_: (500, b""), "", "AC", "token", to, caller)
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._begin(self._caller.connect(f"ws://127.0.0.1:{port}/twilio", ticket)).result(30)
        self._begin(self._spoken_to()).result(90)

    def asks(self) -> Callable[[], None]:
        """Begins to say something. What is returned waits until it was answered."""
        answered = self._begin(self._ask())
        return lambda: answered.result(90)

    def hang_up(self) -> None:
        self._begin(self._leave()).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _begin(self, work: Any) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _spoken_to(self) -> None:
        await self._caller.until(self._caller.speaking, 30)
        await self._caller.until(lambda: not self._caller.speaking(), 30)

    async def _ask(self) -> None:
        self._caller.say(spoken("question", 1.5))
        await self._spoken_to()

    async def _leave(self) -> None:
        await self._caller.hang_up()
        await self._caller._clock
