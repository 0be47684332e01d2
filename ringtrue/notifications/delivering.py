"""Delivering webhooks: signed (Standard Webhooks 1.0), tried again with growing gaps, given up after the last, logged.

The id of the delivery is the `webhook-id`: it stays the same over all tries, so that a receiver can drop what it had already.
"""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID

import httpx
import structlog
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from standardwebhooks import Webhook

from ringtrue.accounts.scoping import system_scope
from ringtrue.notifications.models import WebhookDelivery, WebhookEndpoint
from ringtrue.notifications.queueing import DELIVERY, body_of_test
from ringtrue.notifications.reaching import Refused, resolve
from ringtrue.notifications.webhooks import secret_of
from ringtrue.privacy.vault import KeyDestroyed, open_sealed

log = structlog.get_logger(__name__)

GAPS_S = (5, 30, 120, 600, 1800, 7200, 21600, 43200, 86400)  # after try 1, 2, ...; after the last it is dead
TIMEOUT_S = 10.0
CLAIM_LASTS = timedelta(minutes=2)


class Gone(Exception):
    """The body of this delivery is no longer kept, so it cannot be sent again."""


def deliver(delivery_id: UUID | str) -> str:
    """One try. Returns the state after it: "delivered", "failed" (will be tried again), "dead", or "" when it was not due."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return ""
    endpoint = delivery.endpoint
    if not endpoint.active:
        return _mark(delivery, "dead", error="endpoint is off")
    try:
        body = body_of(delivery)
    except Gone:
        return _mark(delivery, "dead", error="body is erased")
    try:
        status = post(endpoint, delivery, body)
    except Refused:
        return _mark(delivery, "dead", error="address not allowed")
    except (httpx.HTTPError, OSError) as problem:
        return _again(delivery, None, type(problem).__name__)
    if 200 <= status < 300:
        return _mark(delivery, "delivered", status=status)
    if status == 410:  # Standard Webhooks: the receiver wants no more
        with system_scope("an endpoint that says it is gone is switched off"):
            WebhookEndpoint.objects.filter(id=endpoint.id).update(active=False)
        return _mark(delivery, "dead", status=status, error="receiver is gone")
    return _again(delivery, status, f"status {status}")


def post(endpoint: WebhookEndpoint, delivery: WebhookDelivery, body: bytes) -> int:
    """The receiver's status. No redirects, no proxies, the answer's body is not read. Raises Refused, httpx.HTTPError, OSError."""
    target = resolve(endpoint.url)
    now = timezone.now()
    signature = Webhook(secret_of(endpoint)).sign(str(delivery.id), now, body.decode())
    headers = {
        "Host": target.named,
        "Content-Type": "application/json",
        "User-Agent": "Ringtrue-Webhooks/1",
        "webhook-id": str(delivery.id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
        # To the address that was judged, under the name that was typed: the certificate is checked against the name.
        request = client.build_request(
            "POST", target.by_address, content=body, headers=headers, extensions={"sni_hostname": target.host}
        )
        response = client.send(request, stream=True)
        response.close()
    return response.status_code


def send_again(delivery: WebhookDelivery) -> WebhookDelivery:
    """By hand: the same body under the same id, at once. Needs the workspace's scope. Raises Gone."""
    from ringtrue.notifications.jobs import deliver as job

    body_of(delivery)
    delivery.state, delivery.tries, delivery.next_try_at = "queued", 0, timezone.now()
    delivery.save(update_fields=["state", "tries", "next_try_at"])
    job.defer(delivery_id=str(delivery.id))
    return delivery


def body_of(delivery: WebhookDelivery) -> bytes:
    """Raises Gone."""
    if delivery.event == "test":
        return body_of_test(delivery)
    if not delivery.sealed or delivery.subject_id is None:
        raise Gone
    try:
        return open_sealed(delivery.workspace_id, delivery.subject_id, DELIVERY, delivery.id, delivery.sealed)
    except KeyDestroyed:
        raise Gone from None


def due() -> list[UUID]:
    """Deliveries whose time has come and that no worker is busy with, a dead worker's among them."""
    with system_scope("the webhooks of all workspaces"):
        return list(_due().order_by("next_try_at").values_list("id", flat=True)[:500])


def _due() -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(Q(state__in=("queued", "failed", "sending")), next_try_at__lte=timezone.now())


def _claim(delivery_id: UUID | str) -> WebhookDelivery | None:
    with system_scope("a job knows only the delivery's id"):
        until = timezone.now() + CLAIM_LASTS
        claimed = _due().filter(id=delivery_id).update(state="sending", next_try_at=until, tries=F("tries") + 1)
        if not claimed:
            return None
        return WebhookDelivery.objects.select_related("endpoint").filter(id=delivery_id).first()


def _again(delivery: WebhookDelivery, status: int | None, error: str) -> str:
    from ringtrue.notifications.jobs import deliver as job

    if delivery.tries > len(GAPS_S):
        return _mark(delivery, "dead", status=status, error=error)
    # A little chance in the gap, so that a receiver that was down is not met by everything at one instant.
    gap = timedelta(seconds=GAPS_S[delivery.tries - 1] * random.uniform(0.9, 1.1))  # noqa: S311
    at = timezone.now() + gap
    with system_scope("a job knows only the delivery's id"):
        WebhookDelivery.objects.filter(id=delivery.id).update(
            state="failed", last_status=status, last_error=error[:80], next_try_at=at
        )
        job.configure(schedule_at=at).defer(delivery_id=str(delivery.id))
    return "failed"


def _mark(delivery: WebhookDelivery, state: str, *, status: int | None = None, error: str = "") -> str:
    with system_scope("a job knows only the delivery's id"):
        WebhookDelivery.objects.filter(id=delivery.id).update(
            state=state, last_status=status, last_error=error[:80], delivered_at=timezone.now() if state == "delivered" else None
        )
    log.info("webhook", delivery=str(delivery.id), state=state, status=status, tries=delivery.tries)
    return state
