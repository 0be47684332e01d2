"""What people of a workspace write to the operator: questions, feedback from a page, anything else. In one store, encrypted."""

from __future__ import annotations

from uuid import UUID

from ringtrue.accounts.models import SupportTicket, User
from ringtrue.core import audit
from ringtrue.core.encrypting import lock_credentials, unlock_credentials

LONGEST = 5000  # characters


def open_ticket(workspace_id: UUID, by: User, kind: str, words: str, about: str = "") -> SupportTicket:
    """Needs the workspace's scope. Raises ValueError for a kind that there is not, no words, or too many."""
    if kind not in SupportTicket.KINDS or not 0 < len(words.strip()) <= LONGEST:
        raise ValueError(f"Say what it is about, in at most {LONGEST} characters.")
    made = SupportTicket.objects.create(
        workspace_id=workspace_id, opened_by=by, kind=kind, about=about[:120], sealed=lock_credentials(words.strip())
    )
    audit.record("ticket.opened", actor=f"user:{by.id}", workspace_id=workspace_id, target=f"ticket:{made.id}", kind=kind)
    return made


def words_of(ticket: SupportTicket) -> str:
    return str(unlock_credentials(ticket.sealed))
