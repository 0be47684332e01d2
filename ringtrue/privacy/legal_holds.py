"""Holds: data that a law, a dispute or an agreement needs is neither expired nor erased until the hold is lifted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from ringtrue.accounts.models import User
from ringtrue.core import audit
from ringtrue.privacy.models import Hold, Subject


class OnHold(Exception):
    """This person's data must be kept for now. `law`: what asks for it."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(f"kept until {hold.review_at:%Y-%m-%d} or later: {hold.law}")
        self.hold = hold
        self.law = hold.law


def place(workspace_id: UUID, reason: str, law: str, owner: User, review_at: datetime, subject: Subject | None = None) -> Hold:
    """Needs the workspace's scope. Raises ValueError for a reason that is none of ours, no law, or a review in the past."""
    if reason not in Hold.REASONS:
        raise ValueError(f"a hold is for one of {', '.join(Hold.REASONS)}")
    if not law.strip():
        raise ValueError("say which law, dispute or agreement asks for it")
    if review_at <= timezone.now():
        raise ValueError("say on which day it is looked at again")
    hold = Hold.objects.create(
        workspace_id=workspace_id, subject=subject, reason=reason, law=law.strip(), owner=owner, review_at=review_at
    )
    audit.record("hold.placed", actor=f"user:{owner.id}", workspace_id=workspace_id, target=f"hold:{hold.id}", reason=reason)
    return hold


def lift(hold: Hold, by: str) -> None:
    Hold.objects.filter(id=hold.id, lifted_at=None).update(lifted_at=timezone.now())
    audit.record("hold.lifted", actor=by, workspace_id=hold.workspace_id, target=f"hold:{hold.id}")


def standing(workspace_id: UUID) -> QuerySet[Hold]:
    return Hold.objects.filter(workspace_id=workspace_id, lifted_at=None).order_by("review_at")


def on(subject: Subject) -> Hold | None:
    """The hold that keeps this person's data, of their own or of the whole workspace."""
    return standing(subject.workspace_id).filter(Q(subject=subject) | Q(subject=None)).first()


def on_workspace(workspace_id: UUID) -> Hold | None:
    return standing(workspace_id).filter(subject=None).first()


def held_subjects(workspace_id: UUID) -> list[UUID]:
    """Ids of people whose data is on hold: expiry passes them by."""
    rows = standing(workspace_id).filter(subject__isnull=False).values_list("subject_id", flat=True)
    return [subject for subject in rows if subject is not None]
