from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import WorkspaceRow
from ringtrue.calls.models import Call
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.privacy.models import Subject


class Ticket(WorkspaceRow):
    """Lets one media connection serve one call, once. Only a hash of it is kept."""

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="ticket")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    machine_detection = models.CharField(max_length=6, blank=True)  # whether the carrier listens who answers: "before", "beside"
    answered_by = models.CharField(max_length=12, blank=True)  # what it found: lines.carrier.AnsweredBy, or "unsure"


class CostAwaited(WorkspaceRow):
    """A call that is over and whose carrier will tell what it cost."""

    line_account = models.ForeignKey(LineAccount, on_delete=models.SET_NULL, null=True, related_name="+")  # None: disconnected
    reference = models.CharField(max_length=80)  # the carrier's own name of the call
    attempt = models.UUIDField(null=True)  # dialing.Attempt of one that we placed
    ended_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(db_index=True)
    tries = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "reference"], name="one_cost_per_call")]


class LineWebhook(WorkspaceRow):
    """A carrier's webhook that was already handled: carriers send them twice and in any order."""

    line = models.CharField(max_length=20)
    event_key = models.CharField(max_length=160, unique=True)
    at = models.DateTimeField(default=timezone.now)


class TextSettings(WorkspaceRow):
    """An agent with a row offers whoever books a confirmation by text message."""

    agent = models.OneToOneField("agents.Agent", on_delete=models.CASCADE, related_name="+")


class TextMessage(WorkspaceRow):
    """A text message, sent or received. It is handed to the carrier once."""

    STATES = ("waiting", "sending", "sent", "delivered", "failed", "refused", "unknown", "received")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="+")
    number = models.ForeignKey(PhoneNumber, on_delete=models.SET_NULL, null=True, related_name="+")  # of ours
    direction = models.CharField(max_length=3)  # "out", "in"
    once = models.CharField(max_length=80)  # what it is for, such as "booking:<id>", or which message of the carrier it is
    call = models.UUIDField(null=True)  # in which it was agreed to
    state = models.CharField(max_length=10, default="waiting")
    code = models.CharField(max_length=30, blank=True)  # why, or "opt_out"; nothing about anybody
    reference = models.CharField(max_length=80, blank=True, db_index=True)  # the carrier's own name of it
    sealed = models.BinaryField()  # JSON {"number","text"}, vault context reception.TextMessage
    created_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "once"], name="one_text_for_one_thing")]
        indexes: ClassVar = [models.Index(fields=["state", "next_at"])]
