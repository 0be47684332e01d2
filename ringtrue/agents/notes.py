"""Notes of a business for its own people: whatever it wants to keep beside its agents, sealed under the key of the workspace."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from ringtrue.accounts.models import User
from ringtrue.agents.models import Note
from ringtrue.privacy.vault import open_own, seal_own

NOTE = "agents.Note"
LONGEST_TITLE, LONGEST_TEXT = 120, 20_000
MOST = 500


class TooMany(Exception):
    """The workspace has as many notes as it can have."""


class Written(NamedTuple):
    id: UUID
    title: str
    text: str
    at: datetime


def write(workspace_id: UUID, user: User, title: str, text: str) -> Note:
    """Needs the workspace's scope. Raises TooMany."""
    if Note.objects.filter(workspace_id=workspace_id).count() >= MOST:
        raise TooMany
    row = Note(workspace_id=workspace_id, written_by=user)
    row.sealed = seal_own(workspace_id, NOTE, row.id, {"title": title[:LONGEST_TITLE], "text": text[:LONGEST_TEXT]})
    row.save()
    return row


def written(workspace_id: UUID) -> list[Written]:
    """All of them, newest first. Needs the workspace's scope."""
    rows = Note.objects.filter(workspace_id=workspace_id).order_by("-at", "id")
    return [Written(row.id, at=row.at, **open_own(workspace_id, NOTE, row.id, row.sealed)) for row in rows]
