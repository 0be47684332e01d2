"""Deleting what a child told, once the call is over (privacy/minors.py notices it)."""

from __future__ import annotations

import structlog

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.calls.models import Call
from ringtrue.privacy import erasing, ledger, restricting
from ringtrue.privacy.legal_holds import OnHold
from ringtrue.privacy.models import Restriction, Subject
from ringtrue.privacy.policy import effective

log = structlog.get_logger(__name__)


def forget_due() -> int:
    """Erase every child who was noticed, where no parent's consent is on record. A child on the line waits for the next run."""
    with system_scope("children of every workspace who were noticed"):
        waiting = list(
            Restriction.objects.filter(purpose="minor", lifted_at=None, subject__erased_at=None).select_related("subject")
        )
    return sum(_forget(held.subject) for held in waiting)


def _forget(subject: Subject) -> int:
    with workspace_scope(subject.workspace_id):
        if ledger.granted(subject, "parental"):
            restricting.lift(subject, "minor", "system:minors")
            restricting.lift(subject, "all", "system:minors")
            return 0
        if effective(subject.workspace_id, "minors.action").value != "purge":
            return 0
        live = Call.objects.filter(subject=subject, state__in=("ringing", "live")).exists()
    if live:
        return 0
    try:
        with workspace_scope(subject.workspace_id):
            erasing.erase(subject, reason="minor", requested_by="system:minors")
    except OnHold:
        log.warning("a child's data is on hold and not deleted", subject=str(subject.id))
        return 0
    return 1
