"""What this feature keeps about callers, declared, and how it is erased, expired and exported."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from django.db.models import QuerySet

from ringtrue.calls import counting, deleting, messages, reviewing
from ringtrue.calls.models import Call, CallEventRow, CallReview, Message, RecordingPiece
from ringtrue.calls.reading import WholeCall, as_json
from ringtrue.privacy.data_map import Instant, Removed, declare
from ringtrue.privacy.legal_holds import held_subjects
from ringtrue.privacy.models import Subject


def _ended(workspace_id: UUID, cutoff: datetime) -> QuerySet[Call]:
    rows = Call.objects.filter(workspace_id=workspace_id, state="ended", created_at__lt=cutoff)
    return rows.exclude(subject_id__in=held_subjects(workspace_id)).select_related("subject")


def erase_calls(subject: Subject) -> Removed:
    removed = Removed()
    for call in Call.objects.filter(subject=subject):
        if call.state == "live":
            # Somebody asks for erasure while they speak: what is there goes now, and the rest has no key to be sealed with.
            Call.objects.filter(id=call.id).update(state="ended")
        removed += deleting.delete_call(call, actor="system:erasure", reason="erasure")
    return removed


def erase_events(subject: Subject) -> Removed:
    rows, _ = CallEventRow.objects.filter(call__subject=subject).delete()
    return Removed(rows=rows)


def erase_messages(subject: Subject) -> Removed:
    rows, _ = Message.objects.filter(subject=subject).delete()
    return Removed(rows=rows)


def erase_recordings(subject: Subject) -> Removed:
    removed = Removed()
    for call in Call.objects.filter(subject=subject):
        removed += deleting.delete_recording(call)
    return removed


def expire_calls(workspace_id: UUID, cutoff: datetime) -> Removed:
    removed = Removed()
    for call in _ended(workspace_id, cutoff):
        removed += deleting.delete_call(call, actor="system:retention", reason="retention")
    return removed


def expire_recordings(workspace_id: UUID, cutoff: datetime) -> Removed:
    removed = Removed()
    for call in _ended(workspace_id, cutoff).filter(pieces__isnull=False).distinct():
        removed += deleting.delete_recording(call)
    return removed


def _with_text(workspace_id: UUID, cutoff: datetime) -> QuerySet[Call]:
    texts = CallEventRow.objects.filter(workspace_id=workspace_id).exclude(sealed=b"").values("call_id")
    return _ended(workspace_id, cutoff).filter(id__in=texts)


def expire_transcripts(workspace_id: UUID, cutoff: datetime) -> Removed:
    removed = Removed()
    for call in _with_text(workspace_id, cutoff):
        removed += deleting.delete_transcript(call)
    return removed


def export_calls(subject: Subject) -> Iterable[Any]:
    for call in Call.objects.filter(subject=subject).select_related("agent_version").order_by("created_at"):
        yield as_json(call)


class HeldMessage(TypedDict):
    left_at: Instant
    name: NotRequired[str]
    number: NotRequired[str]
    reason: NotRequired[str]


def export_messages(subject: Subject) -> Iterable[Any]:
    for message in Message.objects.filter(subject=subject).order_by("created_at"):
        yield {"left_at": message.created_at, **messages.read(message)}


def erase_reviews(subject: Subject) -> Removed:
    rows, _ = CallReview.objects.filter(subject=subject).delete()
    return Removed(rows=rows)


def _reviews(workspace_id: UUID, cutoff: datetime) -> QuerySet[CallReview]:
    rows = CallReview.objects.filter(workspace_id=workspace_id, call__created_at__lt=cutoff)
    return rows.exclude(subject_id__in=held_subjects(workspace_id))


def expire_reviews(workspace_id: UUID, cutoff: datetime) -> Removed:
    rows, _ = _reviews(workspace_id, cutoff).delete()
    return Removed(rows=rows)


class HeldReview(TypedDict):
    call: str
    at: Instant
    answers: dict[str, str]
    note: str


def export_reviews(subject: Subject) -> Iterable[Any]:
    for row in CallReview.objects.filter(subject=subject).order_by("at"):
        yield {"call": str(row.call_id), "at": row.at, "answers": row.answers, "note": reviewing.note_of(row)}


class HeldPiece(TypedDict):
    call: str
    start_ms: int
    duration_ms: int


def export_recordings(subject: Subject) -> Iterable[Any]:
    for piece in RecordingPiece.objects.filter(call__subject=subject).order_by("call_id", "seq"):
        yield {"call": str(piece.call_id), "start_ms": piece.start_ms, "duration_ms": piece.duration_ms}


declare(
    store="calls_call",
    what="that a call happened: when, how long, outcome; numbers and summary sealed",
    category="call_metadata",
    subject="caller",
    retention="call_metadata",
    purpose="answering the business's calls",
    erase=erase_calls,
    expire=expire_calls,
    count=lambda workspace_id, cutoff: _ended(workspace_id, cutoff).count(),
    export=export_calls,
    shape=WholeCall,
    tally=counting.close,
)
declare(
    store="calls_callcount",
    what="how many calls of a month have expired: a number and their length together",
    category="usage",
    subject="none",
    retention="none",
    purpose="figures about use",
)
declare(
    store="calls_improvementfigure",
    what="of how many calls of a month the agent replied how quickly, in how many turns, with what outcome",
    category="usage",
    subject="none",
    retention="none",
    purpose="figures for improving the service",
)
declare(
    store="calls_calleventrow",
    what="what happened and what was said in a call, the latter sealed",
    category="content",
    subject="caller",
    retention="transcripts",
    purpose="answering the business's calls",
    erase=erase_events,
    expire=expire_transcripts,
    count=lambda workspace_id, cutoff: _with_text(workspace_id, cutoff).count(),
)
declare(
    store="calls_message",
    what="messages that callers left, sealed",
    category="content",
    subject="caller",
    retention="transcripts",
    purpose="answering the business's calls",
    erase=erase_messages,
    export=export_messages,
    shape=HeldMessage,
)
declare(
    store="calls_callreview",
    what="what people of the business found who reviewed a call; their words sealed",
    category="content",
    subject="caller",
    retention="transcripts",
    purpose="answering the business's calls",
    erase=erase_reviews,
    expire=expire_reviews,
    count=lambda workspace_id, cutoff: _reviews(workspace_id, cutoff).count(),
    export=export_reviews,
    shape=HeldReview,
)
declare(
    store="calls_recordingpiece",
    what="which pieces of a recording there are",
    category="content",
    subject="caller",
    retention="recordings",
    purpose="answering the business's calls",
    erase=erase_recordings,
    expire=expire_recordings,
    count=lambda workspace_id, cutoff: _ended(workspace_id, cutoff).filter(pieces__isnull=False).distinct().count(),
    export=export_recordings,
    shape=HeldPiece,
)
declare(
    store="file:recordings",
    what="recorded audio, two channels, each piece sealed in a file",
    category="content",
    subject="caller",
    retention="recordings",
    purpose="answering the business's calls",
    kept_because="removed with its row in calls_recordingpiece",
)
