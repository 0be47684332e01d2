"""Opting out: a person is not called any more, from the moment that this returns.

The list is `privacy.OptOut`: keyed hashes, never expiring. Whoever dials holds a shared lock on the number from the last look at
the list until the carrier has answered; whoever opts out takes the same lock alone. So an acknowledgement waits for a dial that is
being made, and no dial begins after it.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.privacy import ledger
from ringtrue.privacy.models import OptOut, Subject
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.vault import blind


def stop_calling(subject: Subject, source: str = "call", call_id: UUID | None = None) -> bool:
    """True the first time. Kept in every storage mode; safe to repeat; joins the caller's transaction where there is one."""
    with workspace_scope(subject.workspace_id):
        lock_number(subject.handle_hash)
        _, new = OptOut.objects.get_or_create(
            workspace_id=subject.workspace_id,
            number_hash=subject.handle_hash,
            defaults={"source": source, "call_id": call_id, "at": timezone.now()},
        )
        if new:
            ledger.record(subject, "marketing.call", False, "withdrawn", call_id=call_id)
    return new


def stop_calling_number(workspace_id: UUID, number: str, source: str) -> bool:
    """For an opt-out by web, mail or message, or typed in by the business. `number` is E.164."""
    with workspace_scope(workspace_id):
        # The lock comes before the subject's row, as where calls are placed: the other way round each would wait for the other.
        lock_number(blind(workspace_id, "number", number))
        return stop_calling(subject_for_number(workspace_id, number, kind="lead"), source)


def is_stopped(workspace_id: UUID, number_hash: str) -> bool:
    """Needs the workspace's scope."""
    return OptOut.objects.filter(workspace_id=workspace_id, number_hash=number_hash).exists()


def lock_number(number_hash: str, shared: bool = False) -> None:
    """Until the transaction ends. The hash is keyed per workspace, so workspaces do not wait for each other."""
    key = int.from_bytes(bytes.fromhex(number_hash)[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}(%s)", [key])
