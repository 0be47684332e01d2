"""Beginning an answer before the turn is over: on an early transcript, kept only when the turn is then exactly as foreseen.

Only for brains that say they may (`acts.Speculating`). Words are made ready and nothing is done: at the first tool, transfer or
hang-up the answer waits until the turn is really over.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Any

import structlog

from ringtrue.voice.brains.acts import Act, Ask, HangUp, HeardTurn, Say, Speculating, Transfer, Use
from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.faults import describe
from ringtrue.voice.port import ToolFailed

log = structlog.get_logger(__name__)

MOST_TRIES = 3
"""Early starts in one turn. A caller who pauses again and again is not answered each time: every start costs tokens."""


class Attempt:
    """One answer, begun early."""

    def __init__(self, heard: HeardTurn, brain: Speculating, clock: CallClock) -> None:
        self.heard = heard
        self.began_ms = clock.ms()
        self.first_ms = -1  # its first sentence stood
        self._brain = brain
        self._clock = clock
        self._source = brain.early(heard)
        self._ready: deque[Act] = deque()
        self._news = asyncio.Event()
        self._error: BaseException | None = None
        self._task = asyncio.create_task(self._pull())

    async def _pull(self) -> None:
        try:
            async for act in self._source:
                if self.first_ms < 0 and isinstance(act, Say | Ask):
                    self.first_ms = self._clock.ms()
                self._ready.append(act)
                self._news.set()
                if isinstance(act, Use | Transfer | HangUp):
                    return  # nothing is done before the turn is over
        except Exception as error:
            self._error = error
        finally:
            self._news.set()

    async def drop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        try:
            async with asyncio.timeout(1.0):
                await self._source.aclose()
        except Exception as error:
            log.warning("early_answer_not_closed", error=describe(error))
        self._brain.forget(self.heard.turn)

    async def acts(self) -> AsyncGenerator[Act, Any]:
        """What is ready, then the rest as it comes. Results of tools go back to the brain."""
        try:
            act: Act | None
            while True:
                while self._ready:
                    act = self._ready.popleft()
                    if not isinstance(act, Use | Transfer | HangUp):
                        yield act
                        continue
                    while act is not None:
                        act = await self._passed_on(act, (yield act))
                    return
                if self._task.done():
                    if self._error is not None:
                        raise self._error
                    return
                self._news.clear()
                await self._news.wait()
        except ToolFailed as failure:  # thrown in by the loop: only ever at a Use
            follow = await self._thrown(failure)
            while follow is not None:
                follow = await self._passed_on(follow, (yield follow))
        finally:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            await self._source.aclose()

    async def _passed_on(self, _: Act, result: Any) -> Act | None:
        try:
            return await self._source.asend(result)
        except StopAsyncIteration:
            return None

    async def _thrown(self, failure: ToolFailed) -> Act | None:
        try:
            return await self._source.athrow(failure)
        except StopAsyncIteration:
            return None


class Speculation:
    """`foresee(text)`: the turn as the brain would get it if it were over now, or None when nothing may be begun."""

    def __init__(self, brain: object, clock: CallClock, foresee: Callable[[str], HeardTurn | None]) -> None:
        self._brain = brain if isinstance(brain, Speculating) and brain.speculates else None
        self._clock = clock
        self._foresee = foresee
        self._attempt: Attempt | None = None
        self._dropping: asyncio.Task[None] | None = None
        self._turn = 0
        self._tries = 0
        self.kept = 0

    def words(self, text: str) -> None:
        """An early transcript: the caller is silent, and the turn may be over."""
        if self._brain is None or not text:
            return
        heard = self._foresee(text)
        if self._attempt is not None:
            if heard == self._attempt.heard:
                return
            self.moved_on()
        if heard is None or (self._dropping is not None and not self._dropping.done()):
            return
        if heard.turn != self._turn:
            self._turn, self._tries = heard.turn, 0
        if self._tries >= MOST_TRIES:
            return
        self._tries += 1
        self._attempt = Attempt(heard, self._brain, self._clock)

    def moved_on(self) -> None:
        """The caller goes on: what was foreseen is not so."""
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            self._dropping = asyncio.create_task(attempt.drop())

    async def take(self, heard: HeardTurn) -> Attempt | None:
        """The answer that was begun, when text and context are the same; otherwise it is thrown away."""
        attempt = self._attempt
        if attempt is not None and attempt.heard == heard and self._brain is not None:
            self._attempt = None
            self.kept += 1
            self._brain.keep(heard.turn)
            return attempt
        await self.close()
        return None

    async def close(self) -> None:
        self.moved_on()
        if self._dropping is not None:
            await asyncio.gather(self._dropping, return_exceptions=True)
            self._dropping = None
