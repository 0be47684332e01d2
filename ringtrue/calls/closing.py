"""The end of a call: its events are folded once into row, summary, outcome, contact and search words, and the business is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from django.utils import timezone

from ringtrue.calls import deciding_outcome, improving, searching
from ringtrue.calls.folding import Told, gathered, reply_ms_p50, turn_count
from ringtrue.calls.models import Call
from ringtrue.calls.news import describe
from ringtrue.calls.recording import CALL, kept_numbers
from ringtrue.calls.summarising import summarise
from ringtrue.contacts.gathering import remember
from ringtrue.notifications.telling import tell_call_ended
from ringtrue.privacy.modes import keeps
from ringtrue.privacy.policy import effective
from ringtrue.privacy.restricting import is_kept_only
from ringtrue.privacy.vault import seal_json

log = structlog.get_logger(__name__)


def close(call: Call) -> None:
    """Needs the workspace's scope and a lock on the row."""
    from ringtrue.calls.reading import told

    events = told(call)
    seen = deciding_outcome.seen_in(events)
    call.outcome = deciding_outcome.decide(seen)
    call.end_reason = seen.reason
    call.turns = turn_count(events)
    call.reply_ms_p50 = reply_ms_p50(events)
    call.ended_at = _ended_at(call, events)
    call.state = "ended"
    numbers = kept_numbers(call)
    kept_only = is_kept_only(call.subject_id)  # this person's data is kept and used for nothing else
    if keeps(call.storage_mode).facts and effective(call.workspace_id, "storage.summary").value and not kept_only:
        call.sealed = seal_json(
            call.workspace_id, call.subject_id, CALL, call.id, {**numbers, "summary": _summary(call, events, numbers)}
        )
    call.save()
    improving.count(call)
    if keeps(call.storage_mode).contact:
        facts = gathered(events)
        contact = remember(
            call.subject, name=facts.name, number=_caller_number(call, numbers) or facts.number, at=call.created_at
        )
        searching.index_contact(contact)
    searching.index_call(call, events)
    tell_call_ended(describe(call, events))
    log.info("call ended", call=str(call.id), outcome=call.outcome, reason=call.end_reason, duration_ms=call.duration_ms)


def _summary(call: Call, events: list[Told], numbers: dict[str, str]) -> Any:
    faqs = {faq["id"]: faq["question"] for faq in call.agent_version.document.get("faqs") or []}
    named = not keeps(call.storage_mode).redacted
    made = summarise(events, call.outcome, faqs=faqs, from_number=_caller_number(call, numbers), named=named)
    return msgspec.to_builtins(made)


def _caller_number(call: Call, numbers: dict[str, str]) -> str:
    return numbers.get("from_number" if call.direction == "inbound" else "to_number", "")


def _ended_at(call: Call, events: list[Told]) -> datetime:
    if not call.duration_ms and events:
        call.duration_ms = max(event.at_ms for event in events)  # a lost call is as long as what was told of it
    if call.answered_at is None:
        return timezone.now()
    return call.answered_at + timedelta(milliseconds=call.duration_ms)
