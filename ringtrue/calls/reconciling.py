"""Calls whose process died are ended as "lost", with what was told of them until then; files that belong to no call are removed."""

from __future__ import annotations

import shutil
from datetime import timedelta

import structlog
from django.db.models import Max
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope
from ringtrue.calls.deleting import orphans
from ringtrue.calls.models import Call, CallEventRow
from ringtrue.calls.recording import end_call, recordings_folder, store_event

log = structlog.get_logger(__name__)

NEVER_ANSWERED = timedelta(minutes=5)
QUIET = timedelta(minutes=20)  # longer than the longest call (Limits.max_call_s) may go on after its start


def end_lost_calls(*, running: set[str] | None = None) -> int:
    """`running`: ids of calls that a process says it serves; then every other live call is lost at once. Without it (the
    periodic job), only calls older than any call may be. Returns how many were ended."""
    now = timezone.now()
    with system_scope("calls of dead processes are found in every workspace"):
        open_calls = list(Call.objects.filter(state__in=("ringing", "live")).select_related("agent_version"))
    ended = 0
    for call in open_calls:
        if running is not None:
            lost = str(call.id) not in running and (call.state == "live" or now - call.created_at > NEVER_ANSWERED)
        elif call.state == "ringing":
            lost = now - call.created_at > NEVER_ANSWERED
        else:
            longest = int(call.agent_version.document.get("limits", {}).get("max_call_s", 900))
            lost = now - (call.answered_at or call.created_at) > max(QUIET, timedelta(seconds=longest * 1.2))
        if lost:
            _end_as_lost(call)
            ended += 1
    return ended


def _end_as_lost(call: Call) -> None:
    with system_scope("the last thing that was told of a lost call"):
        rows = CallEventRow.objects.filter(call_id=call.id)
        last = rows.aggregate(seq=Max("seq"), at_ms=Max("at_ms"))
        told = rows.filter(kind="ended").exists()
    if not told:
        at_ms = last["at_ms"] or 0
        fields = {"at_ms": at_ms, "reason": "lost", "duration_ms": at_ms, "goal": ""}
        store_event(call, (last["seq"] or 0) + 1, "ended", fields)
    end_call(call)
    log.warning("call lost", call=str(call.id))


def remove_orphans() -> int:
    found = orphans()
    for call_id in found:
        shutil.rmtree(recordings_folder() / str(call_id), ignore_errors=True)
    return len(found)
