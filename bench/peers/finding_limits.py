"""How many calls each engine carries with one core: step by step, the engines in turn, so that a slow quarter of an hour of the host falls
on all of them."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping
from typing import NamedTuple

from bench.peers.comparing import Measured, RunBroke, one_run
from bench.peers.engines import Engine
from bench.site import Site

TRIES = 3  # of each step, by each engine


class Limit(NamedTuple):
    held: Measured | None  # the run with most calls that held
    failed_at: int  # the next step, which did not; 0 when the steps ended first
    why: str


def limits(
    site: Site, steps: Mapping[Engine, list[int]], seconds: float, light_share: Mapping[Engine, float]
) -> dict[Engine, Limit]:
    """`steps`: calls to try, by engine. `light_share`: of the time that each speaks with 2 calls."""
    found: dict[Engine, Limit] = {}
    searches = {engine: _search(site, engine, tried, seconds, light_share[engine]) for engine, tried in steps.items()}
    while searches:
        for engine, search in list(searches.items()):
            try:
                next(search)
            except StopIteration as end:
                found[engine] = end.value
                del searches[engine]
    return found


def _search(site: Site, engine: Engine, steps: list[int], seconds: float, light_share: float) -> Generator[None, None, Limit]:
    """More calls step by step until the engine no longer carries them. Below the first step it halves. Between two tries of a step the other
    engines have theirs: a host that stalls for a minute is no limit."""
    held: Measured | None = None
    pending, failed_at, why_failed, tries = list(steps), 0, "", 0
    while pending:
        calls, tries = pending[0], tries + 1
        run, why = _try(site, engine, calls, seconds, light_share)
        if not why:
            held, tries = run, 0
            pending.pop(0)
            if failed_at:
                break
        elif tries == TRIES:
            print(f"    {engine.label}: {calls} calls not held: {why}", file=sys.stderr, flush=True)
            failed_at, why_failed, tries = calls, why, 0
            if held is not None:
                break
            pending = [calls // 2] if calls > 1 else []
        yield
    return Limit(held, failed_at, why_failed)


def _try(site: Site, engine: Engine, calls: int, seconds: float, light_share: float) -> tuple[Measured | None, str]:
    """The run, and "" or why it did not hold, or does not compare."""
    try:
        run = one_run(site, engine, "ordinary", calls, seconds)
    except RunBroke as broken:
        return None, str(broken)
    return run, run.why_not_held(light_share) or run.not_comparable
