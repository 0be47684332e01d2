"""Erasing a person: their key first, then every store of the data map, then a signed certificate.

Each step is a transaction of its own and is written down with it, so that an erasure that was killed goes on where it was
(`resume`). After the first step nothing of the person can be read any more, here or in any backup; the rest is tidying.
"""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.core import audit
from ringtrue.core.signing import is_signed, public_key, sign
from ringtrue.privacy import backing_up_keys, deleting_elsewhere, legal_holds
from ringtrue.privacy.data_map import Store, stores
from ringtrue.privacy.keystore import store as key_store
from ringtrue.privacy.models import Erasure, Subject
from ringtrue.privacy.vault import blind

log = structlog.get_logger(__name__)

REASONS = ("request", "retention", "call_deleted", "closure", "replayed", "minor")


class ErasureIncomplete(Exception):
    """A store still gives out something about the person: `str(self)` names it. The erasure stays open and is tried again."""


def erase_subject(subject: Subject, reason: str, by: str) -> Erasure:
    """`by`: the actor as in the audit chain. Safe to repeat: a subject that was erased gives its first erasure again.

    Raises legal_holds.OnHold while a law, a dispute or an agreement needs the person's data."""
    assert reason in REASONS, reason
    with workspace_scope(subject.workspace_id):
        held = _erasure_of(subject)
        hold = legal_holds.on(subject)
        if held is None and hold is not None and reason != "replayed":
            raise legal_holds.OnHold(hold)
        if held is None:
            held = _begin(subject, reason, by)
    return held if held.signature else _carry_out(held)


def erase(subject: Subject, *, reason: str, requested_by: str) -> Erasure:
    return erase_subject(subject, reason, requested_by)


def resume() -> int:
    """Carry on with every erasure that was begun and not finished, and repeat those that a restored backup of the data has
    undone. Call it before the service opens, and now and then. Returns how many."""
    with system_scope("erasures of all workspaces that were begun and not signed"):
        open_ones = list(Erasure.objects.filter(signature=""))
    done = 0
    for erasure in open_ones:
        try:
            _carry_out(erasure)
            done += 1
        except ErasureIncomplete as failure:
            log.error("erasure incomplete", erasure=str(erasure.id), store=str(failure))
    return done + replay()


def replay() -> int:
    """Erase again whoever is known as a tombstone in the key store and yet stands in the database: it was restored."""
    graves = [subject for subject, _ in key_store().tombstones()]
    with system_scope("subjects whose key was destroyed, in whatever workspace"):
        back = list(Subject.objects.filter(id__in=graves, erased_at__isnull=True))
    for subject in back:
        erase_subject(subject, "replayed", "system:restore")
    return len(back)


def verify(certificate: dict[str, Any], key: str = "") -> bool:
    """Whether this certificate is whole and signed; `key` (hex) by that installation, else by this one."""
    body = {name: value for name, value in certificate.items() if name != "signature"}
    return is_signed(body, str(certificate.get("signature", "")), key)


def _erasure_of(subject: Subject) -> Erasure | None:
    return Erasure.objects.filter(subject_hash=_hash_of(subject.workspace_id, subject.id)).order_by("at").first()


def _hash_of(workspace_id: UUID, subject_id: UUID | str) -> str:
    return blind(workspace_id, "erased subject", str(subject_id))


def _begin(subject: Subject, reason: str, by: str) -> Erasure:
    now = timezone.now()
    erasure = Erasure.objects.create(
        workspace_id=subject.workspace_id,
        subject_hash=_hash_of(subject.workspace_id, subject.id),
        reason=reason,
        requested_by=by[:80],
        at=now,
        certificate={"subject": str(subject.id), "begun_at": now.isoformat(), "stores": []},
    )
    # The number no longer leads here; whoever calls from it again is somebody new to us.
    Subject.objects.filter(id=subject.id).update(erased_at=now, handle_hash=secrets.token_hex(32))
    subject.refresh_from_db()
    audit.record(
        "subject.erasure_begun", actor=by, workspace_id=subject.workspace_id, target=f"subject:{subject.id}", reason=reason
    )
    return erasure


def _carry_out(erasure: Erasure) -> Erasure:
    subject_id = str(erasure.certificate["subject"])
    _destroy_keys(erasure, subject_id)
    for entry in stores():
        _walk(erasure, subject_id, entry)
    return _certify(erasure, subject_id)


def _destroy_keys(erasure: Erasure, subject_id: str) -> None:
    had_key = key_store().destroy(subject_id, erasure.workspace_id)
    rewritten = backing_up_keys.forget(subject_id)
    with workspace_scope(erasure.workspace_id):
        held = Erasure.objects.select_for_update().get(id=erasure.id)
        certificate = held.certificate
        certificate["keys_destroyed"] = max(int(had_key), certificate.get("keys_destroyed", 0))
        certificate["key_backups_rewritten"] = rewritten + certificate.get("key_backups_rewritten", 0)
        held.save(update_fields=["certificate"])


def _walk(erasure: Erasure, subject_id: str, entry: Store) -> None:
    """One store, in one transaction with the note that it was done."""
    if entry.erase is None:
        return
    with workspace_scope(erasure.workspace_id):
        held = Erasure.objects.select_for_update().get(id=erasure.id)
        if any(done["store"] == entry.store for done in held.certificate["stores"]):
            return
        removed = entry.erase(Subject.objects.get(id=subject_id))
        held.certificate["stores"].append(
            {"store": entry.store, "rows": removed.rows, "files": removed.files, "bytes": removed.bytes}
        )
        held.save(update_fields=["certificate"])


def _certify(erasure: Erasure, subject_id: str) -> Erasure:
    with workspace_scope(erasure.workspace_id), transaction.atomic():
        held = Erasure.objects.select_for_update().get(id=erasure.id)
        if held.signature:
            return held
        subject = Subject.objects.get(id=subject_id)
        for entry in stores():
            if entry.export is not None and next(iter(entry.export(subject)), None) is not None:
                raise ErasureIncomplete(entry.store)
        noted = audit.record(
            "subject.erased", actor=held.requested_by, workspace_id=held.workspace_id, target=f"subject:{subject_id}",
            reason=held.reason, stores=len(held.certificate["stores"]),
        )  # fmt: skip
        body = {
            **held.certificate,
            "version": 1,
            "erasure": str(held.id),
            "workspace": str(held.workspace_id),
            "subject_hash": held.subject_hash,
            "reason": held.reason,
            "requested_by": held.requested_by,
            "finished_at": timezone.now().isoformat(),
            "backup_horizon_days": backing_up_keys.KEPT_DAYS,
            "providers": deleting_elsewhere.of_subject(held.workspace_id, subject_id),
            "exceptions": [
                {"store": s.store, "why": s.kept_because} for s in stores() if s.kept_because and s.subject == "caller"
            ],
            "audit": {"seq": noted.seq, "hash": noted.hash},
            "public_key": public_key(),
        }
        held.signature = sign(body)
        held.certificate = {**body, "signature": held.signature}
        held.save(update_fields=["certificate", "signature"])
    return held
