"""What the permit asks for, and what became of each dial. Numbers are kept as keyed hashes only (privacy.vault.blind)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import WorkspaceRow
from ringtrue.privacy.models import Subject


class DialingSettings(WorkspaceRow):
    """Where a workspace may call. Without a row: the countries that it has numbers in."""

    countries = models.JSONField(default=list)  # ["US", "GB"], ISO 3166-1

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace"], name="one_dialing_settings")]


class VerifiedCallerId(WorkspaceRow):
    """A number of the business itself that it may show although it was not bought here. `proof`: how the right to it was shown."""

    number = models.CharField(max_length=20)
    proof = models.CharField(max_length=120)
    verified_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "number"], name="one_verification_per_number")]


class CallerIdCode(WorkspaceRow):
    """The code that is told in a call to a number, to show who answers it. Kept, encrypted, until it is entered or another one is made."""

    agent = models.ForeignKey("agents.Agent", on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=20)
    locked = models.TextField()
    call = models.UUIDField(null=True, db_index=True)
    tries = models.IntegerField(default=0)  # wrong codes that were entered
    words = models.TextField(blank=True)  # why the number was not called
    expires_at = models.DateTimeField()


class ImportedList(WorkspaceRow):
    """One publication of a do-not-call list. The newest that is `ready` counts; an import that broke off never does."""

    name = models.CharField(max_length=20)  # "us.national", "us.tx", "gb.tps", "gb.ctps"
    published_at = models.DateTimeField()
    imported_at = models.DateTimeField(default=timezone.now)
    lines = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the file: the proof of what was used
    ready = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "name", "-published_at"])]


class ListedNumber(WorkspaceRow):
    imported = models.ForeignKey(ImportedList, on_delete=models.CASCADE, related_name="numbers")
    number_hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["imported", "number_hash"], name="listed_once")]


class ReassignedAnswer(WorkspaceRow):
    """What the reassigned numbers database said. Kept: it is the proof of a safe harbour."""

    number_hash = models.CharField(max_length=64, db_index=True)
    answer = models.CharField(max_length=8)  # yes, no, no_data
    asked_at = models.DateTimeField(default=timezone.now)


class Decision(WorkspaceRow):
    """A verdict on a call that somebody wanted to place. Append-only; `words` hold nothing about the called party."""

    number_hash = models.CharField(max_length=64, db_index=True)
    agent = models.UUIDField(null=True)
    purpose = models.CharField(max_length=12)
    verdict = models.CharField(max_length=6)  # allow, defer, refuse
    rules = models.JSONField(default=list)
    words = models.TextField()
    pack = models.CharField(max_length=40)
    inputs_hash = models.CharField(max_length=64)  # keyed hash over all that the verdict depended on
    until = models.DateTimeField(null=True)
    at = models.DateTimeField(default=timezone.now)


class Attempt(WorkspaceRow):
    """A dial, claimed before it is made. A claim is never claimed again: a lost one is closed as `unknown`."""

    STATES = ("claimed", "placed", "not_placed", "unknown", "ended")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="attempts")
    number_hash = models.CharField(max_length=64)
    agent = models.UUIDField()
    purpose = models.CharField(max_length=12)
    topic = models.CharField(max_length=40, blank=True)
    claim = models.CharField(max_length=80)  # what asked for this call, such as "lead:<id>:3"; each may ask once
    line = models.CharField(max_length=20)
    line_account = models.UUIDField(null=True)  # numbers.LineAccount by which it was placed
    caller_id = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default="claimed")
    reason = models.CharField(max_length=30, blank=True)
    provider_ref = models.CharField(max_length=80, blank=True, db_index=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="attempts")
    held_micros = models.BigIntegerField()
    answered = models.BooleanField(default=False)
    abandoned = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "claim"], name="one_attempt_per_claim")]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "number_hash", "-at"]),
            models.Index(fields=["workspace", "state", "at"]),
            models.Index(fields=["line_account", "at"], condition=models.Q(closed_at=None), name="open_attempts_of_account"),
        ]
