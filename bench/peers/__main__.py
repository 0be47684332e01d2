"""`make bench-peers`: the same callers at Ringtrue, Pipecat and LiveKit Agents, in turn. See `bench/peers/README.md`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from bench.peers.comparing import in_turn
from bench.peers.engines import OURS, OURS_RECORDED, PEERS, TUNED, Engine, install
from bench.peers.finding_limits import limits
from bench.peers.results import Row, merge, ratios_of_rounds, rows_of_limits, rows_of_rounds, rows_of_turns

PARTS = ("n8", "n2", "barge", "limit", "turns")
ENGINES = [OURS, TUNED["pipecat"], TUNED["livekit"]]
DEFAULTS = [Engine("pipecat", "default"), Engine("livekit", "default")]
WITHOUT_MODEL = [Engine("pipecat", "timeout"), Engine("livekit", "vad")]
STEPS = {
    "pipecat": "8,10,12,14,16,18,20,22,24,28",
    "livekit": "24,32,40,48,56,64,72,80,88,96",
    "ours": "300,400,450,500,525,550,575,600,650,700",
}
LIMIT_S = 6.0  # a window; an engine that cannot follow shows it sooner
TRANSCRIPT_DELAY_S = 0.06  # that of the servers' own default and of bench/stand_ins.py


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-peers", description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("bench/results.json"))
    parser.add_argument("--only", choices=PARTS, action="append", help="one part of it; may be given several times")
    parser.add_argument("--data", type=Path, help="folder of evaluation data, which `turns` needs")
    parser.add_argument("--rounds", type=int, default=3, help="how often each engine is measured at 8 calls")
    parser.add_argument("--seconds", type=float, default=12.0, help="measured in each run; 12 is one cycle of a caller")
    parser.add_argument(
        "--steps", action="append", default=[], metavar="ENGINE=N,N,...", help="calls to try for its limit; none: skip it"
    )
    parser.add_argument("--items", type=int, default=60, help="utterances of `turns`")
    parser.add_argument("--at-once", type=int, default=4, help="calls at once in `turns`")
    options = parser.parse_args()
    parts = options.only or [part for part in PARTS if part != "turns" or options.data]
    if options.data is None and os.environ.get("RINGTRUE_EVAL"):
        options.data = Path(os.environ["RINGTRUE_EVAL"])
    if "turns" in parts and options.data is None:
        parser.error("turns needs --data DIR")
    began = time.monotonic()
    for peer in PEERS:
        install(peer)
    rows: list[Row] = []
    if set(parts) - {"turns"}:
        rows += _density(parts, options)
    if "turns" in parts:
        rows += _turns(options)
    merge(options.json, rows)
    for row in rows:
        print(f"{row['name']:<58}{row['value']:>10}  {row['unit']}")
    print(f"\nPut into {options.json} after {(time.monotonic() - began) / 60:.1f} minutes.")
    return 0


def _density(parts: list[str], options: argparse.Namespace) -> list[Row]:
    from bench.site import site

    rows: list[Row] = []
    with site() as place:
        if "n8" in parts:
            runs = in_turn(place, ENGINES, "ordinary", 8, options.seconds, options.rounds)
            runs |= in_turn(place, [OURS_RECORDED], "ordinary", 8, options.seconds, 1)
            rows += rows_of_rounds(runs, "ordinary") + ratios_of_rounds(runs, list(TUNED.values()))
        steps = {**STEPS, **dict(each.split("=", 1) for each in options.steps)}
        tried = [engine for engine in ENGINES if steps[engine.package]]
        if "n2" in parts or "limit" in parts:
            runs = in_turn(place, [*ENGINES, *DEFAULTS] if "n2" in parts else tried, "ordinary", 2, options.seconds, 1)
            light = {engine: run[0].found["outbound_share"] for engine, run in runs.items()}
            rows += rows_of_rounds(runs, "ordinary")
        if "barge" in parts:
            rows += rows_of_rounds(in_turn(place, ENGINES, "barge", 8, 1.2 * options.seconds, 1), "barge")
        if "limit" in parts:
            by_engine = {engine: _numbers(steps[engine.package]) for engine in tried if engine in light}
            rows += rows_of_limits(limits(place, by_engine, LIMIT_S, light))
    return rows


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _turns(options: argparse.Namespace) -> list[Row]:
    from bench.peers.turns import answers, choose, ours, policies, show

    items = choose(options.data, options.items)
    rows = policies(OURS, ours(items, TRANSCRIPT_DELAY_S))
    for engine in [*DEFAULTS, *WITHOUT_MODEL]:
        found = answers(engine, items, options.at_once)
        worst = sorted(answer.late_ms for answer in found)[int(0.9 * len(found))]
        print(
            f"  {engine.label}: {len(found)} turns heard, callers late {worst:.0f} ms at worst in 9 of 10 calls", file=sys.stderr
        )
        rows += policies(engine, found)
    show(rows)
    return rows_of_turns(rows, TRANSCRIPT_DELAY_S)


if __name__ == "__main__":
    sys.exit(main())
