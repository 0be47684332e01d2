"""What stays of calls when they expire: how many there were in a month, and how long they took together."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth

from ringtrue.calls.models import Call, CallCount

FEWEST = 10  # calls; a month with fewer is not told: who called might be guessed


def add(call: Call) -> None:
    """Needs the workspace's scope, and the transaction in which the call goes."""
    _add(call.workspace_id, f"{call.created_at:%Y-%m}", 1, call.duration_ms // 1000)


def months(workspace_id: UUID) -> dict[str, dict[str, int]]:
    """{"2026-11": {"calls", "seconds"}} of calls that have expired. Needs the workspace's scope."""
    rows = CallCount.objects.filter(workspace_id=workspace_id, calls__gte=FEWEST).order_by("month")
    return {row.month: {"calls": row.calls, "seconds": row.seconds} for row in rows}


def close(workspace_id: UUID) -> Mapping[str, object]:
    """Count what still stands as well, for a workspace that is about to lose all of it. Call it once, in its scope."""
    standing = Call.objects.filter(workspace_id=workspace_id).annotate(month=TruncMonth("created_at")).values("month")
    for row in standing.annotate(calls=Count("id"), ms=Sum("duration_ms")):
        _add(workspace_id, f"{row['month']:%Y-%m}", row["calls"], row["ms"] // 1000)
    return months(workspace_id)


def _add(workspace_id: UUID, month: str, calls: int, seconds: int) -> None:
    CallCount.objects.get_or_create(workspace_id=workspace_id, month=month)
    CallCount.objects.filter(workspace_id=workspace_id, month=month).update(
        calls=F("calls") + calls, seconds=F("seconds") + seconds
    )
