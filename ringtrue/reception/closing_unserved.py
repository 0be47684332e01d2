"""A call that the carrier ended before any of our processes took it: it is ended here, as what it was."""

from __future__ import annotations

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call
from ringtrue.calls.recording import end_call, store_event
from ringtrue.reception.models import Ticket


def close_unserved(call: Call, *, failed: bool, reason: str = "") -> bool:
    """True when nobody served the call. Its ticket stops working. A call that is served is left to who serves it.
    `reason`: of one that we placed, "busy", "no_answer" and the like (`Ended.reason`)."""
    with workspace_scope(call.workspace_id):
        # The same row that redeeming locks: a media process that is just taking the call wins or loses, never both.
        ticket = Ticket.objects.select_for_update().filter(call=call, used_at__isnull=True).first()
        if ticket is None:
            return False
        ticket.delete()
        why = "line_failed" if failed else reason or "caller_hung_up"
        store_event(call, 1, "ended", {"at_ms": 0, "reason": why, "duration_ms": 0, "goal": ""})
        end_call(call)
    return True
