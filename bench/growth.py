"""Whether anything grows: thousands of short calls through one loop and one scribe, and their memory between them."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from bench.processes import rss_mb
from bench.site import Site

LASTS_S = 3.0
BATCH = 500
PER_SECOND = 50.0
CALM_S = 5.0  # after a batch, before memory is read


def measure(site: Site, calls: int) -> list[dict[str, Any]]:
    """Calls of three seconds, 50 new ones a second. Growth is counted from the end of the first fifth, when everything that is made
    once has been made."""
    scribe = site.start_scribe()
    held: list[tuple[int, float, float]] = []
    done = lost = 0
    with site.loop() as (loop, url):
        while done < calls:
            batch = min(BATCH, calls - done)
            generator = site.generator(url, batch, "ordinary", "--seconds", str(LASTS_S), "--ramp", str(PER_SECOND))
            assert generator.stdout is not None
            generator.stdout.readline()
            found = json.loads(generator.stdout.readline())
            generator.wait(30)
            site.wait_for_record(120)
            time.sleep(CALM_S)
            done += batch
            lost += found["failed"] + found["lost"]
            held.append((done, rss_mb(loop.pid), rss_mb(scribe.pid)))
            print(f"  growth, {done} calls: loop {held[-1][1]:.1f} MB, scribe {held[-1][2]:.1f} MB", file=sys.stderr)
    first = held[max(0, len(held) // 5 - 1)]
    counted = done - first[0]
    how = f"bench --only growth; {done} calls of {LASTS_S:.0f} s, {lost} lost; growth over the last {counted}"
    rows = []
    for part, index in (("loop", 1), ("scribe", 2)):
        grown = held[-1][index] - first[index]
        rows += [
            _row(f"engine.growth_mb.{part}", grown, "MB", done, how),
            _row(f"engine.growth_kb_per_call.{part}", grown * 1000 / max(1, counted), "kB", done, how),
        ]
    return rows


def _row(name: str, value: float, unit: str, n: int, how: str) -> dict[str, Any]:
    return {"name": name, "value": round(value, 3), "unit": unit, "n": n, "how": how}
