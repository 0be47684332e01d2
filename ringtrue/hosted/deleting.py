"""Deleting a call at the engine that held it (`privacy/deleting_elsewhere.py` asks until it answers)."""

from __future__ import annotations

from uuid import UUID

import structlog

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.hosted.connecting import disconnect
from ringtrue.hosted.finding import engines, part
from ringtrue.hosted.requesting import Refused, Silent
from ringtrue.numbers.connecting import credentials_of
from ringtrue.numbers.models import LineAccount
from ringtrue.privacy import deleting_elsewhere

log = structlog.get_logger(__name__)


def leave(workspace_id: UUID) -> None:
    """Agents and webhooks of a workspace that is closed."""
    with workspace_scope(workspace_id):
        for account in LineAccount.objects.filter(workspace_id=workspace_id, line__in=list(engines())):
            left = disconnect(account, actor="system:closure")
            if left:
                log.warning("left at an engine", engine=account.line, things=len(left))


def deleter(engine: str) -> deleting_elsewhere.Deleter:
    def delete(workspace_id: UUID, account: str, kind: str, reference: str) -> deleting_elsewhere.Answer:
        with workspace_scope(workspace_id):
            found = LineAccount.objects.filter(workspace_id=workspace_id, line=engine).first()
        if found is None:
            raise deleting_elsewhere.Refused("not_connected")
        try:
            status: int = part(engine, "calls").delete(credentials_of(found), reference)
        except (Refused, Silent) as problem:
            raise deleting_elsewhere.NotYet(str(problem)) from None
        return deleting_elsewhere.Answer(str(status), found=status != 404)

    return delete
