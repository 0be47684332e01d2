"""Subjects (people that data is about), the consent ledger, policy settings and erasures."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import WorkspaceRow


class Subject(WorkspaceRow):
    """A person that data is about, known by a keyed hash only; the key that opens their data is in the key store."""

    KINDS = ("caller", "lead", "named")
    kind = models.CharField(max_length=12, default="caller")
    handle_hash = models.CharField(max_length=64)  # keyed hash of the number (E.164), or random for a withheld one
    created_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "handle_hash"], name="one_subject_per_handle")]


class ConsentEvent(WorkspaceRow):
    """Append-only. The newest withdrawal wins; in doubt, no. `purpose`: recording, transcription, training, marketing.call, ..."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    granted = models.BooleanField()
    method = models.CharField(max_length=20)  # announced, asked, withdrawn, imported, ...
    wording = models.TextField(blank=True)  # our own words, as they were played or shown
    call_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)


class OptOut(WorkspaceRow):
    """The workspace's own do-not-call list: keyed hashes, never expiring, surviving erasure (a law needs it kept)."""

    number_hash = models.CharField(max_length=64)
    source = models.CharField(max_length=20, default="call")
    call_id = models.UUIDField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "number_hash"], name="one_opt_out_per_number")]


class PolicySetting(WorkspaceRow):
    """One value that a workspace has set; `policy.effective` weighs it against the others."""

    key = models.CharField(max_length=60)
    value = models.JSONField()
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "key"], name="one_value_per_setting")]


class Erasure(WorkspaceRow):
    """What was erased, where and when, signed. Holds no content."""

    subject_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=20)  # request, retention, call_deleted, closure
    requested_by = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)
    certificate = models.JSONField(default=dict)
    signature = models.CharField(max_length=128, blank=True)
