"""What every run needs: a database of its own, a business with an agent, tickets, the scribe, and loops to measure."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from bench.processes import CORES, postgres_pid, start, stop, until


class Site:
    """Made by `site()`. `ground`: a folder of this bench alone; `log`: what the processes say."""

    def __init__(self, ground: Path, data: Path, log: IO[Any]) -> None:
        self.ground = ground
        self.log = log
        self.socket = data / "run" / "scribe.sock"
        self.postgres = postgres_pid(data)
        self.scribe: subprocess.Popen[bytes] | None = None
        self._loops = 0

    def script(self, kind: str) -> Path:
        from bench.caller_audio import write

        path = self.ground / f"{kind}.json"
        if not path.exists():
            write(path, kind)
        return path

    def start_scribe(self) -> subprocess.Popen[bytes]:
        if self.scribe is None:
            self.socket.unlink(missing_ok=True)
            self.scribe = start("scribe", "ringtrue.media.serving_scribe", log=self.log)
            until(self.socket.exists, 60, "the scribe")
        return self.scribe

    @contextmanager
    def loop(self, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
        """A media process and the address at which it takes calls."""
        self.start_scribe()
        self._loops += 1
        ready = self.ground / f"ready-{self._loops}"
        ready.unlink(missing_ok=True)
        process = start(
            "loop", "bench.serving", "--socket", str(self.socket), "--ready", str(ready),
            "--models", str(self.ground / "models"), *options, log=self.log,
        )  # fmt: skip
        try:
            until(lambda: ready.exists() and ready.read_text() != "", 60, "the loop")
            yield process, f"ws://127.0.0.1:{ready.read_text()}/twilio"
        finally:
            stop(process)

    def generator(self, url: str, calls: int, kind: str, *options: str, recording: bool = True) -> subprocess.Popen[bytes]:
        tickets = self.ground / "tickets"
        tickets.write_text("\n".join(make_tickets(calls, recording)))
        return start(
            "generator", "bench.generating", "--url", url, "--tickets", str(tickets), "--script", str(self.script(kind)),
            *options, log=self.log, pipe=True,
        )  # fmt: skip

    @contextmanager
    def host_control(self) -> Iterator[dict[str, dict[str, float]]]:
        """Filled when it is left: {"loop": {"p50", "p99", "max"}, "generator": {...}} in ms, by core."""
        found: dict[str, dict[str, float]] = {}
        sleepers = {
            part: start("control", "bench.host_control", log=self.log, pipe=True, core=CORES.get(part))
            for part in ("loop", "generator")
        }
        try:
            yield found
        finally:
            for part, process in sleepers.items():
                process.terminate()
                said = process.communicate(timeout=10)[0]
                found[part] = json.loads(said) if said.strip() else {}

    def wait_for_record(self, seconds: float = 60.0) -> int:
        """Until the scribe has ended every call for the record, so that the next run does not pay for it. Returns how many are left."""
        from ringtrue.accounts.scoping import system_scope
        from ringtrue.calls.models import Call

        deadline = time.monotonic() + seconds
        while True:
            with system_scope("the bench waits for its calls to end"):
                left = Call.objects.filter(state="live").count()
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(0.5)


@contextmanager
def site() -> Iterator[Site]:
    kept = os.environ.get("RINGTRUE_BENCH_GROUND")  # a folder that is used again: the database need not be made each time
    ground = Path(kept) if kept else Path(tempfile.mkdtemp(prefix="ringtrue-bench-"))
    ground.mkdir(exist_ok=True)
    ground.chmod(0o755)
    os.environ.update(RINGTRUE_DATA=str(ground / "data"), RINGTRUE_KEYS=str(ground / "keys"), OPENBLAS_NUM_THREADS="1")
    made: Site | None = None
    try:
        from ringtrue.core.preparing import prepared

        with prepared(), (ground / "log").open("ab") as log:
            from ringtrue.core.configuring import CONFIG

            _quietly()
            if CORES:
                os.sched_setaffinity(0, {CORES["generator"]})
            made = Site(ground, CONFIG.data, log)
            try:
                yield made
            finally:
                if made.scribe is not None:
                    stop(made.scribe, 60)
    finally:
        if not kept:
            shutil.rmtree(ground, ignore_errors=True)


def make_tickets(calls: int, recording: bool = True) -> list[str]:
    """Open calls as a carrier's webhook does, each of another caller."""
    from ringtrue.accounts.models import Workspace
    from ringtrue.accounts.scoping import workspace_scope
    from ringtrue.agents.models import Agent
    from ringtrue.agents.starters import starter_workspace
    from ringtrue.privacy.models import PolicySetting
    from ringtrue.reception import tickets
    from ringtrue.reception.answering import open_call

    workspace = Workspace.objects.first() or starter_workspace("dental", owner_email="bench@example.com", slug="bench").workspace
    with workspace_scope(workspace.id):
        PolicySetting.objects.update_or_create(
            workspace_id=workspace.id, key="recording.flow", defaults={"value": "announce" if recording else "off"}
        )
        agent = Agent.objects.get()
        made = []
        for i in range(calls):
            call, token = open_call(agent, line="twilio", from_number=f"+1856555{1000 + i % 9000:04d}", provider_ref=f"CA{i}")
            tickets.extend(call, timedelta(hours=2))  # made all at once, used one after another
            made.append(token)
        return made


def _quietly() -> None:
    import logging

    logging.getLogger("ringtrue").setLevel(logging.WARNING)
