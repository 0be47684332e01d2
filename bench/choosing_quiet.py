"""Measures when the host lets this machine run. What a hypervisor gives to its other guests ("steal", proc(5)) is in every figure of that
time, and no figure shows it: so a run waits for a quiet host, and one that was disturbed all the same is made again. The run that is kept
is the one from which least was stolen, whatever it found; its row `bench.host_steal_share` says how much that was."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

QUIET = 0.02  # of the time of all cores
LOOK_S = 2.0
BETWEEN_S = 5.0

Row = dict[str, Any]


def least_disturbed(run: Callable[[], list[Row]], end: str, n: int, attempts: int, wait_s: float = 90.0) -> list[Row]:
    """Rows of the run from which the host took least, out of at most `attempts`, and a row that says how much.

    end: of the row's name, "n250"; wait_s: how long a quiet host is waited for before each attempt.
    """
    found: list[tuple[float, list[Row]]] = []
    for _ in range(attempts):
        wait_for_quiet(wait_s)
        before = _times()
        rows = run()
        found.append((_share(before, _times()), rows))
        if found[-1][0] <= QUIET:
            break
        print(f"  the host took {found[-1][0]:.1%} of this machine's time meanwhile", file=sys.stderr)
    share, rows = min(found, key=lambda one: one[0])
    how = f"/proc/stat; the least of {len(found)} runs" if len(found) > 1 else "/proc/stat"
    return [*rows, {"name": f"bench.host_steal_share.{end}", "value": round(share, 4), "unit": "", "n": n, "how": how}]


def wait_for_quiet(longest_s: float = 90.0) -> None:
    """Returns when the host takes next to nothing from a core that wants to run, or after `longest_s`."""
    until = time.monotonic() + longest_s
    while time.monotonic() < until:
        before, look_until = _times(), time.monotonic() + LOOK_S
        while time.monotonic() < look_until:  # from an idle machine nothing can be taken
            pass
        if _share(before, _times()) <= QUIET / 2:  # one core of at least two was asked for
            return
        time.sleep(BETWEEN_S)


def _times() -> tuple[int, int]:
    """Clock ticks of all cores together: stolen, and all of them."""
    ticks = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return ticks[7], sum(ticks)


def _share(before: tuple[int, int], after: tuple[int, int]) -> float:
    return (after[0] - before[0]) / max(1, after[1] - before[1])
