"""Starting what is measured, on which core, and reading its CPU time and memory from proc(5)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from ringtrue.voice.going_first import NICE

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

CORES = {"loop": 0, "scribe": 1, "generator": 1, "postgres": 1} if (os.cpu_count() or 1) > 1 else {}
"""With two cores or more: the loop has one alone; scribe, PostgreSQL and the callers share another."""

REALTIME = bool(os.environ.get("RINGTRUE_BENCH_REALTIME"))
"""Ahead of everything else on this machine (SCHED_RR), for a machine that is not quiet; changes the figures, and they say so."""


def start(
    part: str, module: str, *arguments: str, log: IO[Any], pipe: bool = False, core: int | None = None
) -> subprocess.Popen[bytes]:
    """`python -m module`, pinned to the core of `part`; its log goes to `log`."""
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE if pipe else log, stderr=log)
    core = CORES.get(part) if core is None else core
    if core is not None:
        os.sched_setaffinity(process.pid, {core})
    if part in ("generator", "control"):
        go_before(process.pid)
    if REALTIME:
        os.sched_setscheduler(process.pid, os.SCHED_RR, os.sched_param({"scribe": 1, "control": 9}.get(part, 5)))
    return process


def go_before(pid: int) -> None:
    """As the loop goes before other processes (`ringtrue/voice/going_first.py`), where that is allowed: an engine that we compare with,
    too, and the measuring instruments."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, pid, NICE)


def stop(process: subprocess.Popen[bytes], seconds: float = 20.0) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cpu_s(pid: int) -> float:
    """User and system time of one process, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def tree_cpu_s(pid: int) -> float:
    """As `cpu_s`, of a process, its children and those of its children that have ended."""
    total = 0.0
    for each in [pid, *children(pid)]:
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(field) for field in (fields[11:15] if each == pid else fields[11:13])) / TICKS
    return total


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def rss_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


def postgres_pid(data: Path) -> int:
    """The server that `prepared()` started for this bench, pinned with the children that it has; 0 when it is another's."""
    found = next(data.rglob("postmaster.pid"), None)
    if found is None:
        return 0
    pid = int(found.read_text().split()[0])
    if "postgres" in CORES:
        for each in [pid, *children(pid)]:
            os.sched_setaffinity(each, {CORES["postgres"]})
    return pid


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not start; run `ringtrue doctor`")
        time.sleep(0.05)
