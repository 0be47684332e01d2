"""Restriction and objection: what must not be done with a person's data, though it is kept (GDPR Art. 18 and 21)."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from ringtrue.core import audit
from ringtrue.privacy.models import Restriction, Subject


def restrict(subject: Subject, purpose: str, by: str) -> Restriction:
    """Idempotent. Needs the subject's scope. Raises ValueError for an unknown purpose."""
    if purpose not in Restriction.PURPOSES:
        raise ValueError(f"unknown purpose {purpose!r}")
    held = Restriction.objects.filter(subject=subject, purpose=purpose, lifted_at=None).first()
    if held is None:
        held = Restriction.objects.create(workspace_id=subject.workspace_id, subject=subject, purpose=purpose)
        audit.record(
            "restriction.set", actor=by, workspace_id=subject.workspace_id, target=f"subject:{subject.id}", purpose=purpose
        )
    return held


def lift(subject: Subject, purpose: str, by: str) -> None:
    Restriction.objects.filter(subject=subject, purpose=purpose, lifted_at=None).update(lifted_at=timezone.now())
    audit.record(
        "restriction.lifted", actor=by, workspace_id=subject.workspace_id, target=f"subject:{subject.id}", purpose=purpose
    )


def standing(subject: Subject) -> list[str]:
    rows = Restriction.objects.filter(subject=subject, lifted_at=None).order_by("since", "purpose")
    return list(rows.values_list("purpose", flat=True))


def is_kept_only(subject_id: UUID | None) -> bool:
    """Whether nothing but keeping is allowed: no summary, no mail, no webhook, no call. Needs the workspace's scope."""
    return subject_id is not None and Restriction.objects.filter(subject_id=subject_id, purpose="all", lifted_at=None).exists()


def allowed(subject: Subject, purpose: str) -> bool:
    """Whether the person's data may be used for this purpose now. A refusal is written into the audit chain."""
    held = set(standing(subject))
    if not held & {"all", purpose}:
        return True
    audit.record(
        "processing.refused", actor="system:privacy", workspace_id=subject.workspace_id, target=f"subject:{subject.id}",
        purpose=purpose,
    )  # fmt: skip
    return False
