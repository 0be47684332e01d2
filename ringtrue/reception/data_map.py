"""What reception stores about people: nothing that says who they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ringtrue.privacy.data_map import Removed, declare
from ringtrue.reception.models import LineWebhook, Ticket


def expire_webhooks(workspace_id: UUID, cutoff: datetime) -> Removed:
    rows, _ = LineWebhook.objects.filter(workspace_id=workspace_id, at__lt=cutoff).delete()
    return Removed(rows=rows)


def count_webhooks(workspace_id: UUID, cutoff: datetime) -> int:
    return LineWebhook.objects.filter(workspace_id=workspace_id, at__lt=cutoff).count()


def expire_tickets(workspace_id: UUID, cutoff: datetime) -> Removed:
    rows, _ = Ticket.objects.filter(workspace_id=workspace_id, created_at__lt=cutoff, call__state="ended").delete()
    return Removed(rows=rows)


def count_tickets(workspace_id: UUID, cutoff: datetime) -> int:
    return Ticket.objects.filter(workspace_id=workspace_id, created_at__lt=cutoff, call__state="ended").count()


declare(
    store="reception_linewebhook",
    what="carriers' webhooks that were handled: the carrier's reference of the call, no number",
    category="operations",
    subject="none",
    retention="webhooks",
    purpose="handling a webhook once",
    expire=expire_webhooks,
    count=count_webhooks,
)
declare(
    store="reception_ticket",
    what="hashes of single-use tickets of calls",
    category="operations",
    subject="none",
    retention="webhooks",
    purpose="letting one connection serve one call",
    expire=expire_tickets,
    count=count_tickets,
)
