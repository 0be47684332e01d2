"""How many calls this process may take, and what it tells about itself: a process that would be late refuses the next call."""

from __future__ import annotations

import os
from typing import Any

import structlog

from ringtrue.voice.call.office import Office

log = structlog.get_logger("ringtrue.media.loop")

LOOP_HOLDS = 300
"""Calls that one loop holds on one core with turns, events and recording (`make bench`, docs/benchmark.md)."""

SPEECH_CORE_SHARE = 0.05
"""Of one core for each call that is heard and spoken to locally: about half a second of CPU for a turn, one turn every ten seconds."""

REMINDER_S = 30.0  # between two alarms of a loop that stays late


def capacity(*, local_speech: bool, cores: int | None = None) -> int:
    """Calls at once, when nobody has set a number: what the loop holds, or what the cores beside it can hear and speak."""
    if not local_speech:
        return LOOP_HOLDS
    cores = cores or len(os.sched_getaffinity(0))
    beside = max(0.5, cores - 1.0)  # a machine of one core shares it
    return max(2, min(LOOP_HOLDS, int(beside / SPEECH_CORE_SHARE)))


class Alarm:
    """Says in the log when the loop begins to be late, again while it stays so, and when it is over. `look` now and then."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._said_at: float | None = None

    def look(self, now: float) -> None:
        lag = self._office.lag
        if lag.late and (self._said_at is None or now - self._said_at >= REMINDER_S):
            self._said_at = now
            log.warning("loop late", share=round(lag.share, 3), worst_ms=round(lag.worst_ms), live=len(self._office.calls))
        elif not lag.late and self._said_at is not None:
            self._said_at = None
            log.info("loop on time again", live=len(self._office.calls))


def health(office: Office, lag_ms: list[float], *, scribe: bool, elsewhere: list[str]) -> dict[str, Any]:
    """`refuses`: why the next call would be refused, "" when it would be taken; `elsewhere`: media processes that may take it."""
    waits = sorted(lag_ms)
    refuses = office.refusal()
    return {
        "status": "ok" if scribe else "no_scribe",
        "live": len(office.calls),
        "capacity": office.max_calls,
        "taking": refuses == "",
        "refuses": refuses,
        "elsewhere": elsewhere,
        "loop_late": office.lag.late,
        "loop_lag_ms_p99": round(waits[int(len(waits) * 0.99)], 1) if waits else 0.0,
        "tick_late_ms_max": round(office.lag.worst_ms, 1),
        "speech_behind_s": round(office.behind_s(), 2),
    }
