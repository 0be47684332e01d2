"""`make bench`: measures the engine on this machine and writes `bench/results.json`. See `bench/README.md`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HOW = "make bench; see bench/README.md"
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("bench/results.json"))
    parser.add_argument("--calls", default="2,8,50,150,250,350", help="numbers of calls at once")
    parser.add_argument("--seconds", type=float, default=20.0, help="measured for each number")
    parser.add_argument("--only", choices=("engine", "speech"), help="one part of it")
    options = parser.parse_args()
    ground = Path(tempfile.mkdtemp(prefix="ringtrue-bench-"))
    ground.chmod(0o755)
    os.environ.update(RINGTRUE_DATA=str(ground / "data"), RINGTRUE_KEYS=str(ground / "keys"), OPENBLAS_NUM_THREADS="1")
    results: list[dict[str, Any]] = []
    try:
        from ringtrue.core.preparing import prepared

        with prepared():
            if options.only != "speech":
                results += engine(ground, [int(n) for n in options.calls.split(",")], options.seconds)
            if options.only != "engine":
                from bench.speaking import measure

                results += measure()
    finally:
        shutil.rmtree(ground, ignore_errors=True)
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(json.dumps(results, indent=1))
    for row in results:
        print(f"{row['name']:<44}{row['value']:>10}  {row['unit']}")
    print(f"\nWritten to {options.json}.")
    return 0


def engine(ground: Path, numbers: list[int], seconds: float) -> list[dict[str, Any]]:
    from bench.caller_audio import write
    from ringtrue.core.configuring import CONFIG

    scripts = {kind: ground / f"{kind}.json" for kind in ("ordinary", "barge")}
    for kind, path in scripts.items():
        write(path, kind)
    socket = CONFIG.data / "run" / "scribe.sock"
    results: list[dict[str, Any]] = []
    core = {"loop": 0, "scribe": 1, "generator": 1} if (os.cpu_count() or 1) > 1 else {}
    scribe = start([sys.executable, "-m", "ringtrue.media.serving_scribe"], core.get("scribe"))
    try:
        until(socket.exists, 30)
        for kind in ("ordinary", "barge"):
            for n in numbers if kind == "ordinary" else [8, 50]:
                results += one_run(ground, scripts[kind], kind, n, seconds, socket, scribe, core)
    finally:
        scribe.terminate()
        scribe.wait(10)
    return results


def one_run(
    ground: Path,
    script: Path,
    kind: str,
    n: int,
    seconds: float,
    socket: Path,
    scribe: subprocess.Popen[bytes],
    core: dict[str, int],
) -> list[dict[str, Any]]:
    ready = ground / f"ready-{kind}-{n}"
    loop = start(
        [
            sys.executable,
            "-m",
            "bench.serving",
            "--socket",
            str(socket),
            "--ready",
            str(ready),
            "--models",
            str(ground / "models"),
        ],
        core.get("loop"),
    )
    try:
        until(ready.exists, 30)
        empty_rss = rss_mb(loop.pid)
        tickets = ground / "tickets"
        tickets.write_text("\n".join(make_tickets(n)))
        ramp = max(10.0, n / 8)
        whole = seconds + n / ramp + 8
        command = [
            sys.executable,
            "-m",
            "bench.generating",
            "--url",
            f"ws://127.0.0.1:{ready.read_text()}/twilio",
            "--tickets",
            str(tickets),
        ]
        generator = start(
            [*command, "--script", str(script), "--seconds", str(whole), "--ramp", str(ramp)], core.get("generator"), pipe=True
        )
        assert generator.stdout is not None
        generator.stdout.readline()  # all-started
        time.sleep(4)
        before, at = (cpu_s(loop.pid), cpu_s(scribe.pid)), time.monotonic()
        time.sleep(seconds - 2)
        after, window = (cpu_s(loop.pid), cpu_s(scribe.pid)), time.monotonic() - at
        memory = (rss_mb(loop.pid) - empty_rss) / n
        found = json.loads(generator.stdout.readline())
        generator.wait(30)
    finally:
        loop.terminate()
        loop.wait(15)
    if found["failed"] or found["lost"]:
        print(f"  {kind}, {n} calls: {found['failed']} refused, {found['lost']} lost", file=sys.stderr)
    loop_ms, scribe_ms = ((b - a) * 1000 / window / n for a, b in zip(before, after, strict=True))
    end = f"n{n}"
    rows: list[tuple[str, float, str]] = []
    if kind == "ordinary":
        rows += [
            (f"engine.cpu_ms_per_call_s.{end}", loop_ms + scribe_ms, "ms"),
            (f"engine.loop_cpu_ms_per_call_s.{end}", loop_ms, "ms"),
            (f"engine.scribe_cpu_ms_per_call_s.{end}", scribe_ms, "ms"),
            (f"engine.rss_mb_per_call.{end}", memory, "MB"),
            (f"engine.outbound_share.{end}", found["outbound_share"], ""),
        ]
        for name in ("lateness_ms", "reply_ms", "greeting_ms"):
            rows += [(f"engine.{name}.{p}.{end}", found[name][p], "ms") for p in ("p50", "p99", "max") if p in found[name]]
        rows += [(f"engine.generator_lateness_ms.p99.{end}", found["generator_lateness_ms"]["p99"], "ms")]
    else:
        rows += [
            (f"engine.barge_in_ms.{p}.{end}", found["barge_in_ms"][p], "ms") for p in ("p50", "p95") if p in found["barge_in_ms"]
        ]
    print(f"  {kind}, {n} calls: loop {loop_ms:.2f} + scribe {scribe_ms:.2f} ms per call-second", file=sys.stderr)
    return [{"name": name, "value": round(value, 3), "unit": unit, "n": n, "how": HOW} for name, value, unit in rows]


def make_tickets(n: int) -> list[str]:
    from ringtrue.accounts.models import Workspace
    from ringtrue.accounts.scoping import workspace_scope
    from ringtrue.agents.models import Agent
    from ringtrue.agents.starters import starter_workspace
    from ringtrue.reception.answering import open_call

    workspace = Workspace.objects.first() or starter_workspace("dental", owner_email="bench@example.com", slug="bench").workspace
    with workspace_scope(workspace.id):
        agent = Agent.objects.get()
        return [
            open_call(agent, line="twilio", from_number=f"+1856555{1000 + i:04d}", provider_ref=f"CA{i}")[1] for i in range(n)
        ]


def start(command: list[str], core: int | None, pipe: bool = False) -> subprocess.Popen[bytes]:
    pinned = ["taskset", "-c", str(core), *command] if core is not None and shutil.which("taskset") else command
    return subprocess.Popen(pinned, stdout=subprocess.PIPE if pipe else subprocess.DEVNULL, stderr=None)


def cpu_s(pid: int) -> float:
    """User and system time of one process, all threads, proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def until(condition: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("a part of the bench did not start; run `ringtrue doctor`")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
