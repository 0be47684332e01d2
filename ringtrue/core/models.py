"""The audit chain's rows. They hold hashes and field names, never content, so they need no erasure."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    workspace_id = models.UUIDField(null=True, db_index=True)
    actor = models.CharField(max_length=80)  # "user:<uuid>", "key:<uuid>", "system:<part>"
    action = models.CharField(max_length=60)  # "call.deleted", "member.invited"
    target = models.CharField(max_length=120, blank=True)  # "call:<uuid>"
    detail = models.JSONField(default=dict)  # names and counts only
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)


class AuditCheckpoint(models.Model):
    """A signed head of the chain: cutting the chain's tail is noticed by it."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
