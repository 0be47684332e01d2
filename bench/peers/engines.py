"""The engines that are compared: how each is installed and started. A peer lives in an environment of its own, `build/peers/<name>`."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench.processes import CORES, go_before, stop, tree_cpu_s

HERE = Path(__file__).parent
BUILD = HERE.parent.parent / "build" / "peers"
PEERS = ("pipecat", "livekit")
VERSIONS = {"pipecat": "pipecat-ai 1.14.0", "livekit": "livekit-agents 1.8.9"}
READY_S = 90.0


class Engine(NamedTuple):
    """`package`: a peer, or "ours". `preset`: its settings; for ours "recorded" or "not_recorded"."""

    package: str
    preset: str

    @property
    def label(self) -> str:
        return f"{self.package} {self.preset}"


OURS = Engine("ours", "not_recorded")
OURS_RECORDED = Engine("ours", "recorded")
TUNED = {peer: Engine(peer, "tuned") for peer in PEERS}


class Running(NamedTuple):
    """An engine that answers at `url`. `pids`: processes whose CPU is counted, the one on the measured core first."""

    url: str
    pids: tuple[int, ...]

    def cpu_s(self) -> list[float]:
        return [tree_cpu_s(pid) for pid in self.pids]

    def main_thread_s(self) -> tuple[float, float]:
        """Of the first process's main thread: how long it ran, and how long it was ready to run without getting the core."""
        ran, waited, *_ = Path(f"/proc/{self.pids[0]}/schedstat").read_text().split()
        return int(ran) / 1e9, int(waited) / 1e9


def install(peer: str) -> None:
    """Into the peer's environment, from its lock with hashes, when the lock is not what was installed last."""
    lock = HERE / f"{peer}.txt"
    home = BUILD / peer
    stamp = home / "installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest() + f" {sys.version}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing {VERSIONS[peer]} in {home.relative_to(HERE.parent.parent)} (once)", file=sys.stderr)
    uv = Path(sys.executable).with_name("uv")
    BUILD.mkdir(parents=True, exist_ok=True)
    subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, home], check=True)
    command: list[str | Path] = [uv, "pip", "install", "-q", "--python", home / "bin" / "python", "--require-hashes", "-r", lock]
    subprocess.run(command, check=True)
    stamp.write_text(wanted)


@contextmanager
def running(engine: Engine, site: Any, *options: str) -> Iterator[Running]:
    """A fresh engine, pinned to the measured core. `site`: `bench.site.Site`; None will do for a peer."""
    if engine.package == "ours":
        scribe = site.start_scribe()
        with site.loop(*options) as (loop, url):
            yield Running(url, (loop.pid, scribe.pid))
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command: list[str | Path] = [
        BUILD / engine.package / "bin" / "python",
        HERE / f"{engine.package}_server.py",
        "--port",
        str(port),
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [*command, "--preset", engine.preset, *options], stdout=subprocess.PIPE, stderr=said, env=environment
        )  # fmt: skip
        if "loop" in CORES:
            os.sched_setaffinity(process.pid, {CORES["loop"]})
        go_before(process.pid)
        try:
            assert process.stdout is not None
            os.set_blocking(process.stdout.fileno(), False)
            deadline = time.monotonic() + READY_S
            while b"ready" not in (process.stdout.read() or b""):
                if process.poll() is not None or time.monotonic() > deadline:
                    said.seek(0)
                    raise SystemExit(f"{engine.label} did not start:\n{said.read()[-2000:]}")
                time.sleep(0.1)
            yield Running(f"ws://127.0.0.1:{port}/twilio", (process.pid,))
        finally:
            stop(process, 10)
