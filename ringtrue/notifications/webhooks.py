"""The endpoints to which a business wants its events sent. Functions need the workspace's scope."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from uuid import UUID

from ringtrue.core.encrypting import lock_credentials, unlock_credentials
from ringtrue.notifications import queueing
from ringtrue.notifications.models import WebhookDelivery, WebhookEndpoint
from ringtrue.notifications.reaching import check_form
from ringtrue.notifications.telling import EVENTS

MOST_ENDPOINTS = 20


class TooManyEndpoints(Exception):
    """A workspace has at most MOST_ENDPOINTS."""


class UnknownEvent(ValueError):
    """Not one of telling.EVENTS."""


def add(workspace_id: UUID, url: str, events: Sequence[str] = ()) -> tuple[WebhookEndpoint, str]:
    """The endpoint and its secret ("whsec_..."), which is shown this once. Empty `events`: all of them.

    Raises reaching.Refused, UnknownEvent, TooManyEndpoints."""
    check_form(url)
    if WebhookEndpoint.objects.filter(workspace_id=workspace_id).count() >= MOST_ENDPOINTS:
        raise TooManyEndpoints
    secret = new_secret()
    endpoint = WebhookEndpoint.objects.create(
        workspace_id=workspace_id, url=url, events=_checked(events), secret=lock_credentials(secret)
    )
    return endpoint, secret


def change(
    endpoint: WebhookEndpoint, *, url: str | None = None, events: Sequence[str] | None = None, active: bool | None = None
) -> WebhookEndpoint:
    """Raises reaching.Refused, UnknownEvent."""
    if url is not None:
        check_form(url)
        endpoint.url = url
    if events is not None:
        endpoint.events = _checked(events)
    if active is not None:
        endpoint.active = active
    endpoint.save()
    return endpoint


def replace_secret(endpoint: WebhookEndpoint) -> str:
    """The new secret, shown this once. Deliveries from now on are signed with it."""
    secret = new_secret()
    endpoint.secret = lock_credentials(secret)
    endpoint.save(update_fields=["secret"])
    return secret


def secret_of(endpoint: WebhookEndpoint) -> str:
    return str(unlock_credentials(endpoint.secret))


def send_test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    return queueing.queue_test(endpoint)


def new_secret() -> str:
    """Standard Webhooks: 24 to 64 random bytes in base64 after "whsec_"."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _checked(events: Sequence[str]) -> list[str]:
    for event in events:
        if event not in EVENTS:
            raise UnknownEvent(event)
    return sorted(set(events))
