"""People whom a business wants to call, in lists. Everything that tells who they are is sealed under their own key."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import User, WorkspaceRow
from ringtrue.privacy.models import Subject


class LeadList(WorkspaceRow):
    """`provenance`: where these people's data came from, in the business's own words."""

    name = models.CharField(max_length=80)
    default_country = models.CharField(max_length=2)  # ISO 3166-1, for numbers without a country code
    provenance = models.CharField(max_length=200)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "name"], name="one_lead_list_per_name")]


class Lead(WorkspaceRow):
    """One person on one list. `country`, `state`, `time_zone` are coarse on purpose: the permit's hours depend on them."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="leads")
    lead_list = models.ForeignKey(LeadList, on_delete=models.CASCADE, related_name="leads")
    number_hash = models.CharField(max_length=64)  # as dialing.gathering.hash_number makes it
    sealed = models.BinaryField()  # JSON of reading.LeadDetails, vault context leads.Lead
    country = models.CharField(max_length=2)  # of the number, or as stated
    state = models.CharField(max_length=3, blank=True)  # as stated: "TX"
    time_zone = models.CharField(max_length=40, blank=True)  # as stated: "America/Chicago"
    words = ArrayField(models.CharField(max_length=16), default=list)  # keyed hashes by which it is found (finding.py)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["lead_list", "number_hash"], name="one_lead_per_list")]
        indexes: ClassVar = [
            GinIndex(fields=["words"], name="lead_words"),
            models.Index(fields=["workspace", "number_hash"]),
        ]


class Segment(WorkspaceRow):
    """A saved filter over leads; `filters` is a finding.Filters as JSON."""

    name = models.CharField(max_length=80)
    filters = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "name"], name="one_segment_per_name")]


class Upload(WorkspaceRow):
    """One file on its way into a list. Its key in the key store has this row's id; it is destroyed when the file and the
    rejected rows go."""

    STATES = ("waiting", "importing", "imported", "stopped", "gone")
    lead_list = models.ForeignKey(LeadList, on_delete=models.CASCADE, related_name="uploads")
    state = models.CharField(max_length=10, default="waiting")
    form = models.JSONField(default=dict)  # reading_tables.Form: kind, encoding, separator
    mapping = models.JSONField(default=dict)  # mapping.Mapping: which column is what, and the consent that comes with it
    next_row = models.IntegerField(default=0)  # rows of the file that are dealt with
    added = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)  # {kind of problem: rows}
    trouble = models.CharField(max_length=300, blank=True)  # why it stopped, in words
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    worked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)


class UploadPiece(WorkspaceRow):
    """A piece of an uploaded file, sealed under the upload's key; deleted when it has been imported."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="pieces")
    place = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["upload", "place"], name="one_piece_per_place")]


class RejectedRow(WorkspaceRow):
    """A row that was not imported, to be downloaded, corrected and uploaded again."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="rejected")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, null=True, related_name="+")  # where the number is known
    row = models.IntegerField()  # 1 is the first after the headings
    problems = models.JSONField()  # [kind, ...] of importing.PROBLEMS
    sealed = models.BinaryField()  # JSON [cell, ...] as in the file, under the upload's key
