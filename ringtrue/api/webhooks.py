"""Webhooks: where events are sent, and the log of their delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router
from ninja.responses import Status

from ringtrue.api.calls import Cursor, Limit
from ringtrue.api.doors import ApiRequest, actor, opens
from ringtrue.api.forms import Strict
from ringtrue.api.paging import page
from ringtrue.api.problems import Problem, ProblemDetails, not_found
from ringtrue.core import audit
from ringtrue.notifications import delivering, webhooks
from ringtrue.notifications.models import WebhookDelivery, WebhookEndpoint
from ringtrue.notifications.reaching import Refused
from ringtrue.notifications.telling import EVENTS

router = Router(tags=["webhooks"])
PROBLEM = {404: ProblemDetails, 422: ProblemDetails}
EventName = Literal[EVENTS]  # type: ignore[valid-type]
Url = Annotated[str, Field(min_length=8, max_length=500, examples=["https://example.com/hooks"])]


class WebhookIn(Strict):
    url: Url
    events: list[EventName] = Field(default=[], max_length=len(EVENTS), description="Empty: all events.")


class WebhookChange(Strict):
    url: Url | None = None
    events: list[EventName] | None = Field(None, max_length=len(EVENTS))
    active: bool | None = None


class WebhookOut(Strict):
    id: str
    url: str
    events: list[str]
    active: bool
    created_at: datetime


class WebhookMade(WebhookOut):
    secret: str = Field(description="Shown this once. Standard Webhooks: whsec_…")


class WebhookList(Strict):
    data: list[WebhookOut]


class DeliveryOut(Strict):
    id: str
    event: str
    call_id: str | None
    state: str
    tries: int
    last_status: int | None
    last_error: str
    next_try_at: datetime | None
    created_at: datetime
    delivered_at: datetime | None


class DeliveryList(Strict):
    data: list[DeliveryOut]
    next_cursor: str | None


@router.get("", response={200: WebhookList})
@opens("webhooks:read")
def list_webhooks(request: ApiRequest) -> Any:
    """All endpoints."""
    return {"data": [_shown(endpoint) for endpoint in WebhookEndpoint.objects.order_by("created_at", "id")]}


@router.post("", response={201: WebhookMade, 409: ProblemDetails, 422: ProblemDetails})
@opens("webhooks:write")
def create_webhook(request: ApiRequest, data: WebhookIn) -> Any:
    """A new endpoint. Its secret is in this answer and nowhere else."""
    try:
        endpoint, secret = webhooks.add(request.workspace.id, data.url, data.events)
    except Refused as refused:
        raise _bad_url(refused) from None
    except webhooks.TooManyEndpoints:
        raise Problem(409, "too-many-webhooks", f"A workspace has at most {webhooks.MOST_ENDPOINTS} webhooks.") from None
    _note(request, "webhook.made", endpoint)
    return Status(201, _shown(endpoint) | {"secret": secret})


@router.get("/{uuid:webhook_id}", response={200: WebhookOut, 404: ProblemDetails})
@opens("webhooks:read")
def get_webhook(request: ApiRequest, webhook_id: UUID) -> Any:
    """One endpoint."""
    return _shown(_endpoint(webhook_id))


@router.patch("/{uuid:webhook_id}", response={200: WebhookOut, **PROBLEM})
@opens("webhooks:write")
def change_webhook(request: ApiRequest, webhook_id: UUID, data: WebhookChange) -> Any:
    """Change address, events or whether it is on."""
    try:
        endpoint = webhooks.change(_endpoint(webhook_id), **data.dict(exclude_none=True))
    except Refused as refused:
        raise _bad_url(refused) from None
    _note(request, "webhook.changed", endpoint)
    return _shown(endpoint)


@router.delete("/{uuid:webhook_id}", response={204: None, 404: ProblemDetails})
@opens("webhooks:write")
def remove_webhook(request: ApiRequest, webhook_id: UUID) -> Any:
    """Remove the endpoint and its log."""
    endpoint = _endpoint(webhook_id)
    _note(request, "webhook.removed", endpoint)
    endpoint.delete()
    return HttpResponse(status=204)


@router.post("/{uuid:webhook_id}/test", response={202: DeliveryOut, 404: ProblemDetails})
@opens("webhooks:write")
def test_webhook(request: ApiRequest, webhook_id: UUID) -> Any:
    """Send the event "test", which holds nothing about anybody."""
    return Status(202, _delivery(webhooks.send_test(_endpoint(webhook_id))))


@router.get("/{uuid:webhook_id}/deliveries", response={200: DeliveryList, **PROBLEM})
@opens("webhooks:read")
def list_deliveries(
    request: ApiRequest,
    webhook_id: UUID,
    state: Annotated[Literal["queued", "sending", "delivered", "failed", "dead"] | None, Query(None)],
    cursor: Cursor,
    limit: Limit,
) -> Any:
    """The delivery log, newest first."""
    rows = WebhookDelivery.objects.filter(endpoint=_endpoint(webhook_id))
    if state:
        rows = rows.filter(state=state)
    found, following = page(rows, "created_at", cursor, limit)
    return {"data": [_delivery(row) for row in found], "next_cursor": following}


@router.post(
    "/{uuid:webhook_id}/deliveries/{uuid:delivery_id}/resend",
    response={202: DeliveryOut, 404: ProblemDetails, 410: ProblemDetails},
)
@opens("webhooks:write")
def resend_delivery(request: ApiRequest, webhook_id: UUID, delivery_id: UUID) -> Any:
    """Send the same body under the same id again."""
    row = WebhookDelivery.objects.filter(endpoint=_endpoint(webhook_id), id=delivery_id).first()
    if row is None:
        raise not_found()
    try:
        return Status(202, _delivery(delivering.send_again(row)))
    except delivering.Gone:
        raise Problem(410, "body-erased", "What this delivery held is erased.") from None


def _endpoint(webhook_id: UUID) -> WebhookEndpoint:
    endpoint = WebhookEndpoint.objects.filter(id=webhook_id).first()
    if endpoint is None:
        raise not_found()
    return endpoint


def _bad_url(refused: Refused) -> Problem:
    errors = [{"pointer": "/url", "detail": str(refused)}]
    return Problem(422, "does-not-fit", "The request does not fit the description.", errors=errors)


def _note(request: ApiRequest, action: str, endpoint: WebhookEndpoint) -> None:
    audit.record(action, actor=actor(request), workspace_id=request.workspace.id, target=f"webhook:{endpoint.id}")


def _shown(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": str(endpoint.id),
        "url": endpoint.url,
        "events": endpoint.events,
        "active": endpoint.active,
        "created_at": endpoint.created_at,
    }


def _delivery(row: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "event": row.event,
        "call_id": str(row.call_id) if row.call_id else None,
        "state": row.state,
        "tries": row.tries,
        "last_status": row.last_status,
        "last_error": row.last_error,
        "next_try_at": row.next_try_at if row.state in ("queued", "failed") else None,
        "created_at": row.created_at,
        "delivered_at": row.delivered_at,
    }
