"""The engine under N calls at once: CPU, memory, lateness, latency. One run for each N, each with a fresh loop."""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from typing import Any

from bench.choosing_quiet import least_disturbed
from bench.processes import REALTIME, cpu_s, rss_mb, tree_cpu_s
from bench.site import Site

WARM_S = 14.0  # after the last call began: its notices and greeting (12.6 s) are over, what is made once is made
SHARED = "loop alone on one core; scribe, PostgreSQL and callers on another" + ("; SCHED_RR" if REALTIME else "")

Row = dict[str, Any]


def measure(site: Site, numbers: list[int], seconds: float, attempts: int, *, recording: bool = True) -> list[Row]:
    rows: list[Row] = []
    for n in numbers:
        run = partial(one_run, site, "ordinary", n, seconds, recording)
        rows += least_disturbed(run, f"n{n}" if recording else f"n{n}.not_recorded", n, attempts)
    return rows


def measure_barge_in(site: Site, numbers: list[int], seconds: float, attempts: int) -> list[Row]:
    """Each caller speaks again while the agent answers, every 20 s."""
    rows: list[Row] = []
    for n in numbers:
        rows += least_disturbed(partial(one_run, site, "barge", n, seconds, True), f"n{n}.barge_in", n, attempts)
    return rows


def one_run(site: Site, kind: str, n: int, seconds: float, recording: bool) -> list[Row]:
    scribe = site.start_scribe()
    ramp = min(20.0, max(10.0, n / 8))  # what a scribe takes without falling behind
    whole = n / ramp + WARM_S + seconds + 1
    with site.loop() as (loop, url):
        empty_mb = rss_mb(loop.pid)
        generator = site.generator(
            url, n, kind, "--seconds", str(whole), "--ramp", str(ramp), "--settle", str(WARM_S), recording=recording
        )
        assert generator.stdout is not None
        generator.stdout.readline()  # "all-started"
        time.sleep(WARM_S)
        with site.host_control() as host:
            before = _cpu(loop.pid, scribe.pid, site.postgres)
            time.sleep(seconds)
            after = _cpu(loop.pid, scribe.pid, site.postgres)
        mb = (rss_mb(loop.pid) - empty_mb) / n
        found = json.loads(generator.stdout.readline())
        generator.wait(30)
        left = site.wait_for_record()
    window = after[-1] - before[-1]
    loop_ms, scribe_ms, postgres_ms = ((b - a) * 1000 / window / n for a, b in zip(before[:-1], after[:-1], strict=True))
    if found["failed"] or found["lost"] or left:
        print(f"  {n} calls: {found['failed']} refused, {found['lost']} lost, {left} not ended", file=sys.stderr)
    print(
        f"  {kind}, {n} calls{'' if recording else ', not recorded'}: {loop_ms + scribe_ms:.2f} ms per call-second "
        f"(loop {loop_ms:.2f}, scribe {scribe_ms:.2f}; PostgreSQL {postgres_ms:.2f} beside), core {loop_ms * n / 10:.0f} %",
        file=sys.stderr,
    )
    end = f"n{n}" if recording else f"n{n}.not_recorded"
    if kind == "barge":
        return _rows(n, found["barge_in_ms"], "engine.barge_in_ms", end, ("p50", "p95", "max"))
    how = f"make bench; {SHARED}"
    rows = [
        _row(f"engine.cpu_ms_per_call_s.{end}", loop_ms + scribe_ms, "ms", n, how + "; loop and scribe together"),
        _row(f"engine.loop_cpu_ms_per_call_s.{end}", loop_ms, "ms", n, how),
        _row(f"engine.scribe_cpu_ms_per_call_s.{end}", scribe_ms, "ms", n, how),
        _row(f"engine.postgres_cpu_ms_per_call_s.{end}", postgres_ms, "ms", n, how + "; not in cpu_ms_per_call_s"),
        _row(f"engine.loop_core_share.{end}", loop_ms * n / 1000, "", n, how),
        _row(f"engine.rss_mb_per_call.{end}", mb, "MB", n, how),
        _row(f"engine.outbound_share.{end}", found["outbound_share"], "", n, how),
        _row(f"engine.calls_lost.{end}", found["failed"] + found["lost"], "", n, how),
    ]
    for name, ends in (
        ("lateness_ms", ("p50", "p99", "max")),
        ("opening_lateness_ms", ("p50", "p99")),
        ("reply_ms", ("p50", "p95")),
        ("greeting_ms", ("p50", "p99", "max")),
    ):
        rows += _rows(n, found[name], f"engine.{name}", end, ends)
    rows += _rows(n, found["generator_lateness_ms"], "bench.callers_late_ms", end, ("p99", "max"))
    for part, late in host.items():
        rows += _rows(n, late, f"bench.host_late_ms.{part}_core", end, ("p99", "max"))
    return rows


def _cpu(loop: int, scribe: int, postgres: int) -> tuple[float, float, float, float]:
    return cpu_s(loop), cpu_s(scribe), tree_cpu_s(postgres) if postgres else 0.0, time.monotonic()


def _rows(n: int, found: dict[str, float], name: str, end: str, parts: tuple[str, ...]) -> list[Row]:
    how = "make bench; " + (f"{found['n']} values" if "n" in found else SHARED)
    return [_row(f"{name}.{part}.{end}", found[part], "ms", n, how) for part in parts if part in found]


def _row(name: str, value: float, unit: str, n: int, how: str) -> Row:
    return {"name": name, "value": round(value, 3), "unit": unit, "n": n, "how": how}
