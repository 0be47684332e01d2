"""Removing text messages: of a person, or of a time long past; and what their export holds. The carrier is asked to delete its copies.
Needs the workspace's scope."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from django.db.models import QuerySet

from ringtrue.privacy import deleting_elsewhere
from ringtrue.privacy.data_map import Instant, Removed
from ringtrue.privacy.legal_holds import held_subjects
from ringtrue.privacy.models import Subject
from ringtrue.reception.models import TextMessage
from ringtrue.reception.texting import what_it_says


class HeldText(TypedDict):
    at: Instant
    direction: str
    state: str
    number: NotRequired[str]
    text: NotRequired[str]
    agreed_to: NotRequired[str]


def forget_of(subject: Subject) -> Removed:
    return _drop(TextMessage.objects.filter(subject=subject))


def old(workspace_id: UUID, cutoff: datetime) -> QuerySet[TextMessage]:
    rows = TextMessage.objects.filter(workspace_id=workspace_id, created_at__lt=cutoff)
    return rows.exclude(subject_id__in=held_subjects(workspace_id))


def expire(workspace_id: UUID, cutoff: datetime) -> Removed:
    return _drop(old(workspace_id, cutoff))


def export(subject: Subject) -> Iterable[Any]:
    for row in TextMessage.objects.filter(subject=subject).order_by("created_at"):
        yield {"at": row.created_at, "direction": row.direction, "state": row.state, **what_it_says(row)}


def _drop(rows: QuerySet[TextMessage]) -> Removed:
    for row in rows.exclude(reference="").exclude(number=None).select_related("number__line_account"):
        assert row.number is not None
        account = row.number.line_account
        deleting_elsewhere.ask(
            row.workspace_id, provider=account.line, kind="text", reference=row.reference, account=account.account_ref,
            subject_id=row.subject_id,
        )  # fmt: skip
    removed, _ = rows.delete()
    return Removed(rows=removed)
