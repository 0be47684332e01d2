"""Settings: the workspace itself, and the audit log."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.accounts.models import User
from ringtrue.console.agent_forms.basics import zones
from ringtrue.core import audit
from ringtrue.core.models import AuditEntry


@needs("workspace.read", change="workspace.change")
def index(request: ConsoleRequest) -> HttpResponse:
    workspace = request.workspace
    state: dict[str, Any] = {"name": workspace.name, "time_zone": workspace.time_zone}
    errors: dict[str, str] = {}
    if request.method == "POST":
        state = {"name": " ".join(request.POST.get("name", "").split())[:120], "time_zone": request.POST.get("time_zone", "")}
        if not state["name"]:
            errors["name"] = "Please give the workspace a name."
        if state["time_zone"] not in available_timezones():
            errors["time_zone"] = "Please choose the time zone from the list."
        if not errors:
            workspace.name, workspace.time_zone = state["name"], state["time_zone"]
            workspace.save(update_fields=["name", "time_zone"])
            audit.record(
                "workspace.changed",
                actor=f"user:{request.user.id}",
                workspace_id=workspace.id,
                target=f"workspace:{workspace.id}",
            )
            messages.success(request, "Saved.")
            return redirect("console:settings", workspace.slug)
    shown = {"state": state | {"zones": zones()}, "errors": errors, "tab": "workspace"}
    return render(request, "console/settings/workspace.html", shown, status=422 if errors else 200)


@needs("audit.read")
def audit_log(request: ConsoleRequest) -> HttpResponse:
    entries = AuditEntry.objects.filter(workspace_id=request.workspace.id).order_by("-seq")
    page = Paginator(entries, 50).get_page(request.GET.get("page"))
    people = {f"user:{u.id}": u.name or u.email for u in User.objects.filter(memberships__workspace=request.workspace)}
    rows = [
        {"entry": entry, "who": people.get(entry.actor, _actor(entry.actor)), "words": _words(entry)}
        for entry in page.object_list
    ]
    return render(request, "console/settings/audit.html", {"rows": rows, "page": page, "tab": "audit"})


def _actor(actor: str) -> str:
    kind, _, name = actor.partition(":")
    return {"system": "Ringtrue", "key": "An API key", "user": "A former member"}.get(kind, actor) + (
        f" ({name})" if kind == "system" else ""
    )


def _words(entry: AuditEntry) -> str:
    thing, _, done = entry.action.partition(".")
    return f"{thing.replace('_', ' ')} {done.replace('_', ' ')}".capitalize()
