"""How a campaign stands: counts by outcome, the calls behind each, calls over time, and all of it as a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
from django.db.models import Count, QuerySet
from django.utils import timezone

from ringtrue.campaigns.models import Campaign, Target, Try
from ringtrue.core.writing_csv import BEGINNING, harmless, line_of
from ringtrue.leads.reading import card

REACHED_GOAL = {"book": ("booking",), "qualify": ("answered",), "remind": ("answered",), "survey": ("answered",)}
BARS = 24


class Standing(msgspec.Struct, kw_only=True):
    leads: int
    done: int
    calling: int
    waiting: int
    calls: int
    reached: int  # leads with whom the goal was reached
    outcomes: list[tuple[str, int]]  # last outcome -> leads, the most first
    by_agent: list[tuple[str, int, int]]  # (agent's name, leads that are done, of these reached)
    bars: list[int]  # calls begun in each of BARS equal parts of the time so far
    last_begun_at: datetime | None = None

    @property
    def percent(self) -> int:
        return 100 * self.done // self.leads if self.leads else 0


def standing(campaign: Campaign, now: datetime | None = None) -> Standing:
    """Needs the workspace's scope."""
    targets = Target.objects.filter(campaign=campaign)
    states = dict(targets.values_list("state").annotate(count=Count("id")))
    done = targets.filter(state="done")
    goal = REACHED_GOAL[campaign.goal]
    begun = list(Try.objects.filter(campaign=campaign).order_by("begun_at").values_list("begun_at", flat=True))
    agents = []
    for agent in [campaign.agent, campaign.rival]:
        if agent is not None:
            own = done.filter(agent=agent)
            agents.append((agent.name, own.count(), own.filter(outcome__in=goal).count()))
    return Standing(
        leads=sum(states.values()),
        done=states.get("done", 0),
        calling=states.get("calling", 0),
        waiting=states.get("waiting", 0),
        calls=len(begun),
        reached=done.filter(outcome__in=goal).count(),
        outcomes=list(
            targets.exclude(outcome="").values_list("outcome").annotate(count=Count("id")).order_by("-count", "outcome")
        ),
        by_agent=agents,
        bars=_bars(begun, campaign.ended_at or now or timezone.now()),
        last_begun_at=begun[-1] if begun else None,
    )


def _bars(begun: list[datetime], until: datetime) -> list[int]:
    if not begun:
        return []
    length = max(until - begun[0], timedelta(minutes=BARS))
    bars = [0] * BARS
    for at in begun:
        bars[min(BARS - 1, int((at - begun[0]) / length * BARS))] += 1
    return bars


def behind(campaign: Campaign, outcome: str) -> QuerySet[Target]:
    """The leads whose last outcome this is; "" for all."""
    rows = Target.objects.filter(campaign=campaign).select_related("lead", "agent").order_by("-tries", "id")
    return rows.filter(outcome=outcome) if outcome else rows


def as_csv(campaign: Campaign) -> Iterator[str]:
    """Line by line, with a byte order mark for Excel. A cell that a spreadsheet would run as a formula begins with an apostrophe.
    Needs the workspace's scope until it ends."""
    yield BEGINNING + line_of(["name", "number", "state", "outcome", "calls", "last call", "agent", "why not called"])
    last = dict(Try.objects.filter(campaign=campaign).order_by("n").values_list("target_id", "begun_at"))
    for target in behind(campaign, "").iterator(chunk_size=500):
        held = card(target.lead)
        begun = last.get(target.id)
        cells = [
            held.name, held.number, target.state, target.outcome, target.tries, begun.isoformat(timespec="seconds") if begun else "",
            target.agent.name, target.words,
        ]  # fmt: skip
        yield line_of(harmless(str(cell)) for cell in cells)
