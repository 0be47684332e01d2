"""The peers' rows of `bench/results.json`, put beside those of `make bench`."""

from __future__ import annotations

import json
import math
import platform
from pathlib import Path
from typing import Any

from bench.peers.comparing import LATE_MS, REPLY_MS, Measured, median, median_ms
from bench.peers.engines import OURS, OURS_RECORDED, VERSIONS, Engine
from bench.peers.finding_limits import Limit
from bench.peers.turns import Policy

Row = dict[str, Any]
MS = (
    ("lateness_ms", "p99"), ("reply_ms", "p50"), ("greeting_ms", "p50"), ("barge_in_ms", "p50"), ("barge_in_ms", "p95"),
    ("generator_lateness_ms", "p99"),
)  # fmt: skip


def name_of(engine: Engine) -> str:
    """`peer.pipecat` for the settings that cost least, `peer.pipecat.default`, ...; ours in the same run is `engine.beside_peers`."""
    if engine == OURS_RECORDED:
        return "engine.beside_peers.recorded"
    if engine == OURS:
        return "engine.beside_peers"
    return f"peer.{engine.package}" if engine.preset == "tuned" else f"peer.{engine.package}.{engine.preset}"


def row(name: str, value: float, unit: str, n: int, how: str) -> Row:
    return {"name": name, "value": round(value, 3), "unit": unit, "n": n, "how": f"make bench-peers; {how}"}


def rows_of_rounds(runs: dict[Engine, list[Measured]], kind: str) -> list[Row]:
    """Medians over the rounds of `in_turn`. `kind`: of the script; barge-in comes from its own."""
    rows: list[Row] = []
    for engine, measured in runs.items():
        calls, name = measured[0].calls, name_of(engine)
        end = f"n{calls}"
        each = ", ".join(f"{run.cpu_ms:.1f}" for run in measured)
        how = f"{_what(engine)}; median of {len(measured)} interleaved runs"
        doubts = [run.not_comparable for run in measured if run.not_comparable]
        if doubts:
            how += f"; NOT COMPARABLE in {len(doubts)} of them: {doubts[0]}"
        if kind == "ordinary":
            rows.append(row(f"{name}.cpu_ms_per_call_s.{end}", median(measured, "cpu_ms"), "ms", calls, f"{how} ({each})"))
            rows.append(row(f"{name}.rss_mb.{end}", median(measured, "rss_mb"), "MB", calls, f"{how}; whole process"))
            waited = f"{how}; main thread ready to run while the core had other work: above 0.1 the figures are not comparable"
            rows.append(row(f"{name}.host_waited_share.{end}", median(measured, "waited"), "", calls, waited))
            share = float(sum(run.found["outbound_share"] for run in measured)) / len(measured)
            rows.append(row(f"{name}.outbound_share.{end}", share, "", calls, how))
        for value, part in MS:
            if (value == "barge_in_ms") == (kind == "barge"):
                middle = median_ms(measured, value, part)
                if middle is not None:
                    rows.append(row(f"{name}.{value}.{part}.{end}", middle, "ms", calls, how))
    return rows


def ratios_of_rounds(runs: dict[Engine, list[Measured]], peers: list[Engine]) -> list[Row]:
    rows: list[Row] = []
    if OURS not in runs:
        return rows
    ours = median(runs[OURS], "cpu_ms")
    for peer in [peer for peer in peers if peer in runs]:
        calls = runs[peer][0].calls
        how = f"{_what(peer)} over ours without recording (loop and scribe), medians of the same run"
        if any(run.not_comparable for engine in (OURS, peer) for run in runs[engine]):
            how += "; NOT COMPARABLE, see the rows of the engines"
        rows.append(row(f"ratio.{peer.package}.cpu.n{calls}", median(runs[peer], "cpu_ms") / ours, "times", calls, how))
    return rows


def rows_of_limits(limits: dict[Engine, Limit]) -> list[Row]:
    rows: list[Row] = []
    held = {engine: found.held.calls if found.held else 0 for engine, found in limits.items()}
    for engine, found in limits.items():
        next_step = f"{found.failed_at} failed: {found.why}" if found.failed_at else "more was not tried"
        how = f"{_what(engine)}; one core; held: playout p99 within {LATE_MS:.0f} ms, reply p50 within {REPLY_MS:.0f} ms, core below 95 %, speaks as at light load; {next_step}"
        name = "engine.calls_per_core.no_recording" if engine == OURS else f"{name_of(engine)}.calls_per_core"
        rows.append(row(name, held[engine], "calls", held[engine], how))
        if found.held:
            at = f"{_what(engine)}; at the most calls that held"
            rows.append(row(f"{name_of(engine)}.cpu_ms_per_call_s.limit", found.held.cpu_ms, "ms", held[engine], at))
            rows.append(row(f"{name_of(engine)}.core_share.limit", found.held.core, "", held[engine], at))
            if engine == OURS:
                rows.append(row(f"{name_of(engine)}.scribe_core_share.limit", found.held.other_cores, "", held[engine], at))
            late = found.held.ms("lateness_ms", "p99")
            if late is not None:
                rows.append(row(f"{name_of(engine)}.lateness_ms.p99.limit", late, "ms", held[engine], at))
            callers = found.held.ms("generator_lateness_ms", "p99")
            if callers is not None:
                rows.append(row(f"{name_of(engine)}.callers_late_ms.p99.limit", callers, "ms", held[engine], at))
    if held.get(OURS):
        for engine, calls in held.items():
            if engine != OURS and calls:
                how = f"ours {held[OURS]}, {_what(engine)} {calls}"
                rows.append(row(f"ratio.{engine.package}.calls_per_core", held[OURS] / calls, "times", calls, how))
    return rows


def rows_of_turns(policies: list[Policy], delay_s: float) -> list[Row]:
    rows: list[Row] = []
    for each in policies:
        name, how = name_of(each.engine), f"{_what(each.engine)}; transcript {1000 * delay_s:.0f} ms after its own end of voice"
        end = "" if each.kind == "all" else f".{each.kind}"
        rows.append(row(f"{name}.false_cut_in_share{end}", each.cut_in_share, "", each.turns, how))
        for part, value in (("p50", each.reply_p50_ms), ("p95", each.reply_p95_ms)):
            if not math.isnan(value):
                rows.append(row(f"{name}.reply_ms.{part}{end or '.all'}", value, "ms", each.turns - each.cut_ins, how))
        rows.append(row(f"{name}.unanswered_share{end}", each.unanswered / each.turns, "", each.turns, how + "; within 4.5 s"))
    return rows


def merge(path: Path, rows: list[Row]) -> None:
    """Into the file, in place of rows of the same name; the others stay."""
    before: list[Row] = json.loads(path.read_text()) if path.exists() else []
    names = {each["name"] for each in rows}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([each for each in before if each["name"] not in names] + rows, indent=1) + "\n")


def _what(engine: Engine) -> str:
    if engine.package == "ours":
        return f"ours, {engine.preset.replace('_', ' ')}"
    return f"{VERSIONS[engine.package]} {engine.preset}, Python {platform.python_version()}"
