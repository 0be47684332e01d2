"""What one loop tells of all its calls, collected for a moment and then stored at once.

When the scribe dies, events are told again by the loop. Of the sound, what was on its way is lost: of each call at most the piece that
had just left (`CallSettings.piece`), if it came in within the collecting time and the writing of a batch. When a loop dies, the piece
that it was filling is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from ringtrue.media import wire

log = structlog.get_logger(__name__)

COLLECT_S = 0.15  # what all calls tell in this time is stored in one transaction
MOST_WAITING = 2_000  # messages that wait here


class Writer:
    """What one loop tells of all its calls: collected for a moment, then stored at once. One thread at a time, in order."""

    def __init__(
        self,
        scribe: Any,
        in_thread: Callable[..., Awaitable[Any]],
        reply: Callable[[wire.FromScribe], None],
        ended: Callable[[], None],
    ) -> None:
        self._scribe = scribe
        self._in_thread = in_thread
        self._reply = reply
        self._call_ended = ended
        self._waiting: list[wire.Happened | wire.Recorded] = []
        self._more = asyncio.Event()
        self._hurry = asyncio.Event()
        self._stored = asyncio.Condition()
        self._ends: set[asyncio.Task[None]] = set()
        # Ending a call costs four times what beginning one does, and nobody waits for it on the line: one at a time, so that
        # it never takes the threads from callers who wait for their greeting.
        self._one_end = asyncio.Semaphore(1)
        self._put = self._done = 0
        self.task = asyncio.create_task(self._run())

    def put(self, message: wire.Happened | wire.Recorded) -> None:
        self._waiting.append(message)
        self._put += 1
        self._more.set()

    @property
    def full(self) -> bool:
        return len(self._waiting) > MOST_WAITING

    async def stored(self) -> None:
        """Returns when everything that was put until now is stored, without the usual delay."""
        until = self._put
        self._hurry.set()
        async with self._stored:
            await self._stored.wait_for(lambda: self._done >= until)

    async def close(self) -> None:
        """What was put is stored, and what is over has its end; returns at once when the process is being torn down."""
        last = asyncio.create_task(self.stored())
        await asyncio.wait({last, self.task}, return_when=asyncio.FIRST_COMPLETED)
        last.cancel()
        await asyncio.gather(*self._ends, return_exceptions=True)
        self.task.cancel()

    async def _run(self) -> None:
        while True:
            await self._more.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), COLLECT_S)
            self._more.clear()
            self._hurry.clear()
            told, self._waiting = self._waiting, []
            over: list[str] = []
            try:
                over = await self._in_thread(self._scribe.store, told)
            except Exception:
                log.exception("messages not handled")
            acks = {message.call: message.seq for message in told if isinstance(message, wire.Happened)}
            for call in over:
                end = asyncio.create_task(self._end(call, acks.pop(call)))
                self._ends.add(end)
                end.add_done_callback(self._ends.discard)
            for call, seq in acks.items():
                self._reply(wire.Ack(call, seq))
            async with self._stored:
                self._done += len(told)
                self._stored.notify_all()

    async def _end(self, call: str, seq: int) -> None:
        try:
            async with self._one_end:
                await self._in_thread(self._scribe.end, call)
        except Exception:
            log.exception("call not ended", call=call)
        self._reply(wire.Ack(call, seq))
        self._call_ended()
