"""How soon a caller hears the agent: calls that begin while others run, from Twilio's `start` to the first `media`."""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import Any

from bench.choosing_quiet import least_disturbed
from bench.engine import SHARED
from bench.site import Site

LASTS_S = 20.0


def measure(site: Site, calls: int, attempts: int, running: int = 100) -> list[dict[str, Any]]:
    return least_disturbed(partial(_greet, site, calls, running), "greeting", calls, attempts)


def _greet(site: Site, calls: int, running: int) -> list[dict[str, Any]]:
    """`calls` greetings with about `running` calls under way: as many begin as end, all the time. The first `running` only fill the
    house and do not count."""
    with site.loop() as (_, url), site.host_control() as host:
        generator = site.generator(
            url, calls + running, "ordinary", "--seconds", str(LASTS_S), "--ramp", str(running / LASTS_S), "--skip", str(running)
        )
        assert generator.stdout is not None
        generator.stdout.readline()  # "all-started"
        found = json.loads(generator.stdout.readline())
        generator.wait(60)
    site.wait_for_record(120)
    waits = found["greeting_ms"]
    print(f"  greeting, {calls} calls with {running} running: {waits}; host {host}", file=sys.stderr)
    how = (
        f"make bench; {waits['n']} greetings with {running} calls running; {found['failed'] + found['lost']} calls lost; {SHARED}"
    )
    rows = [_row(f"engine.greeting_ms.{part}", waits[part], calls, how) for part in ("p50", "p95", "p99", "max") if part in waits]
    rows += [
        _row(f"bench.host_late_ms.{core}_core.{part}.greeting", late[part], calls, how)
        for core, late in host.items()
        for part in ("p99", "max")
        if part in late
    ]
    rows.append(_row("bench.callers_late_ms.p99.greeting", found["generator_lateness_ms"].get("p99", 0.0), calls, how))
    return rows


def _row(name: str, value: float, n: int, how: str) -> dict[str, Any]:
    return {"name": name, "value": round(value, 3), "unit": "ms", "n": n, "how": how}
