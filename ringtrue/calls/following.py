"""While a call runs: what an event changes in the call's row at once, and what the business is told at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ringtrue.calls.models import Call
from ringtrue.notifications.telling import tell

FOLLOWED = ("answered", "heard", "opted_out", "tool", "ended")
"""Kinds of events that change anything here."""


def note_turn(call: Call, fields: dict[str, Any]) -> None:
    """Of a "heard"; `keep_turns` stores it."""
    call.turns = max(call.turns, int(fields.get("turn") or 0))


def keep_turns(calls: Iterable[Call]) -> None:
    """Needs a scope. One statement, however many calls."""
    Call.objects.bulk_update(sorted(calls, key=lambda call: call.id), ["turns"])  # whoever locks rows does so in one order


def follow(call: Call, kind: str, fields: dict[str, Any]) -> None:
    """Needs the workspace's scope; runs in the transaction that stores the event, so both happen or neither."""
    from ringtrue.calls.recording import moment

    if kind == "answered":
        call.state, call.answered_at = "live", moment(float(fields.get("started_at") or 0))
        Call.objects.filter(id=call.id, state="ringing").update(state="live", answered_at=call.answered_at)
        tell("call.started", call.id)
    elif kind == "heard":
        note_turn(call, fields)
        keep_turns([call])
    elif kind == "opted_out":
        tell("opt_out", call.id)
    elif kind == "tool" and fields.get("ok"):
        event = {"book": "booking.made", "take_message": "message.taken"}.get(str(fields.get("name")))
        if event:
            tell(event, call.id)
    elif kind == "ended":
        call.end_reason = str(fields.get("reason") or "")
        call.duration_ms = int(fields.get("duration_ms") or 0)
        Call.objects.filter(id=call.id).update(end_reason=call.end_reason, duration_ms=call.duration_ms)
