"""Reviewing calls: people of the business look at a sample and answer the same questions about each. What they find is kept with the
call, and that they did in the audit chain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from ringtrue.accounts.models import User
from ringtrue.calls import time_limit
from ringtrue.calls.models import Call, CallReview
from ringtrue.core import audit
from ringtrue.privacy.models import Restriction
from ringtrue.privacy.modes import keeps
from ringtrue.privacy.vault import open_json, seal_json

REVIEW = "calls.CallReview"
QUESTIONS = {
    "understood": "Did the agent understand the caller?",
    "right": "Was what it said right?",
    "reached": "Did the caller get what they wanted?",
    "polite": "Was it polite and clear?",
}
ANSWERS = ("yes", "no")  # a question that does not fit the call is left out
LOOK_BACK = timedelta(days=30)
ONE_IN = 5
ALWAYS = frozenset({"not_understood", "failed", "abandoned"})
MOST = 25
LONGEST_NOTE = 2000


def waiting(workspace_id: UUID) -> list[Call]:
    """Calls of the last 30 days that nobody has reviewed, newest first, at most 25: each that went badly, and of the others one in
    five, the same ones whenever one looks. Not of people who objected to their data being used to improve anything."""
    since = max(filter(None, (timezone.now() - LOOK_BACK, time_limit.shown_since(workspace_id))))
    objected = Restriction.objects.filter(workspace_id=workspace_id, purpose__in=("all", "improvement"), lifted_at=None)
    calls = (
        Call.objects.filter(workspace_id=workspace_id, state="ended", is_test=False, created_at__gte=since, reviews=None)
        .exclude(answered_at=None)
        .exclude(subject_id__in=objected.values("subject_id"))
        .select_related("agent_version__agent")
        .order_by("-created_at", "id")
    )
    chosen = (call for call in calls.iterator() if call.outcome in ALWAYS or call.id.int % ONE_IN == 0)
    return [call for call, _ in zip(chosen, range(MOST), strict=False)]


def takes_a_note(call: Call) -> bool:
    """Whether words about this call may be kept: only where its own are, with the names in them."""
    return keeps(call.storage_mode).text and not keeps(call.storage_mode).redacted


def review(call: Call, user: User, answers: Mapping[str, str], note: str = "") -> CallReview:
    """One of each person; a second one replaces theirs. Answers other than yes and no are left out. Needs the workspace's scope."""
    row, _ = CallReview.objects.get_or_create(
        workspace_id=call.workspace_id, call=call, reviewer=user, defaults={"subject_id": call.subject_id}
    )
    row.answers = {name: answers[name] for name in QUESTIONS if answers.get(name) in ANSWERS}
    words = note.strip()[:LONGEST_NOTE] if takes_a_note(call) else ""
    row.sealed = seal_json(call.workspace_id, call.subject_id, REVIEW, row.id, {"note": words}) if words else b""
    row.at = timezone.now()
    row.save()
    audit.record("call.reviewed", actor=f"user:{user.id}", workspace_id=call.workspace_id, target=f"call:{call.id}")
    return row


def answers_of(row: CallReview) -> list[tuple[str, str]]:
    """(question, "yes" or "no"), as the form has them."""
    return [(words, row.answers[name]) for name, words in QUESTIONS.items() if name in row.answers]


def note_of(row: CallReview) -> str:
    if not row.sealed:
        return ""
    held: dict[str, Any] = open_json(row.workspace_id, row.subject_id, REVIEW, row.id, row.sealed)
    return str(held.get("note", ""))


def scorecard(workspace_id: UUID) -> list[tuple[str, int, int]]:
    """(question, how many said yes, how many answered) over the reviews of the last 30 days."""
    rows = list(
        CallReview.objects.filter(workspace_id=workspace_id, at__gte=timezone.now() - LOOK_BACK).values_list("answers", flat=True)
    )
    return [
        (words, sum(held.get(name) == "yes" for held in rows), sum(name in held for held in rows))
        for name, words in QUESTIONS.items()
    ]
