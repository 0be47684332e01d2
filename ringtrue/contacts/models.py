"""People who called, as the business keeps them. Everything that tells who they are is sealed under their own key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import WorkspaceRow
from ringtrue.privacy.models import Subject


class Contact(WorkspaceRow):
    subject = models.OneToOneField(Subject, on_delete=models.CASCADE, related_name="contact")
    sealed = models.BinaryField()  # JSON {"name", "number", "email", "note"}, vault context contacts.Contact
    first_call_at = models.DateTimeField(default=timezone.now)
    last_call_at = models.DateTimeField(default=timezone.now)
    call_count = models.IntegerField(default=0)


class SearchToken(WorkspaceRow):
    """Blind index: keyed hashes of the words by which a row may be found, removed with the subject."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="search_tokens")
    token = models.CharField(max_length=32, db_index=True)
    target = models.CharField(max_length=20)  # "contact", "call"
    target_id = models.UUIDField(db_index=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "token"])]
