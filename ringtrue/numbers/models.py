from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import WorkspaceRow


class LineAccount(WorkspaceRow):
    """An account at a carrier. `credentials` is one Fernet token over JSON (P-CLX-7-2); it is written, never shown."""

    DETECTION = (
        ("", "by Ringtrue only"),
        ("beside", "by the carrier too, while we speak"),
        ("before", "by the carrier, before we speak"),
    )
    """Who listens whether a person or an answering machine has answered a call that we placed."""

    line = models.CharField(max_length=20)  # folder name under voice/lines
    name = models.CharField(max_length=80)
    account_ref = models.CharField(max_length=80, db_index=True)  # the carrier's own id of the account: Twilio's AccountSid
    credentials = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=30, default="", blank=True)  # as the line last told: "ready", "registered", ...
    state_detail = models.CharField(max_length=60, default="", blank=True)
    state_at = models.DateTimeField(null=True, blank=True)
    machine_detection = models.CharField(max_length=6, default="", blank=True, choices=DETECTION)
    starts_per_s = models.FloatField(null=True, blank=True)  # calls that may begin in a second; None: what the carrier allows
    most_calls = models.IntegerField(null=True, blank=True)  # that we have placed and that are going on; None: any number
    next_start_at = models.DateTimeField(null=True, blank=True)  # before that no call begins; its row is the lock of all who dial


class PhoneNumber(WorkspaceRow):
    number = models.CharField(max_length=20)  # E.164
    line_account = models.ForeignKey(LineAccount, on_delete=models.CASCADE, related_name="numbers")
    agent = models.ForeignKey("agents.Agent", on_delete=models.SET_NULL, null=True, related_name="numbers")
    reference = models.CharField(max_length=64, blank=True)  # the carrier's own name of it; "" where it was only typed in here

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "number"], name="one_row_per_number")]


class NumberOrder(WorkspaceRow):
    """A number that is being bought, written down before the carrier is asked: whatever happens to the answer, it is bought once, and a
    number that was bought is never lost."""

    line_account = models.ForeignKey(LineAccount, on_delete=models.CASCADE, related_name="orders")
    number = models.CharField(max_length=20)  # E.164
    agent = models.UUIDField(null=True)  # who is to answer it
    asked_by = models.CharField(max_length=80)  # as in the audit chain
    price = models.CharField(max_length=20)  # of a month, as it was shown: "1.15 USD"
    asked_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)  # when the carrier was last asked
    problem = models.TextField(blank=True)  # why it was not bought, in words

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "number"], name="one_order_per_number")]
