"""A real loop and a real scribe on loopback, over the test database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

STUB = "ringtrue.media.tests.stub_speech:stub"
ORIGIN = "http://localhost:8000"


@contextmanager
def running(**given: Any) -> Iterator[Media]:
    """`given`: as `Media` takes it."""
    made = Media(**given)
    try:
        yield made.start()
    finally:
        made.stop()


class Media:
    """`start()`, then `.port`. `.loop` and `.scribe` are the processes."""

    def __init__(
        self, speech: str = STUB, grace_s: float = 1.0, origin: str = ORIGIN, port: int = 0, env: dict[str, str] | None = None
    ) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="ringtrue-media-"))
        self._speech = speech
        self._grace_s = grace_s
        self._origin = origin
        self._env = env or {}
        self.socket = self._folder / "scribe.sock"
        self.port = port
        self.loop: subprocess.Popen[bytes] | None = None
        self.scribe: subprocess.Popen[bytes] | None = None

    def start(self) -> Media:
        self.start_scribe()
        self.start_loop()
        return self

    def start_scribe(self) -> None:
        self.socket.unlink(missing_ok=True)  # of one that was killed
        self.scribe = self._run("ringtrue.media.serving_scribe", "--socket", str(self.socket), "--grace", str(self._grace_s))
        _wait(self.socket.exists, "the scribe")

    def start_loop(self) -> None:
        ready = self._folder / "port"
        ready.unlink(missing_ok=True)
        self.loop = self._run(
            "ringtrue.media.loop", "--socket", str(self.socket), "--host", "127.0.0.1", "--port", str(self.port), "--ready", str(ready),
            "--speech", self._speech, "--origin", self._origin,
        )  # fmt: skip
        _wait(lambda: ready.exists() and ready.read_text() != "", "the loop")
        self.port = int(ready.read_text())
        _wait(lambda: self.health()["status"] == "ok", "the loop's scribe")

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5) as reply:
            found: dict[str, Any] = json.load(reply)
        return found

    def logs(self) -> str:
        return "".join(path.read_text() for path in self._folder.glob("*.log"))

    def stop(self) -> None:
        for process in (self.loop, self.scribe):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def _run(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self._folder / f"{module.rsplit('.', 1)[1]}.log").open("ab")
        environment = {**os.environ, "DATABASE_URL": database_url(), "PYTHONWARNINGS": "ignore", **self._env}
        return subprocess.Popen([sys.executable, "-m", module, *arguments], env=environment, stdout=log, stderr=log)


def database_url() -> str:
    from django.db import connection

    held = connection.settings_dict
    return f"postgresql://{quote(held['USER'])}@/{held['NAME']}?host={quote(str(held['HOST']))}&port={held['PORT']}"


def _wait(done: Any, what: str, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if done():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come up")
