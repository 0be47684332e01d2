"""Registers: who works for a workspace, which words it published, what was signed, how often pages were opened."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import User, WorkspaceRow


class Subprocessor(WorkspaceRow):
    """A company that may get data of this workspace, from `starts_at` until `ended_at`."""

    provider = models.CharField(max_length=40)  # the word by which code asks: "twilio", "anthropic", ...
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    does = models.CharField(max_length=200)
    region = models.CharField(max_length=40)
    agreement = models.CharField(max_length=200)  # where the signed contract lies; its confidentiality clause is in it
    agreed_on = models.DateField()
    transfer_tool = models.CharField(max_length=10, default="none")
    clauses = models.CharField(max_length=120, blank=True)  # which clauses, which module
    necessary_because = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class PolicyVersion(WorkspaceRow):
    """The words of a policy as they were published. Never changed afterwards: `sha256` is of `text`."""

    kind = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    changed = models.JSONField(default=list)  # lines that went ("- ...") and came ("+ ...") since the version before
    material = models.BooleanField()
    published_by = models.UUIDField(null=True)
    published_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    announced = models.ForeignKey("privacy.PolicyChange", on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "kind", "number"], name="one_text_per_version")]


class Signature(WorkspaceRow):
    """What a person accepted, declared or signed: which words (by hash), how, and when."""

    kind = models.CharField(max_length=20)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="signatures")
    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, null=True, related_name="signatures")
    words = models.TextField(blank=True)  # ours, as they were shown; empty where `version` holds them
    sha256 = models.CharField(max_length=64)
    method = models.CharField(max_length=20)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "workspace", "kind", "sha256"], name="signed_once")]


class PageCount(WorkspaceRow):
    """How often a page of the console was opened on a day. Of nobody in particular."""

    day = models.DateField()
    page = models.CharField(max_length=60)
    visits = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "day", "page"], name="one_count_per_page_and_day")]
