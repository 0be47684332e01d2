"""What became of a call that was to be placed, read from its attempt and its call, whatever process died in between."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from ringtrue.calls.models import Call
from ringtrue.dialing.models import Attempt

STUCK_AFTER = timedelta(seconds=90)  # an intent without an attempt: its process died before the claim
UNKNOWN_AFTER = timedelta(minutes=10)  # an attempt of which nobody tells: it rang, or not
STOPPED = "opt_out"


def outcome_of(attempt: Attempt, call: Call | None, *, old: bool) -> str:
    """One of calls.models.OUTCOMES, "unknown", or "" while the call is still going on. old: it began UNKNOWN_AFTER ago."""
    if attempt.state == "not_placed":
        return STOPPED if attempt.reason == "opted_out" else "failed"
    told = attempt.state == "ended"
    if call is not None and call.state == "ended" and (told or call.end_reason != "lost"):
        return call.outcome
    if told and not attempt.answered:
        return "not_reached"
    if told and call is None:
        return "answered"
    if attempt.closed_at is not None and not told:
        return "unknown"  # closed as lost
    being_served = call is not None and call.state == "live"
    return "unknown" if old and not told and not being_served else ""


def never_dialed(workspace_id: UUID, claim: str, call_id: UUID | None) -> bool:
    """Whether nothing was dialed for an intent that is stuck; then the row of its call is gone, and nobody will dial for it. The
    same claim may be asked for again: it is dialed once, whoever comes first. Needs the scope and a transaction."""
    # Whoever dials claims first and then locks the call's row: here it is the other way round, so one of the two sees the other.
    call = Call.objects.select_for_update(no_key=True).filter(id__in=[call_id] if call_id else []).first()
    if Attempt.objects.filter(workspace_id=workspace_id, claim=claim).exists():
        return False
    if call is not None:
        call.delete()
    return True
