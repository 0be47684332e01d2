"""Putting mails and webhook deliveries into their tables, sealed, with a job by id, in the transaction of what is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q
from django.utils import timezone

from ringtrue.accounts.models import Membership
from ringtrue.notifications import writing
from ringtrue.notifications.models import Mail, WebhookDelivery, WebhookEndpoint
from ringtrue.notifications.telling import CallNews, TextNews
from ringtrue.privacy import restricting
from ringtrue.privacy.vault import seal, seal_json

MAIL = "notifications.Mail"
DELIVERY = "notifications.WebhookDelivery"
TOLD_BY_MAIL = ("owner", "admin")


def queue_mails(news: CallNews) -> list[Mail]:
    """One mail after a call to each owner and admin of the workspace. Needs the workspace's scope."""
    return _mail(news.workspace_id, news.subject_id, "call_ended", writing.after_a_call(news), news.call_id)


def queue_mails_of_text(news: TextNews) -> list[Mail]:
    """To the same people. Needs the workspace's scope."""
    return _mail(news.workspace_id, news.subject_id, "text_received", writing.after_a_text(news))


def _mail(workspace_id: UUID, subject_id: UUID, template: str, letter: dict[str, str], call_id: UUID | None = None) -> list[Mail]:
    from ringtrue.notifications.jobs import send_mail

    if restricting.is_kept_only(subject_id):
        return []  # this person's data is kept and used for nothing else
    people = Membership.objects.filter(workspace_id=workspace_id, role__in=TOLD_BY_MAIL, user__is_active=True)
    addresses = people.order_by("created_at").values_list("user__email", flat=True).distinct()
    mails = []
    for address in addresses:
        mail = Mail(workspace_id=workspace_id, subject_id=subject_id, to=address, template=template, call_id=call_id)
        mail.sealed = seal_json(workspace_id, subject_id, MAIL, mail.id, letter)
        mail.save(force_insert=True)
        send_mail.defer(mail_id=str(mail.id))
        mails.append(mail)
    return mails


def queue_webhooks(event: str, news: CallNews) -> list[WebhookDelivery]:
    """One delivery to each active endpoint that wants this event. Needs the workspace's scope."""
    if restricting.is_kept_only(news.subject_id):
        return []  # this person's data is kept and used for nothing else
    wanting = WebhookEndpoint.objects.filter(workspace_id=news.workspace_id, active=True)
    wanting = wanting.filter(Q(events=[]) | Q(events__contains=[event]))
    return [_queue(endpoint, event, news.subject_id, news.call_id, writing.webhook_body(event, news)) for endpoint in wanting]


def queue_test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """A delivery of the event "test", which holds nothing about anybody. Needs the workspace's scope."""
    return _queue(endpoint, "test", None, None, {})


def body_of_test(delivery: WebhookDelivery) -> bytes:
    body = {"type": "test", "timestamp": delivery.created_at, "data": {"endpoint_id": str(delivery.endpoint_id)}}
    return msgspec.json.encode(body)


def _queue(
    endpoint: WebhookEndpoint, event: str, subject_id: UUID | None, call_id: UUID | None, body: dict[str, Any]
) -> WebhookDelivery:
    from ringtrue.notifications.jobs import deliver

    delivery = WebhookDelivery(
        workspace_id=endpoint.workspace_id,
        endpoint=endpoint,
        subject_id=subject_id,
        event=event,
        call_id=call_id,
        next_try_at=timezone.now(),
    )
    if subject_id is not None:
        delivery.sealed = seal(endpoint.workspace_id, subject_id, DELIVERY, delivery.id, msgspec.json.encode(body))
    delivery.save(force_insert=True)
    deliver.defer(delivery_id=str(delivery.id))
    return delivery
