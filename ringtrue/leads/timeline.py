"""Everything that happened between the business and one lead, in one order: added, agreed, verdicts, attempts, calls."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from ringtrue.calls.models import Call
from ringtrue.dialing.models import Attempt, Decision
from ringtrue.leads.models import Lead
from ringtrue.privacy.models import ConsentEvent, OptOut

MOST = 200  # of each kind, the newest

CONSENT_WORDS = {
    "marketing.call": "calls about offers", "information.call": "calls with information", "callback.call": "being called back",
    "recording": "recording", "transcription": "transcription", "training": "training", "marketing.email": "mails about offers",
    "analytics": "analytics", "special_category": "keeping sensitive details",
}  # fmt: skip
STATE_WORDS = {
    "claimed": "Is being called", "placed": "Called, still on the line", "not_placed": "The call could not be made",
    "ended": "Called; nobody answered", "unknown": "Called; nobody knows whether it rang",
}  # fmt: skip


class Happening(msgspec.Struct, frozen=True):
    """`kind`: added, consent, decision, attempt, stopped, call. `good`: None where it is neither."""

    at: datetime
    kind: str
    words: str
    more: str = ""
    good: bool | None = None
    call: UUID | None = None


def happenings(lead: Lead) -> list[Happening]:
    """Newest first. Needs the workspace's scope."""
    mine = {"workspace_id": lead.workspace_id, "number_hash": lead.number_hash}
    found = [Happening(lead.created_at, "added", f"Added to the list {lead.lead_list.name}", lead.lead_list.provenance)]
    for event in ConsentEvent.objects.filter(subject_id=lead.subject_id).order_by("-at")[:MOST]:
        what = CONSENT_WORDS.get(event.purpose, event.purpose)
        words = f"{'Agreed to' if event.granted else 'Said no to'} {what}"
        found.append(Happening(event.at, "consent", words, event.wording, event.granted, event.call_id))
    for decision in Decision.objects.filter(**mine).order_by("-at")[:MOST]:
        found.append(Happening(decision.at, "decision", decision.words, f"For: {decision.purpose}", decision.verdict == "allow"))
    for attempt in Attempt.objects.filter(**mine).order_by("-at")[:MOST]:
        words = "Called and answered" if attempt.answered else STATE_WORDS[attempt.state]
        found.append(Happening(attempt.at, "attempt", words, attempt.reason.replace("_", " "), attempt.answered or None))
    for stopped in OptOut.objects.filter(**mine):
        found.append(Happening(stopped.at, "stopped", "Asked not to be called any more", "", False, stopped.call_id))
    for call in Call.objects.filter(subject_id=lead.subject_id).order_by("-created_at")[:MOST]:
        words = "Called us" if call.direction == "inbound" else "Was on the line with us"
        found.append(Happening(call.created_at, "call", words, "", None, call.id))
    return sorted(found, key=lambda happening: happening.at, reverse=True)
