"""An asyncio loop whose clock jumps to the next timer when nothing is ready: minutes of call in seconds of test.

Work outside the loop (threads of `run_in_executor`, processes of a speech pool) takes no virtual time by itself: while it runs the
clock stands still. `Timed*` wrappers then let as much time pass as the work cost (processor time of this process, so that a machine
that is busy with other things gives the same call), or as a test says that it costs.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.speech.kinds import Embedder, Expecting, Recognizer, Transcript, Voice

T = TypeVar("T")

DEADLOCK_S = 30.0
"""Real seconds without anything to wait for: a test has come to a stop and says so instead of hanging."""


class _Jumping(selectors.DefaultSelector):
    """Asks the operating system what is ready, and instead of waiting moves the clock on."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if self.loop.outside:
            return super().select(0.05)
        if timeout is None:
            ready = super().select(DEADLOCK_S)
            if not ready:
                raise RuntimeError("virtual time: nothing is scheduled and nothing will ever happen")
            return ready
        self.loop.moment += max(timeout, 1e-6)  # less would be lost in rounding, and time would stand still
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` begins at 1,000 s. `outside`: pieces of work going on outside the loop."""

    def __init__(self) -> None:
        self.moment = 1_000.0
        self.outside = 0
        selector = _Jumping()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.moment

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        future = super().run_in_executor(executor, func, *args)
        self.outside += 1
        future.add_done_callback(self._back)
        return future

    def _back(self, _: asyncio.Future[Any]) -> None:
        self.outside -= 1


def run(work: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


@contextlib.contextmanager
def standing_still() -> Iterator[None]:
    """Virtual time does not pass while something outside the loop is awaited. Does nothing on a normal loop."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        yield
        return
    loop.outside += 1
    try:
        yield
    finally:
        loop.outside -= 1


async def _cost(measured_ms: float, stated_ms: float | None) -> None:
    if isinstance(asyncio.get_running_loop(), VirtualLoop):
        await asyncio.sleep((measured_ms if stated_ms is None else stated_ms) / 1000)


class TimedRecognizer:
    """A real recognizer in virtual time; each transcript takes the CPU time that it says it cost, or `cost_ms`."""

    def __init__(self, inner: Recognizer, cost_ms: float | None = None) -> None:
        self.name = inner.name
        self._inner = inner
        self._cost_ms = cost_ms

    async def transcribe(
        self, pcm: bytes, sample_rate: int, *, expecting: Expecting = "open", hints: tuple[str, ...] = ()
    ) -> Transcript:
        with standing_still():
            began = time.process_time()
            heard = await self._inner.transcribe(pcm, sample_rate, expecting=expecting, hints=hints)
            took_ms = (time.process_time() - began) * 1000
        await _cost(heard.cpu_ms or took_ms, self._cost_ms)
        return heard


class TimedVoice:
    """A real voice in virtual time; a sentence comes as a whole, after the time that it took or `cost_ms`."""

    def __init__(self, inner: Voice, cost_ms: float | None = None) -> None:
        self.name = inner.name
        self._inner = inner
        self._cost_ms = cost_ms

    async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        with standing_still():
            began = time.process_time()
            pcm = b"".join([piece async for piece in self._inner.say(text, sample_rate)])
            took_ms = (time.process_time() - began) * 1000
        await _cost(took_ms, self._cost_ms)
        yield pcm


class TimedEmbedder:
    def __init__(self, inner: Embedder, cost_ms: float | None = None) -> None:
        self._inner = inner
        self._cost_ms = cost_ms

    async def embed(self, texts: list[str]) -> NDArray[np.float32]:
        with standing_still():
            began = time.process_time()
            rows = await self._inner.embed(texts)
            took_ms = (time.process_time() - began) * 1000
        await _cost(took_ms, self._cost_ms)
        return rows
