"""What this feature keeps, declared. Who a lead is stands in the lead's own row, sealed; here are its id, times and outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

from ringtrue.campaigns.models import Target
from ringtrue.privacy.data_map import Removed, declare
from ringtrue.privacy.models import Subject


def erase_targets(subject: Subject) -> Removed:
    rows, _ = Target.objects.filter(subject=subject).delete()
    return Removed(rows=rows)


class HeldTarget(TypedDict):
    campaign: str
    outcome: str
    tries: int
    words: str


def export_targets(subject: Subject) -> Iterable[Any]:
    for target in Target.objects.filter(subject=subject).select_related("campaign"):
        yield {"campaign": target.campaign.name, "outcome": target.outcome, "tries": target.tries, "words": target.words}


declare(
    store="campaigns_target", what="leads of a campaign: keyed hash, how often they were called, last outcome",
    category="call_metadata", subject="caller", retention="while_active", purpose="calling leads", erase=erase_targets,
    export=export_targets, shape=HeldTarget,
)  # fmt: skip
declare(
    store="campaigns_try", what="calls of a campaign: when, by which agent, outcome", category="call_metadata", subject="caller",
    retention="while_active", purpose="calling each lead once at a time", erase=erase_targets,
)  # fmt: skip
declare(
    store="campaigns_campaign", what="what a campaign says, asks and when it calls", category="configuration", subject="none",
    retention="while_active", purpose="calling leads",
)  # fmt: skip
