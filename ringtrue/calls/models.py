"""The record of a call: folds of its event stream. What a person said is only in sealed columns and sealed files."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import User, WorkspaceRow
from ringtrue.agents.models import AgentVersion
from ringtrue.privacy.models import Subject

OUTCOMES = (
    "answered",  # a question was answered from the business's facts
    "message",
    "booking",
    "transfer",
    "opt_out",
    "emergency",
    "refused",  # a kind of call that the business turns away
    "no_speech",  # the caller said nothing
    "abandoned",  # hung up before anything was reached
    "voicemail",  # we called, and an answering machine did
    "not_reached",  # we called, and nobody answered
    "not_understood",
    "failed",  # something of ours or of the carrier broke
)


UNASKED = "unasked"
"""`Call.recording_flow` where somebody had to be asked before a recording and the line cannot ask: nothing is recorded."""


class Call(WorkspaceRow):
    STATES = ("ringing", "live", "ended")
    agent_version = models.ForeignKey(AgentVersion, on_delete=models.PROTECT, related_name="calls")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="calls")
    line = models.CharField(max_length=20)
    direction = models.CharField(max_length=10, default="inbound")
    provider_ref = models.CharField(max_length=80, blank=True, db_index=True)  # CallSid and the like
    state = models.CharField(max_length=8, default="ringing")
    storage_mode = models.CharField(max_length=16)
    recording_flow = models.CharField(max_length=10)  # as recording.flow, or UNASKED
    recorded = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    duration_ms = models.IntegerField(default=0)
    end_reason = models.CharField(max_length=20, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    turns = models.IntegerField(default=0)
    reply_ms_p50 = models.IntegerField(null=True)
    sealed = models.BinaryField(default=bytes)  # JSON {"from_number","to_number","summary",{...}}, vault context calls.Call
    cost_micros = models.BigIntegerField(default=0)
    is_test = models.BooleanField(default=False)  # "Try it", `ringtrue call`, the demo

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-created_at"])]


class CallEventRow(WorkspaceRow):
    """One event as the gate let it through. `fields`: structural; `sealed`: content, absent where policy dropped it."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="events")
    seq = models.IntegerField()
    at_ms = models.IntegerField()
    kind = models.CharField(max_length=16)
    fields = models.JSONField(default=dict)
    sealed = models.BinaryField(default=bytes)  # JSON of the kind's CONTENT fields, vault context calls.CallEventRow

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["call", "seq"], name="one_event_per_seq")]
        ordering: ClassVar = ["seq"]


class RecordingPiece(WorkspaceRow):
    """A sealed file in data/recordings/<call>/<seq>.sealed: PCM16, two channels (caller, agent)."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="pieces")
    seq = models.IntegerField()
    start_ms = models.IntegerField()
    duration_ms = models.IntegerField()
    sample_rate = models.IntegerField()
    file_name = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["call", "seq"], name="one_piece_per_seq")]
        ordering: ClassVar = ["seq"]


class CallReview(WorkspaceRow):
    """What one person of the business found when they reviewed a call."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="reviews")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="+")
    reviewer = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    answers = models.JSONField(default=dict)  # of calls.reviewing.QUESTIONS -> "yes" or "no"
    sealed = models.BinaryField(default=bytes)  # JSON {"note"}, vault context calls.CallReview
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["call", "reviewer"], name="one_review_per_person")]


class CallCount(WorkspaceRow):
    """How many calls of a month have expired: no key leads from here to a call or a person."""

    month = models.CharField(max_length=7)  # "2026-11"
    calls = models.IntegerField(default=0)
    seconds = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "month"], name="one_count_per_month")]


class ImprovementFigure(WorkspaceRow):
    """How many calls of a month had this in common (`calls/improving.py`): no key leads from here to a call or a person."""

    month = models.CharField(max_length=7)  # "2026-11"
    what = models.CharField(max_length=10)  # of calls.improving.VALUES
    value = models.CharField(max_length=16)
    calls = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "month", "what", "value"], name="one_figure_per_value")
        ]


class Message(WorkspaceRow):
    """A message that the agent took."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="messages")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()  # JSON {"name","number","reason"}, vault context calls.Message
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
