"""Removing what was told: of a call, of a person, or of a time long past. Needs the workspace's scope."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from ringtrue.notifications.mail_folder import file_name_of, mail_folder, remove_file
from ringtrue.notifications.models import Mail, WebhookDelivery
from ringtrue.notifications.queueing import DELIVERY, MAIL
from ringtrue.privacy.data_map import Instant, Removed
from ringtrue.privacy.legal_holds import held_subjects
from ringtrue.privacy.models import Subject
from ringtrue.privacy.vault import open_json


def forget_call(call_id: UUID) -> Removed:
    return _drop_mails(Mail.objects.filter(call_id=call_id)) + _drop(WebhookDelivery.objects.filter(call_id=call_id))


def forget_mails_of(subject: Subject) -> Removed:
    return _drop_mails(Mail.objects.filter(subject=subject))


def forget_deliveries_of(subject: Subject) -> Removed:
    return _drop(WebhookDelivery.objects.filter(subject=subject))


def old_mails(workspace_id: UUID, cutoff: datetime) -> QuerySet[Mail]:
    rows = Mail.objects.filter(workspace_id=workspace_id, created_at__lt=cutoff)
    return rows.exclude(subject_id__in=held_subjects(workspace_id))


def expire_mails(workspace_id: UUID, cutoff: datetime) -> Removed:
    return _drop_mails(old_mails(workspace_id, cutoff))


def old_deliveries(workspace_id: UUID, cutoff: datetime) -> QuerySet[WebhookDelivery]:
    rows = WebhookDelivery.objects.filter(workspace_id=workspace_id, created_at__lt=cutoff)
    return rows.exclude(subject_id__in=held_subjects(workspace_id))


def expire_deliveries(workspace_id: UUID, cutoff: datetime) -> Removed:
    return _drop(old_deliveries(workspace_id, cutoff))


class HeldMail(TypedDict):
    sent_at: Instant | None
    to: str
    subject: NotRequired[str]
    text: NotRequired[str]


class HeldDelivery(TypedDict):
    event: str
    state: str
    body: dict[str, Any]  # as it was sent to the webhook


def export_mails(subject: Subject) -> Iterable[Any]:
    for mail in Mail.objects.filter(subject=subject).order_by("created_at"):
        letter = open_json(mail.workspace_id, subject.id, MAIL, mail.id, mail.sealed)
        yield {"sent_at": mail.sent_at, "to": "the business", **letter}


def export_deliveries(subject: Subject) -> Iterable[Any]:
    for row in WebhookDelivery.objects.filter(subject=subject).order_by("created_at"):
        yield {
            "event": row.event,
            "state": row.state,
            "body": open_json(row.workspace_id, subject.id, DELIVERY, row.id, row.sealed),
        }


def _drop_mails(rows: QuerySet[Mail]) -> Removed:
    ids = list(rows.values_list("id", flat=True))
    # By id, not by the row's file name: a worker may have written the file and died before it noted the name.
    names = [file_name_of(str(mail_id)) for mail_id in ids]
    there = [name for name in names if (mail_folder() / name).exists()]
    size = sum((mail_folder() / name).stat().st_size for name in there)
    removed, _ = Mail.objects.filter(id__in=ids).delete()
    transaction.on_commit(lambda: [remove_file(name) for name in names] and None)
    return Removed(rows=removed, files=len(there), bytes=size)


def _drop(rows: QuerySet[WebhookDelivery]) -> Removed:
    removed, _ = rows.delete()
    return Removed(rows=removed)
