from __future__ import annotations

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import WorkspaceRow
from ringtrue.calls.models import Call


class Ticket(WorkspaceRow):
    """Lets one media connection serve one call, once. Only a hash of it is kept."""

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="ticket")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    machine_detection = models.CharField(max_length=6, blank=True)  # whether the carrier listens who answers: "before", "beside"
    answered_by = models.CharField(max_length=12, blank=True)  # what it found: lines.carrier.AnsweredBy, or "unsure"


class LineWebhook(WorkspaceRow):
    """A carrier's webhook that was already handled: carriers send them twice and in any order."""

    line = models.CharField(max_length=20)
    event_key = models.CharField(max_length=160, unique=True)
    at = models.DateTimeField(default=timezone.now)
