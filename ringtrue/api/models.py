from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from ringtrue.accounts.models import ApiKey, WorkspaceRow


class IdempotentAnswer(WorkspaceRow):
    """The answer to a POST that named an `Idempotency-Key`, so that the same request again gets the same answer and acts once.
    Kept for a day. `locked` is a Fernet token over the body, which may hold a secret that is shown once."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    key_hash = models.CharField(max_length=64)
    request_hash = models.CharField(max_length=64)  # SHA-256 over method, path and body
    status = models.IntegerField(default=0)
    locked = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["api_key", "key_hash"], name="one_answer_per_idempotency_key")]
