"""Is the business open at a moment? For transfers, which keep to hours whatever a brain says about them."""

from __future__ import annotations

from datetime import timedelta

from ringtrue.voice.agent import Agent
from ringtrue.voice.brains.hours import local_now, spans_on


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


def is_open(agent: Agent, at: float) -> bool:
    """`at`: POSIX seconds. A span that ends before it begins runs past midnight."""
    local = local_now(agent, at)
    now = local.hour * 60 + local.minute
    for begin, end in spans_on(agent, local.date())[0]:
        first, last = _minutes(begin), _minutes(end)
        if first <= now < last or (last < first <= now):
            return True
    yesterday = spans_on(agent, local.date() - timedelta(days=1))[0]
    return any(_minutes(end) < _minutes(begin) and now < _minutes(end) for begin, end in yesterday)
