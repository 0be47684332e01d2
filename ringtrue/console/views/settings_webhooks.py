"""Webhooks: where a business's own programs are told, and what became of each delivery."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.core import audit
from ringtrue.notifications import webhooks
from ringtrue.notifications.models import WebhookDelivery, WebhookEndpoint
from ringtrue.notifications.reaching import Refused
from ringtrue.notifications.telling import EVENTS

EVENT_WORDS = {
    "call.started": "A call begins",
    "call.ended": "A call is over",
    "message.taken": "A message was taken",
    "booking.made": "An appointment was booked",
    "opt_out": "A caller wants no more calls",
}
STATES = {
    "queued": ("waiting", "line"),
    "delivered": ("delivered", "good"),
    "failed": ("will be tried again", "note"),
    "dead": ("given up", "bad"),
}


@needs("webhooks.read")
def page(request: ConsoleRequest) -> HttpResponse:
    return _shown(request)


def _shown(request: ConsoleRequest, **more: Any) -> HttpResponse:
    endpoints = WebhookEndpoint.objects.filter(workspace=request.workspace).order_by("created_at")
    shown = {
        "tab": "webhooks",
        "endpoints": [{"row": row, "events": [EVENT_WORDS.get(e, e) for e in row.events]} for row in endpoints],
        "events": [(event, EVENT_WORDS.get(event, event)) for event in EVENTS],
        "state": {"url": ""},
        "errors": {},
        "chosen": [],
        **more,
    }
    return render(request, "console/settings/webhooks.html", shown, status=422 if more.get("errors") else 200)


def _find(request: ConsoleRequest, endpoint_id: UUID) -> WebhookEndpoint:
    return get_object_or_404(WebhookEndpoint, workspace=request.workspace, id=endpoint_id)


def _note(request: ConsoleRequest, action: str, endpoint: WebhookEndpoint) -> None:
    audit.record(action, actor=f"user:{request.user.id}", workspace_id=request.workspace.id, target=f"webhook:{endpoint.id}")


@require_POST
@needs("webhooks.change")
def add(request: ConsoleRequest) -> HttpResponse:
    url, chosen = request.POST.get("url", "").strip()[:500], request.POST.getlist("events")
    try:
        endpoint, secret = webhooks.add(request.workspace.id, url, chosen)
    except Refused as problem:
        return _shown(request, state={"url": url}, chosen=chosen, errors={"url": _refusal(problem)})
    except webhooks.UnknownEvent:
        return _shown(request, state={"url": url}, chosen=[], errors={"events": "Please choose from the list."})
    except webhooks.TooManyEndpoints:
        return _shown(
            request, state={"url": url}, chosen=chosen, errors={"url": "There are 20 webhooks already. Remove one first."}
        )
    _note(request, "webhook.added", endpoint)
    # Shown in this answer and never again: not in a message, which would be kept in the session.
    return _shown(request, new_secret=secret, new_url=endpoint.url)


def _refusal(problem: Refused) -> str:
    return str(problem) or "This address cannot be used. It must begin with https:// and be reachable from the internet."


@require_POST
@needs("webhooks.change")
def change(request: ConsoleRequest, endpoint_id: UUID) -> HttpResponse:
    """One of: test, on, off, secret, remove."""
    endpoint = _find(request, endpoint_id)
    wanted = request.POST.get("do", "")
    if wanted == "test":
        webhooks.send_test(endpoint)
        messages.success(request, "A test is on its way. Its result stands in the log below in a few seconds.")
        return redirect("console:settings_webhook", request.workspace.slug, endpoint.id)
    if wanted in ("on", "off"):
        webhooks.change(endpoint, active=wanted == "on")
        _note(request, f"webhook.switched_{wanted}", endpoint)
        messages.success(request, "Switched on." if wanted == "on" else "Switched off. What happens meanwhile is not sent later.")
    elif wanted == "secret":
        secret = webhooks.replace_secret(endpoint)
        _note(request, "webhook.secret_replaced", endpoint)
        return _shown(request, new_secret=secret, new_url=endpoint.url)
    elif wanted == "remove":
        _note(request, "webhook.removed", endpoint)
        endpoint.delete()
        messages.success(request, "The webhook and its log are removed.")
    return redirect("console:settings_webhooks", request.workspace.slug)


@needs("webhooks.read")
def log(request: ConsoleRequest, endpoint_id: UUID) -> HttpResponse:
    endpoint = _find(request, endpoint_id)
    found = WebhookDelivery.objects.filter(endpoint=endpoint).order_by("-created_at")
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    rows = [
        {
            "row": row,
            "words": STATES.get(row.state, (row.state, "line")),
            "event": EVENT_WORDS.get(row.event, row.event.capitalize()),
        }
        for row in page.object_list
    ]
    return render(
        request, "console/settings/webhook_log.html", {"tab": "webhooks", "endpoint": endpoint, "rows": rows, "page": page}
    )
