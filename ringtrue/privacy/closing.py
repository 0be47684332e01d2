"""Closing a workspace: it answers no calls from then on, can be taken up again for a while, and is gone within the promised days.

`finish` may be killed at any moment and repeated: keys first (nothing can be read from then on), then one person after the
other, then what is left in one transaction, with a signed certificate.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone

from ringtrue.accounts.models import Membership, User, Workspace
from ringtrue.accounts.row_security import tables_with_workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.core import audit
from ringtrue.core.models import AuditEntry
from ringtrue.core.signing import public_key, sign
from ringtrue.privacy import backing_up_keys, deleting_elsewhere, legal_holds
from ringtrue.privacy.data_map import Removed, stores
from ringtrue.privacy.keystore import store as key_store
from ringtrue.privacy.ledger import closing_workspace
from ringtrue.privacy.models import ClosedWorkspace, Closure, PolicySetting, Subject
from ringtrue.privacy.periods import add
from ringtrue.privacy.policy import effective

log = structlog.get_logger(__name__)
SWITCH = "voice.enabled"


class OnlyAnOwner(Exception):
    """A workspace is closed by its owner."""


def close(workspace_id: UUID, by: User, role: str) -> Closure:
    """Needs the workspace's scope. A workspace that is closing already gives its closure. Raises OnlyAnOwner."""
    if role != "owner":
        raise OnlyAnOwner
    held = closure_of(workspace_id)
    if held is not None:
        return held
    now = timezone.now()
    delete_by = add(now, effective(workspace_id, "closure.days").value)
    grace_until = min(add(now, effective(workspace_id, "closure.grace").value), delete_by)
    made = Closure.objects.create(
        workspace_id=workspace_id, asked_by=by.id, asked_at=now, grace_until=grace_until, delete_by=delete_by
    )
    PolicySetting.objects.update_or_create(
        workspace_id=workspace_id, key=SWITCH, defaults={"value": False, "set_by": by.id, "set_at": now}
    )
    audit.record(
        "workspace.closed", actor=f"user:{by.id}", workspace_id=workspace_id, target=f"workspace:{workspace_id}",
        grace_until=grace_until.isoformat(), delete_by=delete_by.isoformat(),
    )  # fmt: skip
    return made


def closure_of(workspace_id: UUID) -> Closure | None:
    return Closure.objects.filter(workspace_id=workspace_id, taken_up_at=None).first()


def take_up(workspace_id: UUID, by: User, role: str) -> bool:
    """Within the grace: everything is as it was, and calls are answered again. Raises OnlyAnOwner."""
    if role != "owner":
        raise OnlyAnOwner
    now = timezone.now()
    if not Closure.objects.filter(workspace_id=workspace_id, taken_up_at=None, grace_until__gt=now).update(taken_up_at=now):
        return False
    PolicySetting.objects.filter(workspace_id=workspace_id, key=SWITCH).delete()
    audit.record("workspace.taken_up", actor=f"user:{by.id}", workspace_id=workspace_id, target=f"workspace:{workspace_id}")
    return True


def finish_due(now: datetime) -> list[UUID]:
    """Delete every workspace whose grace is over. Returns those that are gone."""
    with system_scope("closures of every workspace"):
        due = list(Closure.objects.filter(taken_up_at=None, grace_until__lte=now).values_list("workspace_id", flat=True))
    gone = []
    for workspace_id in due:
        try:
            if finish(workspace_id, now):
                gone.append(workspace_id)
        except Exception:
            log.exception("closure failed", workspace=str(workspace_id))  # the next run goes on with it
    return gone


def finish(workspace_id: UUID, now: datetime) -> ClosedWorkspace | None:
    """None while a hold on the whole workspace stands."""
    with workspace_scope(workspace_id):
        if legal_holds.on_workspace(workspace_id) is not None:
            return None
        held = set(legal_holds.held_subjects(workspace_id))
        people = list(Subject.objects.filter(workspace_id=workspace_id).values_list("id", flat=True))
        counts = _counts(workspace_id)
    removed: Counter[str] = Counter()
    for subject_id in people:
        if subject_id not in held:
            removed += _forget(workspace_id, subject_id)
    if held:
        return None  # what a dispute needs stays, and nothing else of people; the workspace goes when the hold is lifted
    deleting_elsewhere.leave(workspace_id)
    keys = key_store().destroy_workspace(workspace_id)
    return _certify(workspace_id, now, removed, people=len(people), keys=keys, counts=counts)


def _counts(workspace_id: UUID) -> dict[str, Any]:
    """What stays of a workspace that is made anonymous, taken once before its people go; a run that was killed finds it again."""
    if effective(workspace_id, "closure.action").value != "anonymise":
        return {}
    before = AuditEntry.objects.filter(action="workspace.counted", workspace_id=workspace_id).order_by("-seq").first()
    if before is None:
        told = {store.store: dict(store.tally(workspace_id)) for store in stores() if store.tally is not None}
        before = audit.record("workspace.counted", actor="system:closure", workspace_id=workspace_id, counts=told)
    return dict(before.detail["counts"])


def replay() -> int:
    """Take away again every closed workspace that a restored backup has brought back; its keys are gone. Returns how many."""
    gone = [UUID(workspace) for workspace, _ in key_store().tombstones("workspace")]
    with system_scope("workspaces that were closed before a backup was restored"):
        back = list(Workspace.objects.filter(id__in=gone).values_list("id", flat=True))
    for workspace_id in back:
        with transaction.atomic():
            with workspace_scope(workspace_id):
                rows = _delete_rows(workspace_id)
            with system_scope("a closed workspace"):
                Workspace.objects.filter(id=workspace_id).delete()
            audit.record("workspace.deleted_again", actor="system:restore", target=f"workspace:{workspace_id}", rows=rows)
    return len(back)


def _forget(workspace_id: UUID, subject_id: UUID) -> Counter[str]:
    key_store().destroy(subject_id, workspace_id)
    backing_up_keys.forget(str(subject_id))
    total = Removed()
    with workspace_scope(workspace_id):
        subject = Subject.objects.get(id=subject_id)
        for entry in stores():
            if entry.erase is not None:
                total += entry.erase(subject)
        Subject.objects.filter(id=subject_id, erased_at=None).update(erased_at=timezone.now())
    return Counter(rows=total.rows, files=total.files, bytes=total.bytes)


def _certify(
    workspace_id: UUID, now: datetime, removed: Counter[str], *, people: int, keys: int, counts: dict[str, Any]
) -> ClosedWorkspace:
    with transaction.atomic():
        with workspace_scope(workspace_id):
            closure = Closure.objects.get(workspace_id=workspace_id, taken_up_at=None)
            rows = _delete_rows(workspace_id)
        with system_scope("a closed workspace and people who belong to no other"):
            Workspace.objects.filter(id=workspace_id).delete()
            users = _delete_users_without_a_workspace(closure)
        noted = audit.record(
            "workspace.deleted", actor="system:closure", workspace_id=workspace_id, target=f"workspace:{workspace_id}",
            rows=rows, people=people,
        )  # fmt: skip
        body = {
            "version": 1, "workspace": str(workspace_id), "asked_at": closure.asked_at.isoformat(),
            "delete_by": closure.delete_by.isoformat(), "finished_at": now.isoformat(), "in_time": now <= closure.delete_by,
            "people": people, "keys_destroyed": keys, "rows": rows + removed["rows"], "files": removed["files"],
            "accounts": users, "counts": counts, "backup_horizon_days": backing_up_keys.KEPT_DAYS,
            "exceptions": [
                {"store": s.store, "why": s.purpose} for s in stores() if s.retention == "law" and s.subject == "none"
            ],
            "audit": {"seq": noted.seq, "hash": noted.hash}, "public_key": public_key(),
        }  # fmt: skip
        signature = sign(body)
        return ClosedWorkspace.objects.create(
            id=workspace_id, at=now, certificate={**body, "signature": signature}, signature=signature
        )


def _delete_rows(workspace_id: UUID) -> int:
    """Every table with a workspace, in any order: foreign keys are looked at when the transaction ends."""
    rows = 0
    with closing_workspace(workspace_id), connection.cursor() as cursor:
        for table in tables_with_workspace():
            name = connection.ops.quote_name(table)
            cursor.execute(f"DELETE FROM {name} WHERE workspace_id = %s", [workspace_id])  # noqa: S608 - our own tables
            rows += cursor.rowcount
    return rows


def _delete_users_without_a_workspace(closure: Closure) -> int:
    """The person who closed it, when this was all they had here; others keep their account until they end it."""
    user = User.objects.filter(id=closure.asked_by).first()
    if user is None or Membership.objects.filter(user=user).exists():
        return 0
    user.delete()
    return 1
