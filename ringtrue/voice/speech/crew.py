"""Worker processes of one kind behind one bounded queue; `pool.py` says what they are for."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import sys
from pathlib import Path
from typing import Protocol

import msgspec

from ringtrue.voice.speech.jobs import LARGEST, LENGTH, Answer, Done, Failed, Job, Ready

_JOB_LIMIT_S = 30.0
_START_LIMIT_S = 120.0
_FIRST_GUESS_S = 0.2  # what a job takes before any was done
_LEARNING = 0.1  # weight of the newest job in what a job usually takes


class PoolFailed(Exception):
    """`str(self)` is a code: "busy", "restarted", "timeout", "closed", or the class name of what went wrong in the worker."""


class Hands(Protocol):
    """Whoever does jobs: a crew of processes, or this very process."""

    async def do(self, job: Job, urgency: int = 1) -> bytes:
        """The answer's data. Lower `urgency` goes first. Raises PoolFailed."""
        ...


class _Order:
    """One job on its way. Lower `urgency` first, then first come, first served."""

    def __init__(self, urgency: int, number: int, job: Job) -> None:
        self.rank = (urgency, number)
        self.job = job
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def __lt__(self, other: _Order) -> bool:
        return self.rank < other.rank

    def fail(self, code: str) -> None:
        if not self.answer.done():
            self.answer.set_exception(PoolFailed(code))


class Crew:
    """`size` workers. A worker that dies is started again, with a growing pause when it keeps dying."""

    def __init__(self, kind: str, size: int, backlog: int, folder: Path | None, niceness: int) -> None:
        self.kind, self.size, self.backlog = kind, size, backlog
        self._command = [sys.executable, "-m", "ringtrue.voice.speech.worker", kind, str(folder or ""), str(niceness)]
        self._waiting: asyncio.PriorityQueue[_Order] = asyncio.PriorityQueue()
        self._tasks: list[asyncio.Task[None]] = []
        self._number = 0
        self._closed = False
        self.pids: list[int] = []
        self.restarts = 0
        self._usual_s = _FIRST_GUESS_S
        self._waiters: set[_Order] = set()  # given and not begun, without those whose asker is gone
        self._start_s = 0.0  # how long a worker takes to load
        self._began: dict[int, float] = {}  # process id -> when it was given the job it has, by the loop's clock

    async def start(self) -> None:
        """Returns when every worker has loaded its models. Raises PoolFailed."""
        starting: list[asyncio.Future[None]] = []
        for _ in range(self.size):
            up: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            starting.append(up)
            self._tasks.append(asyncio.create_task(self._keep(up), name=f"speech-{self.kind}"))
        for failed in [r for r in await asyncio.gather(*starting, return_exceptions=True) if r is not None]:
            raise failed

    async def stop(self) -> None:
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        while not self._waiting.empty():
            self._waiting.get_nowait().fail("closed")

    @property
    def waiting_s(self) -> float:
        """How long a job given now would wait before a worker takes it, estimated from what jobs took lately and from how long the
        workers have been at theirs; 0.0 while one is idle. A job that takes longer than usual is awaited as long again, so a worker
        that hangs shows; while none is up it is the time that a start takes. `inf` once closed. Seconds; read on the loop."""
        if self._closed:
            return math.inf
        if not self.pids:
            return self._start_s + self._usual_s * len(self._waiters) / max(self.size, 1)
        if len(self._waiters) < len(self.pids) - len(self._began):
            return 0.0
        now = asyncio.get_running_loop().time()
        running = sum(abs(self._usual_s - (now - began)) for began in self._began.values())
        return (self._usual_s * len(self._waiters) + running) / len(self.pids)

    async def do(self, job: Job, urgency: int = 1) -> bytes:
        if self._closed:
            raise PoolFailed("closed")
        if len(self._waiters) >= self.backlog:
            raise PoolFailed("busy")
        self._number += 1
        order = _Order(urgency, self._number, job)
        self._waiters.add(order)
        order.answer.add_done_callback(lambda _: self._waiters.discard(order))
        self._waiting.put_nowait(order)
        return await order.answer

    async def _keep(self, up: asyncio.Future[None]) -> None:
        """One worker's life, and the next one's."""
        pause = 0.5
        while True:
            worker = _Worker()
            launched = asyncio.get_running_loop().time()
            try:
                await worker.launch(self._command)
                self._start_s = asyncio.get_running_loop().time() - launched
                self.pids.append(worker.pid)
                pause = 0.5
                if not up.done():
                    up.set_result(None)
                await self._serve(worker)
            except (OSError, EOFError, TimeoutError, msgspec.MsgspecError, PoolFailed):
                if not up.done():  # it never ran: tell whoever starts the pool, and do not try for ever
                    up.set_exception(PoolFailed(f"{self.kind}_worker_did_not_start"))
                    return
                self.restarts += 1
            finally:
                self._began.pop(worker.pid, None)
                if worker.pid in self.pids:
                    self.pids.remove(worker.pid)
                await worker.end()
            await asyncio.sleep(pause)
            pause = min(2 * pause, 30.0)

    async def _serve(self, worker: _Worker) -> None:
        """Does jobs until the worker dies, then raises. The answer to a job is the only thing a worker ever says, so a read is
        always open: that it ends tells at once that an idle worker died."""
        reading = asyncio.ensure_future(worker.receive())
        asking: asyncio.Future[_Order] | None = None
        try:
            while True:
                asking = asyncio.ensure_future(self._waiting.get())
                await asyncio.wait({reading, asking}, return_when=asyncio.FIRST_COMPLETED)
                if reading.done():
                    reading.result()  # raises what ended it
                    raise PoolFailed("spoke_out_of_turn")
                order = asking.result()
                asking = None
                if order.answer.done():  # cancelled while it waited
                    continue
                self._waiters.discard(order)
                began = self._began[worker.pid] = asyncio.get_running_loop().time()
                try:
                    await worker.send(order.job)
                    answer = await asyncio.wait_for(asyncio.shield(reading), _JOB_LIMIT_S)
                except asyncio.CancelledError:
                    order.fail("closed")
                    raise
                except TimeoutError:
                    order.fail("timeout")
                    raise
                except (OSError, EOFError, msgspec.MsgspecError, PoolFailed):
                    order.fail("restarted")
                    raise
                del self._began[worker.pid]
                self._usual_s += _LEARNING * (asyncio.get_running_loop().time() - began - self._usual_s)
                reading = asyncio.ensure_future(worker.receive())
                if isinstance(answer, Done):
                    if not order.answer.done():
                        order.answer.set_result(answer.data)
                else:
                    order.fail(answer.code if isinstance(answer, Failed) else "spoke_out_of_turn")
        finally:
            reading.cancel()
            with contextlib.suppress(BaseException):
                await reading
            if asking is not None:
                asking.cancel()
                if asking.done() and not asking.cancelled():  # taken from the queue and never begun
                    self._waiting.put_nowait(asking.result())


class _Worker:
    """One process and its pipes."""

    pid = 0

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None

    async def launch(self, command: list[str]) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 20,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
        )
        self.pid = self._process.pid
        if not isinstance(await asyncio.wait_for(self.receive(), _START_LIMIT_S), Ready):
            raise PoolFailed("spoke_out_of_turn")

    async def send(self, job: Job) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        packed = msgspec.msgpack.encode(job)
        self._process.stdin.write(LENGTH.pack(len(packed)) + packed)
        await self._process.stdin.drain()

    async def receive(self) -> Answer:
        assert self._process is not None
        assert self._process.stdout is not None
        length = LENGTH.unpack(await self._process.stdout.readexactly(LENGTH.size))[0]
        if length > LARGEST:
            raise PoolFailed("too_long")
        answer: Answer = _decode_answer(await self._process.stdout.readexactly(length))
        return answer

    async def end(self) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if self._process.returncode is None:
                self._process.kill()
        # all its pipes, and before anything is awaited: this may be cancelled, and the loop gone when the transport is collected
        self._process._transport.close()  # type: ignore[attr-defined]
        await asyncio.shield(self._process.wait())


_decode_answer = msgspec.msgpack.Decoder(Answer).decode
