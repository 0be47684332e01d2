"""Giving a person's data to somebody outside: only by an entry of this register that was approved, and only what it names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.text import slugify

from ringtrue.accounts.models import User
from ringtrue.core import audit
from ringtrue.core.signing import public_key, sign
from ringtrue.privacy import ledger, restricting
from ringtrue.privacy.data_map import store_named
from ringtrue.privacy.models import Subject
from ringtrue.rights import incidents
from ringtrue.rights.models import Disclosure

APPROVERS = ("owner", "dpo")
GOOD_FOR = timedelta(days=30)
SHARING = ("affiliate", "marketing")  # what California calls selling or sharing (§ 1798.120)
NEEDS_CONSENT = {"consent": "share:", "marketing": "share:marketing."}


class NotApproved(Exception):
    """There is no standing approval for this."""


def consent_purpose(kind: str, recipient: str) -> str:
    """The purpose under which a person allows that this recipient gets their data."""
    return f"{NEEDS_CONSENT[kind]}{slugify(recipient)}"[:40]


def ask(
    workspace_id: UUID, kind: str, subject: Subject, recipient: str, reason: str, scope: Sequence[str], by: User
) -> Disclosure:
    """Needs the workspace's scope. Raises ValueError for a kind or store that there is not, or without recipient, reason and scope;
    NotApproved where the person's own consent is needed and not there."""
    if kind not in Disclosure.KINDS:
        raise ValueError("there is no such kind of disclosure")
    if not recipient.strip() or not reason.strip():
        raise ValueError("say who gets it, and why it is necessary")
    unknown = [name for name in scope if (store := store_named(name)) is None or store.export is None]
    if not scope or unknown:
        raise ValueError("say which data, by the stores of the data map")
    if kind in NEEDS_CONSENT and not ledger.granted(subject, consent_purpose(kind, recipient)):
        raise NotApproved("the person has not allowed this recipient")
    if kind in SHARING and not restricting.allowed(subject, "sale"):
        raise NotApproved("the person chose that their data is not sold or shared")
    made = Disclosure.objects.create(
        workspace_id=workspace_id, kind=kind, subject=subject, recipient=recipient.strip(), reason=reason.strip(),
        scope=sorted(set(scope)), asked_by=by,
    )  # fmt: skip
    _note(made, "asked", by)
    return made


def decide(disclosure: Disclosure, approve: bool, by: User, role: str) -> None:
    """Once. Raises NotApproved for a role that may not, and for an entry that was decided."""
    if role not in APPROVERS or disclosure.approved_at or disclosure.refused_at:
        raise NotApproved
    disclosure.decided_by = by
    if approve:
        disclosure.approved_at = timezone.now()
    else:
        disclosure.refused_at = timezone.now()
    disclosure.save(update_fields=["decided_by", "approved_at", "refused_at"])
    _note(disclosure, "approved" if approve else "refused", by)


def hand_out(disclosure: Disclosure, by: User) -> bytes:
    """Signed JSON {"recipient", "reason", "data": {store: [...]}, ...} with the stores of the entry and no others.

    Raises NotApproved without an approval of the last 30 days, and when a consent that it rests on was taken back or the person opted out of sharing;
    incidents.Frozen."""
    approved = disclosure.approved_at
    if approved is None or timezone.now() - approved > GOOD_FOR:
        raise NotApproved
    kind, subject = disclosure.kind, disclosure.subject
    if kind in NEEDS_CONSENT and not ledger.granted(subject, consent_purpose(kind, disclosure.recipient)):
        raise NotApproved
    if kind in SHARING and not restricting.allowed(subject, "sale"):
        raise NotApproved
    incidents.refuse_while_frozen(disclosure.workspace_id)
    body: dict[str, Any] = {
        "format": "ringtrue.disclosure/1",
        "disclosure": str(disclosure.id),
        "kind": kind,
        "recipient": disclosure.recipient,
        "reason": disclosure.reason,
        "data": {name: _held(name, subject) for name in disclosure.scope},
        "given_at": timezone.now().isoformat(),
        "public_key": public_key(),
    }
    plain = msgspec.json.decode(msgspec.json.encode(body))
    Disclosure.objects.filter(id=disclosure.id).update(given_at=timezone.now())
    _note(disclosure, "given", by, stores=len(disclosure.scope))
    return msgspec.json.encode({**plain, "signature": sign(plain)})


def _held(name: str, subject: Subject) -> list[Any]:
    store = store_named(name)
    return [msgspec.to_builtins(item) for item in store.export(subject)] if store and store.export else []


def _note(disclosure: Disclosure, what: str, by: User, **detail: Any) -> None:
    audit.record(
        f"disclosure.{what}", actor=f"user:{by.id}", workspace_id=disclosure.workspace_id, target=f"disclosure:{disclosure.id}",
        kind=disclosure.kind, **detail,
    )  # fmt: skip
