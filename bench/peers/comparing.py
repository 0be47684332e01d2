"""The same callers at each engine: one run, rounds in turn, and each engine's own limit. What each figure is: `README.md` beside."""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any, NamedTuple

from bench.choosing_quiet import wait_for_quiet
from bench.peers.engines import Engine, running
from bench.processes import rss_mb, start
from bench.site import Site

WARM_S = 6.0  # greetings are over, ours with what the law asks to be said, too; then all do the same work
LATE_MS = 60.0
REPLY_MS = 800.0  # at the median: who answers later does not carry a conversation, however evenly it plays
CORE_FULL = 0.95
SHARE_KEPT = 0.9
STARVED = 0.1
CALLERS_LATE_MS = 40.0
LEAST_SPOKEN = {"ordinary": 0.3, "barge": 0.2}  # of the time; 5 s of 12, and less when it is interrupted


class RunBroke(Exception):
    """The callers or the engine ended before the figures were there."""


class Measured(NamedTuple):
    """One run. `cpu_ms`: per call-second, all counted processes; `core`: share of the measured core; times in ms.

    `waited`: share of the time in which the core had other work than the engine's while the engine was ready to run.
    """

    engine: Engine
    kind: str
    calls: int
    cpu_ms: float
    core: float
    other_cores: float
    rss_mb: float
    waited: float
    found: dict[str, Any]

    @property
    def lost(self) -> int:
        return int(self.found["failed"] + self.found["lost"])

    def ms(self, name: str, part: str) -> float | None:
        value = self.found[name].get(part)
        return None if value is None else float(value)

    @property
    def not_comparable(self) -> str:
        """ "" or why the figures must not be compared: a silent engine looks cheap, and so does one that shares its core with other
        work (late wake-ups come in heaps and cost less each, or it falls behind)."""
        reasons = []
        if self.lost:
            reasons.append(f"{self.lost} calls refused or lost")
        if self.found["outbound_share"] < LEAST_SPOKEN[self.kind]:
            reasons.append("nearly silent")
        if self.waited > STARVED:
            reasons.append(f"waited for its core {100 * self.waited:.0f} % of the time")
        if (self.ms("generator_lateness_ms", "p99") or 0.0) > CALLERS_LATE_MS:
            reasons.append("callers late themselves")
        return ", ".join(reasons)

    def why_not_held(self, light_share: float) -> str:
        """ "" when the engine carried its calls: the definition of a limit."""
        late = self.ms("lateness_ms", "p99")
        if self.lost:
            return f"{self.lost} calls refused or lost"
        if late is None or late > LATE_MS:
            return f"playout {late} ms late at p99"
        reply = self.ms("reply_ms", "p50")
        if reply is not None and reply > REPLY_MS:
            return f"answers {reply:.0f} ms after the end of speech at p50"
        if self.core >= CORE_FULL:
            return f"core {100 * self.core:.0f} % full"
        if self.found["outbound_share"] < SHARE_KEPT * light_share:
            return f"spoke {self.found['outbound_share']:.2f} of the time instead of {light_share:.2f}"
        return ""

    def __str__(self) -> str:
        def shown(name: str, part: str) -> str:
            value = self.ms(name, part)
            return "-" if value is None else f"{value:.0f}"

        return (
            f"  {self.engine.label:<20}{self.calls:>4} calls {self.cpu_ms:>7.2f} ms/call-s  core {100 * self.core:>3.0f} %"
            f"  spoke {self.found['outbound_share']:.2f}  late p99 {shown('lateness_ms', 'p99')}  reply p50 {shown('reply_ms', 'p50')}"
            f"  barge-in p50 {shown('barge_in_ms', 'p50')}  callers late p99 {shown('generator_lateness_ms', 'p99')}"
            + (f"  NOT COMPARABLE: {self.not_comparable}" if self.not_comparable else "")
        )


def one_run(site: Site, engine: Engine, kind: str, calls: int, seconds: float) -> Measured:
    """Start a fresh engine, let `calls` callers of the script `kind` talk to it, and measure `seconds` of it. Raises RunBroke."""
    wait_for_quiet()
    ramp = min(25.0, max(4.0, calls / 8))  # beginnings are work for the core of the callers, too
    times = ("--seconds", str(calls / ramp + WARM_S + seconds + 1), "--ramp", str(ramp), "--settle", str(WARM_S))
    with running(engine, site) as server:
        if engine.package == "ours":
            callers = site.generator(server.url, calls, kind, *times, recording=engine.preset == "recorded")
        else:
            tickets = site.ground / "peer-tickets"
            tickets.write_text("\n".join(str(number) for number in range(calls)))
            callers = start(
                "generator", "bench.generating", "--url", server.url, "--tickets", str(tickets), "--script", str(site.script(kind)),
                *times, log=site.log, pipe=True,
            )  # fmt: skip
        assert callers.stdout is not None
        callers.stdout.readline()  # "all-started"
        time.sleep(WARM_S)
        before, main_before, began = server.cpu_s(), server.main_thread_s(), time.monotonic()
        time.sleep(seconds)
        after, main_after, window = server.cpu_s(), server.main_thread_s(), time.monotonic() - began
        memory = rss_mb(server.pids[0])
        said = callers.stdout.readline()
        if not said.strip():
            raise RunBroke(f"{engine.label}, {calls} calls: no figures from the callers")
        found = json.loads(said)
        callers.wait(30)
        if engine.package == "ours":
            site.wait_for_record()
    shares = [(late - early) / window for early, late in zip(before, after, strict=True)]
    ran, waited = ((late - early) / window for early, late in zip(main_before, main_after, strict=True))
    of_others = max(0.0, waited - max(0.0, shares[0] - ran))  # it waits for its own threads, too
    run = Measured(engine, kind, calls, 1000 * sum(shares) / calls, shares[0], sum(shares[1:]), memory, of_others, found)
    print(run, file=sys.stderr, flush=True)
    return run


def in_turn(
    site: Site, engines: list[Engine], kind: str, calls: int, seconds: float, rounds: int
) -> dict[Engine, list[Measured]]:
    """Every engine once, then again, ...: what the host does meanwhile falls on all alike."""
    runs: dict[Engine, list[Measured]] = {engine: [] for engine in engines}
    for _ in range(rounds):
        for engine in engines:
            try:
                runs[engine].append(one_run(site, engine, kind, calls, seconds))
            except RunBroke as broken:
                print(f"  {broken}", file=sys.stderr, flush=True)
    return {engine: measured for engine, measured in runs.items() if measured}


def median(runs: list[Measured], value: str) -> float:
    return float(statistics.median(getattr(run, value) for run in runs))


def median_ms(runs: list[Measured], name: str, part: str) -> float | None:
    values = [value for run in runs if (value := run.ms(name, part)) is not None]
    return float(statistics.median(values)) if values else None
