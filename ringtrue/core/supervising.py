"""One parent for all processes: starts them, starts them again when they die, and stops every one of them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

from ringtrue.core.forking import Forked, may_fork

STOP_S = 8.0


class Part(msgspec.Struct, kw_only=True):
    """One process of ours. `alive` asks it (over HTTP or its socket) whether it works, not only whether it exists."""

    name: str
    command: list[str]
    alive: Callable[[], bool]
    module: str = ""  # what `command` runs, when it may as well be forked from the parent
    environment: dict[str, str] | None = None  # None: the parent's
    process: subprocess.Popen[bytes] | Forked | None = None
    started_at: float = 0.0
    failures: int = 0
    log: IO[bytes] | None = None


class Supervisor:
    def __init__(self, parts: list[Part], logs: Path, say: Callable[[str], None]) -> None:
        self.parts = parts
        self.logs = logs
        self.say = say
        self.stopping = False
        self.on_demand: list[tuple[Path, Part]] = []  # started once the file is there
        logs.mkdir(parents=True, exist_ok=True, mode=0o700)

    def start(self) -> None:
        for part in self.parts:
            self._spawn(part)

    def add(self, part: Part, *, first: bool = False) -> None:
        """Start one more. `first`: it will be the first to be stopped."""
        self.parts.insert(0 if first else len(self.parts), part)
        self._spawn(part)

    def _spawn(self, part: Part) -> None:
        if part.log is None:
            part.log = (self.logs / f"{part.name}.log").open("ab")
        if part.module and may_fork():
            part.process = Forked(part.module, part.log, _die_with_parent)
        else:
            part.process = subprocess.Popen(
                part.command, stdin=subprocess.DEVNULL, stdout=part.log, stderr=part.log, start_new_session=True,
                preexec_fn=_die_with_parent, env=part.environment,
            )  # fmt: skip
        part.started_at = time.monotonic()

    def wait_ready(self, seconds: float) -> list[str]:
        """Names of the parts that did not come up in time; empty when all work."""
        deadline = time.monotonic() + seconds
        waiting = list(self.parts)
        while waiting and time.monotonic() < deadline and not self.stopping:
            waiting = [part for part in waiting if not part.alive()]
            self.keep()
            if waiting:
                time.sleep(0.05)
        return [part.name for part in waiting]

    def keep(self) -> None:
        """Start again what has died; a part that dies at once waits longer each time (at most 30 s)."""
        for asked, part in list(self.on_demand):
            if asked.exists() and not self.stopping:
                self.on_demand.remove((asked, part))
                self.add(part, first=True)
        for part in self.parts:
            if self.stopping or part.process is None or part.process.poll() is None:
                continue
            lived = time.monotonic() - part.started_at
            part.failures = 0 if lived > 60 else part.failures
            if lived < min(30.0, 0.5 * 2**part.failures):
                continue
            part.failures += 1
            self.say(
                f"{part.name} stopped (status {part.process.returncode}) and is started again; see {self.logs / (part.name + '.log')}"
            )
            self._spawn(part)

    def run(self) -> None:
        """Until SIGINT or SIGTERM."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        while not self.stopping:
            self.keep()
            time.sleep(0.2)

    def _asked_to_stop(self, *_: object) -> None:
        self.stopping = True

    def stop(self) -> None:
        """In order: the first parts first (calls end and are told to the scribe before the scribe goes)."""
        self.stopping = True
        for part in self.parts:
            process = part.process
            if process is None or process.poll() is not None:
                continue
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            _kill_group(process.pid)
        for part in self.parts:
            if part.log is not None:
                part.log.close()


def _kill_group(pid: int) -> None:
    """What a part left behind in its process group (speech workers, say)."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _die_with_parent() -> None:
    # prctl(PR_SET_PDEATHSIG, SIGTERM), prctl(2): a parent that was killed leaves no process behind.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
