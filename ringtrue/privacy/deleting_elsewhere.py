"""Deleting at the companies that carried a call: what is deleted here is asked for there, again and again until they answer.

The wish is a row in the transaction in which our own rows go, so none is lost; a job carries it out. Their answer is kept: the
certificate of an erasure names it, and a page shows it. A feature that speaks with a provider puts its deleter into `DELETERS`; of a company
without one, which carried a call or a message all the same, it is written down that it was not asked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.core import audit
from ringtrue.privacy import subprocessors
from ringtrue.privacy.models import ProviderDeletion

log = structlog.get_logger(__name__)

TRIED_FOR = timedelta(days=5)
LONGEST_WAIT = timedelta(hours=6)
AT_ONCE = 200  # in one round of the job
WORDS = {
    "open": "asked; no answer yet",
    "deleted": "deleted",
    "not_there": "was not there any more",
    "refused": "not deleted: they will not, or nobody can ask them any more",
    "given_up": "not deleted: no answer for five days",
    "not_asked": "not deleted: this company cannot be asked from here. Ask it yourself",
}


class Answer(NamedTuple):
    """`code`: what they said, in their status or a word of ours ("204", "404"). `found`: whether they still had it."""

    code: str
    found: bool = True


class NotYet(Exception):
    """To be asked again later; `str(self)` is a code, never a text of theirs."""


class Refused(Exception):
    """They will not, or nobody can ask them any more; a person has to. `str(self)` is a code."""


Deleter = Callable[[UUID, str, str, str], Answer]
"""(workspace id, account or "", kind, reference) -> their answer. Raises NotYet, Refused. Called outside a transaction and a scope."""
DELETERS: dict[str, Deleter] = {}
LEAVING: list[Callable[[UUID], None]] = []
"""(workspace id): takes away at a provider what the workspace has set up there. Called outside a scope, when a workspace is closed."""


def ask(
    workspace_id: UUID,
    *,
    provider: str,
    kind: str,
    reference: str,
    account: str = "",
    call_id: UUID | None = None,
    subject_id: UUID | None = None,
) -> ProviderDeletion | None:
    """Safe to repeat. None where nothing can be there. Needs the workspace's scope."""
    if not reference or provider not in (*DELETERS, *subprocessors.KNOWN):
        return None
    state = "open" if provider in DELETERS else "not_asked"
    row, _ = ProviderDeletion.objects.get_or_create(
        workspace_id=workspace_id, provider=provider, kind=kind, reference=reference,
        defaults={"account": account, "call_id": call_id, "subject_id": subject_id, "state": state},
    )  # fmt: skip
    return row


def ask_again(row: ProviderDeletion) -> None:
    """A person wants it tried once more, now. Needs the workspace's scope."""
    now = timezone.now()
    ProviderDeletion.objects.filter(id=row.id).exclude(state="deleted").update(state="open", asked_at=now, next_at=now, tries=0)


def carry_out(now: datetime | None = None) -> int:
    """Ask for all that is due. Returns how many were answered."""
    at = now or timezone.now()
    with system_scope("deletions at providers are due in every workspace"):
        due = list(ProviderDeletion.objects.filter(state="open", next_at__lte=at).order_by("next_at")[:AT_ONCE])
    return sum(_try(row, at) for row in due)


def leave(workspace_id: UUID) -> None:
    """The last chance before the credentials go: what is open is asked for once more, and what was set up there is taken away."""
    with workspace_scope(workspace_id):
        open_ones = list(ProviderDeletion.objects.filter(workspace_id=workspace_id, state="open"))
    for row in open_ones:
        _try(row, timezone.now())
    for take_away in LEAVING:
        try:
            take_away(workspace_id)
        except Exception as fault:  # a provider that does not answer keeps no workspace here
            log.error("not taken away at a provider", workspace=str(workspace_id), fault=type(fault).__name__)


def of_subject(workspace_id: UUID, subject_id: UUID | str | None) -> list[dict[str, Any]]:
    """Who keeps what of a person, was asked to delete it or could not be, and what they said. Needs the workspace's scope."""
    if subject_id is None:
        return []
    rows = ProviderDeletion.objects.filter(workspace_id=workspace_id, subject_id=subject_id).order_by("asked_at")
    return [
        {
            "provider": row.provider, "kind": row.kind, "state": row.state, "answer": row.answer,
            "asked_at": row.asked_at.isoformat() if row.state != "not_asked" else "",
            "answered_at": row.answered_at.isoformat() if row.answered_at else "",
        }
        for row in rows
    ]  # fmt: skip


def _try(row: ProviderDeletion, at: datetime) -> bool:
    deleter = DELETERS.get(row.provider)
    try:
        if deleter is None:
            raise Refused("no_such_provider")
        answer = deleter(row.workspace_id, row.account, row.kind, row.reference)
    except NotYet as reason:
        _note(row, at, "open", str(reason))
        return False
    except Refused as reason:
        _note(row, at, "refused", str(reason))
        return False
    except Exception as fault:  # no traceback: it could hold what was sent
        log.error("not deleted at a provider", provider=row.provider, fault=type(fault).__name__)
        _note(row, at, "open", "fault")
        return False
    _note(row, at, "deleted" if answer.found else "not_there", answer.code)
    return True


def _note(row: ProviderDeletion, at: datetime, state: str, code: str) -> None:
    if state == "open" and at - row.asked_at > TRIED_FOR:
        state = "given_up"
    answered = state in ("deleted", "not_there")
    with workspace_scope(row.workspace_id):
        changed = ProviderDeletion.objects.filter(id=row.id, state="open").update(
            state=state, answer=code[:30], tries=row.tries + 1, answered_at=at if answered else None,
            next_at=at + min(LONGEST_WAIT, timedelta(minutes=2**min(row.tries, 10))),
        )  # fmt: skip
        if changed and state != "open":
            audit.record(
                f"provider.{state}", actor="system:privacy", workspace_id=row.workspace_id, target=f"provider_deletion:{row.id}",
                provider=row.provider, kind=row.kind, answer=code[:30],
            )  # fmt: skip
