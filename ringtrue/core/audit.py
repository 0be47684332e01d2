"""The audit chain: each entry holds the hash of the one before, so a change, a loss or a reordering shows."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from ringtrue.core.models import AuditEntry

GENESIS = "0" * 64
_CHAIN_LOCK = 0x52494E47  # "RING": one writer at a time


def record(action: str, *, actor: str, workspace_id: UUID | str | None = None, target: str = "", **detail: Any) -> AuditEntry:
    """Append an entry. `detail` holds names and counts, never content."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
        last = AuditEntry.objects.order_by("-seq").first()
        entry = AuditEntry(
            seq=last.seq + 1 if last else 1,
            at=timezone.now(),
            workspace_id=workspace_id,
            actor=actor,
            action=action,
            target=target,
            detail=detail,
            previous_hash=last.hash if last else GENESIS,
        )
        entry.hash = digest(entry)
        entry.save(force_insert=True)
    return entry


def digest(entry: AuditEntry) -> str:
    body = [
        entry.seq, entry.at.isoformat(), str(entry.workspace_id or ""), entry.actor, entry.action, entry.target,
        json.dumps(entry.detail, sort_keys=True), entry.previous_hash,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def first_fault() -> int | None:
    """The `seq` of the first entry that does not fit, or None when the whole chain is sound."""
    before, expected = GENESIS, 1
    for entry in AuditEntry.objects.order_by("seq").iterator():
        if entry.seq != expected or entry.previous_hash != before or entry.hash != digest(entry):
            return expected
        before, expected = entry.hash, expected + 1
    return None
