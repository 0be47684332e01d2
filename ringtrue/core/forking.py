"""A child that begins with everything its parent has imported: importing Django four times over is most of a start."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO


def may_fork() -> bool:
    """Only a process of a single thread may fork safely: another thread's lock would stay locked in the child for ever."""
    tasks = Path("/proc/self/task")
    return hasattr(os, "fork") and tasks.is_dir() and len(list(tasks.iterdir())) == 1


class Forked:
    """A forked process with as much of `subprocess.Popen` as the supervisor uses. In a session of its own, output to `log`.

    module: its `main()` is run; what it returns is the exit status.
    before: run in the child first (to die with the parent, say).
    """

    def __init__(self, module: str, log: IO[bytes], before: Callable[[], None]) -> None:
        self.returncode: int | None = None
        sys.stdout.flush()
        sys.stderr.flush()
        gc.freeze()  # what the parent has made is not looked through again by each child, and so stays shared
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            self._be_the_child(module, log, before, parent)

    def _be_the_child(self, module: str, log: IO[bytes], before: Callable[[], None], parent: int) -> None:
        status = 1
        try:
            os.setsid()
            before()
            if os.getppid() != parent:  # it died before we could be told of it
                os._exit(1)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL if number != signal.SIGINT else signal.default_int_handler)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for target, source in ((0, nothing), (1, log.fileno()), (2, log.fileno())):
                os.dup2(source, target)
            sys.argv = [module]
            status = importlib.import_module(module).main() or 0
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else 1
        except KeyboardInterrupt:
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(status)

    def poll(self) -> int | None:
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self.returncode = 0
            else:
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(0.02)
        assert self.returncode is not None
        return self.returncode

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)
