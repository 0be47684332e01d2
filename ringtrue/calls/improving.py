"""Figures for improving the service: of how many calls of a month the agent replied how quickly, in how many turns, with what outcome.
They are the only data that is kept for improvement, and no name, number, word, voice or id is ever part of them."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from ringtrue.calls.counting import FEWEST
from ringtrue.calls.models import OUTCOMES, Call, ImprovementFigure
from ringtrue.privacy import restricting
from ringtrue.privacy.policy import effective

PURPOSE = "improvement"
QUICK_MS, SLOW_MS = 800, 1500
FEW, MANY = 3, 10
VALUES: dict[str, tuple[str, ...]] = {
    "outcome": OUTCOMES,
    "reply": ("quick", "medium", "slow", "none"),
    "turns": ("few", "several", "many"),
}
"""What is counted -> all that it can be."""


class Figure(NamedTuple):
    month: str  # "2026-11"
    what: str
    value: str
    calls: int


def count(call: Call) -> None:
    """Once for each call, when it has ended. Counts nothing where the business has switched this off or the person has objected, and
    no test call. Needs the workspace's scope."""
    if call.is_test or not allowed(call):
        return
    for what, value in _values(call).items():
        this = {"workspace_id": call.workspace_id, "month": f"{call.created_at:%Y-%m}", "what": what, "value": value}
        row = ImprovementFigure.objects.filter(**this)
        if not row.update(calls=F("calls") + 1):
            ImprovementFigure.objects.bulk_create([ImprovementFigure(**this)], ignore_conflicts=True)
            row.update(calls=F("calls") + 1)


def switched_on(workspace_id: UUID) -> bool:
    return bool(effective(workspace_id, "improvement.figures").value == "count")


def allowed(call: Call) -> bool:
    return switched_on(call.workspace_id) and restricting.allowed(call.subject, PURPOSE)


def figures(workspace_id: UUID) -> list[Figure]:
    """Newest month first. What fewer than 10 calls have in common is not told: who called might be guessed."""
    rows = ImprovementFigure.objects.filter(workspace_id=workspace_id, calls__gte=FEWEST).order_by("-month", "what", "-calls")
    return [Figure(row.month, row.what, row.value, row.calls) for row in rows]


def _values(call: Call) -> dict[str, str]:
    ms = call.reply_ms_p50
    reply = "none" if ms is None else "quick" if ms < QUICK_MS else "slow" if ms > SLOW_MS else "medium"
    turns = "few" if call.turns <= FEW else "many" if call.turns > MANY else "several"
    found = {"reply": reply, "turns": turns}
    return {**found, "outcome": call.outcome} if call.outcome in OUTCOMES else found
