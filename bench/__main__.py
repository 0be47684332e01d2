"""`make bench`: measures the engine on this machine and writes `bench/results.json`. See `bench/README.md`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import ringtrue  # noqa: F401 - before numpy: its threads would count as CPU of whatever is measured beside them

PARTS = ("engine", "barge", "greeting", "growth", "speech", "permits", "listening", "turns", "failover")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("bench/results.json"))
    parser.add_argument("--calls", default="2,8,50,150,250,350", help="numbers of calls at once")
    parser.add_argument("--seconds", type=float, default=15.0, help="measured for each number")
    parser.add_argument("--attempts", type=int, default=3, help="runs of one kind at most, while the host disturbs them")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part of it; may be given several times")
    parser.add_argument("--not-recorded", default="8,250", help="numbers of calls that are measured without recording, too")
    parser.add_argument("--greetings", type=int, default=1000)
    parser.add_argument("--failing", type=int, default=100, help="calls of --only failover, in which providers are killed")
    parser.add_argument("--short-calls", type=int, default=10_000, help="calls of the growth run, which only --only growth makes")
    parser.add_argument(
        "--data", type=Path, help="folder of evaluation data; with it, turn-taking is measured on recorded people"
    )
    options = parser.parse_args()
    parts = options.only or [part for part in PARTS if part not in ("growth", "failover") and (part != "turns" or options.data)]
    if "turns" in parts and options.data is None:
        parser.error("turns are measured on recorded people: give their folder with --data")
    results: list[dict[str, Any]] = []
    if set(parts) - {"speech", "listening", "turns", "failover"}:
        from bench.site import site

        with site() as place:
            if "engine" in parts:
                from bench.engine import measure

                results += measure(place, _numbers(options.calls), options.seconds, options.attempts)
                results += measure(place, _numbers(options.not_recorded), options.seconds, options.attempts, recording=False)
            if "barge" in parts:
                from bench.engine import measure_barge_in

                results += measure_barge_in(place, [50], max(20.0, options.seconds), options.attempts)
            if "greeting" in parts:
                from bench.greeting import measure as measure_greetings

                results += measure_greetings(place, options.greetings, options.attempts)
            if "growth" in parts:
                from bench.growth import measure as measure_growth

                results += measure_growth(place, options.short_calls)
    if "speech" in parts:
        from bench.speaking import measure as measure_speech

        results += measure_speech()
    if "permits" in parts:
        from bench.permits import measure as measure_permits

        results += measure_permits()
    if "listening" in parts:
        from bench.listening import measure as measure_listening

        results += measure_listening()
    if "failover" in parts:
        from bench.failover import measure as measure_failover

        results += measure_failover(options.failing)
    if "turns" in parts:
        from bench.turns import measure as measure_turns

        results += measure_turns(options.data, curve=True)
    options.json.parent.mkdir(exist_ok=True)
    if options.json.exists():  # what other runs have found stays: peers, growth, parts that were not asked for now
        made = {row["name"] for row in results}
        results += [row for row in json.loads(options.json.read_text()) if row["name"] not in made]
    options.json.write_text(json.dumps(results, indent=1) + "\n")
    for row in results:
        print(f"{row['name']:<52}{row['value']:>10}  {row['unit']}")
    print(f"\nWritten to {options.json}.")
    return 0


def _numbers(text: str) -> list[int]:
    return [int(n) for n in text.split(",") if n.strip()]


if __name__ == "__main__":
    sys.exit(main())
