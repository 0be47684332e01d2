"""Subjects (people that data is about), the consent ledger, policy settings and erasures."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import User, WorkspaceRow


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


class PolicyChange(WorkspaceRow):
    """A change that weakens protection, announced to the people of the workspace before it holds."""

    STATES = ("announced", "applied", "withdrawn")
    key = models.CharField(max_length=60)
    value = models.JSONField()
    sentences = models.JSONField(default=list)  # what it will do, as it was shown before it was asked for
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField(default=timezone.now)
    effective_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="announced")


class PolicyNotice(WorkspaceRow):
    """One member told about one change, once."""

    change = models.ForeignKey(PolicyChange, on_delete=models.CASCADE, related_name="notices")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["change", "user"], name="one_notice_per_person_and_change")]


class Hold(WorkspaceRow):
    """Data that must not be deleted for now: of one person, or (subject empty) of the whole workspace."""

    REASONS = ("legal", "dispute", "agreement")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, null=True, related_name="holds")
    reason = models.CharField(max_length=10, choices=[(r, r) for r in REASONS])
    law = models.CharField(max_length=200)  # the law, case or contract, without names of people
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    review_at = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True)


class Restriction(WorkspaceRow):
    """What must not be done with a person's data: nothing but keeping it ("all"), or one purpose."""

    PURPOSES = ("all", "marketing", "improvement", "analytics", "calls", "sale", "sensitive", "minor")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="restrictions")
    purpose = models.CharField(max_length=12, choices=[(p, p) for p in PURPOSES])
    since = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True)


class Closure(WorkspaceRow):
    """A workspace that its owner has closed: it can be taken up again until `grace_until`, and is gone by `delete_by`."""

    asked_by = models.UUIDField()
    asked_at = models.DateTimeField(default=timezone.now)
    grace_until = models.DateTimeField()
    delete_by = models.DateTimeField()
    taken_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace"], condition=models.Q(taken_up_at=None), name="one_open_closure")
        ]


class ProviderDeletion(WorkspaceRow):
    """Something of ours at a company that carried a call: whether it was asked to delete it, and its answer. `reference` is that company's own
    name of it."""

    STATES = ("open", "deleted", "not_there", "refused", "given_up", "not_asked")
    provider = models.CharField(max_length=20)
    account = models.CharField(max_length=40, blank=True)  # of ours, where several are connected
    kind = models.CharField(max_length=20)  # "call", "recording", ...
    reference = models.CharField(max_length=120)
    call_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, default="open")
    tries = models.IntegerField(default=0)
    answer = models.CharField(max_length=30, blank=True)  # their status, or a word of ours; never a text of theirs
    asked_at = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "provider", "kind", "reference"], name="one_wish_per_thing")
        ]
        indexes: ClassVar = [models.Index(fields=["state", "next_at"]), models.Index(fields=["workspace", "subject_id"])]


class ClosedWorkspace(models.Model):
    """What is left of a workspace that was closed: that it is gone, signed. Holds no content."""

    id = models.UUIDField(primary_key=True, editable=False)  # of the workspace
    at = models.DateTimeField(default=timezone.now)
    certificate = models.JSONField()
    signature = models.CharField(max_length=128)


from ringtrue.privacy.register_models import (  # noqa: E402, F401 - Django finds models here
    PageCount,
    PolicyVersion,
    Signature,
    Subprocessor,
)
