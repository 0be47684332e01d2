"""Finding or making the subject that a caller's data will be about."""

from __future__ import annotations

import secrets
from uuid import UUID

from ringtrue.privacy.keystore import store
from ringtrue.privacy.models import Subject
from ringtrue.privacy.vault import blind


def subject_for_number(workspace_id: UUID, number: str, kind: str = "caller") -> Subject:
    """The subject known by this E.164 number; a withheld number ("") makes a new one each time. Needs a workspace scope."""
    handle = blind(workspace_id, "number", number) if number else secrets.token_hex(32)
    subject, _ = Subject.objects.get_or_create(workspace_id=workspace_id, handle_hash=handle, defaults={"kind": kind})
    if subject.erased_at is not None:
        # The person calls again after an erasure: a new subject and a new key, nothing of the old one.
        subject.handle_hash = secrets.token_hex(32)
        subject.save(update_fields=["handle_hash"])
        subject = Subject.objects.create(workspace_id=workspace_id, handle_hash=handle, kind=kind)
    store().make(workspace_id, subject.id)
    return subject
