"""What reception stores about people: nothing that says who they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ringtrue.privacy.data_map import Removed, declare
from ringtrue.reception import forgetting_texts
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
    store="reception_costawaited",
    what="calls whose carrier has not told yet what they cost: its reference of the call, no number; gone when it has, or after three days",
    category="operations",
    subject="none",
    retention="while_active",
    purpose="handling a webhook once",
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
declare(
    store="reception_textsettings",
    what="which agents offer a confirmation by text message",
    category="configuration",
    subject="none",
    retention="while_active",
    purpose="booking appointments",
)
declare(
    store="reception_textmessage",
    what="text messages sent to people and received from them, sealed",
    category="content",
    subject="caller",
    retention="transcripts",
    purpose="answering the business's calls",
    erase=forgetting_texts.forget_of,
    expire=forgetting_texts.expire,
    count=lambda workspace_id, cutoff: forgetting_texts.old(workspace_id, cutoff).count(),
    export=forgetting_texts.export,
    shape=forgetting_texts.HeldText,
)
