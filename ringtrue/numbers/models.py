from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import WorkspaceRow


class LineAccount(WorkspaceRow):
    """An account at a carrier. `credentials` is one Fernet token over JSON (P-CLX-7-2); it is written, never shown."""

    line = models.CharField(max_length=20)  # folder name under voice/lines
    name = models.CharField(max_length=80)
    account_ref = models.CharField(max_length=80, db_index=True)  # the carrier's own id of the account: Twilio's AccountSid
    credentials = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=30, default="", blank=True)  # as the line last told: "ready", "registered", ...
    state_detail = models.CharField(max_length=60, default="", blank=True)
    state_at = models.DateTimeField(null=True, blank=True)


class PhoneNumber(WorkspaceRow):
    number = models.CharField(max_length=20)  # E.164
    line_account = models.ForeignKey(LineAccount, on_delete=models.CASCADE, related_name="numbers")
    agent = models.ForeignKey("agents.Agent", on_delete=models.SET_NULL, null=True, related_name="numbers")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "number"], name="one_row_per_number")]
