"""Numbers that may be shown when agents call: those of the connected accounts, and others that the business has shown to be its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents.models import Agent
from ringtrue.dialing.models import VerifiedCallerId
from ringtrue.numbers.models import PhoneNumber
from ringtrue.reception import verifying_caller_ids
from ringtrue.reception.jobs import tell_code
from ringtrue.reception.verifying_caller_ids import NotVerified


@needs("campaigns.read")
def page(request: ConsoleRequest) -> HttpResponse:
    return _shown(request)


def _shown(request: ConsoleRequest, errors: dict[str, str] | None = None) -> HttpResponse:
    shown: dict[str, Any] = {
        "tab": "calling", "state": request.POST, "errors": errors or {},
        "own": PhoneNumber.objects.filter(workspace=request.workspace).select_related("line_account").order_by("number"),
        "verified": VerifiedCallerId.objects.filter(workspace=request.workspace).order_by("number"),
        "not_called": verifying_caller_ids.not_called(request.workspace.id),
        "waiting": verifying_caller_ids.open_code(request.workspace.id),
        "agents": [(agent.slug, agent.name) for agent in Agent.objects.filter(workspace=request.workspace).order_by("name")],
    }  # fmt: skip
    return render(request, "console/settings/caller_ids.html", shown, status=422 if errors else 200)


def _actor(request: ConsoleRequest) -> str:
    return f"user:{request.user.id}"


@require_POST
@needs("campaigns.change")
def ring(request: ConsoleRequest) -> HttpResponse:
    agent = Agent.objects.filter(workspace=request.workspace, slug=request.POST.get("agent", "")).first()
    if agent is None:
        return _shown(request, {"agent": "Choose who calls."})
    try:
        made = verifying_caller_ids.ask_for(agent, request.POST.get("number", "")[:40], _actor(request))
    except NotVerified as why:
        return _shown(request, {"number": str(why)})
    tell_code.defer(workspace=str(request.workspace.id), code=str(made.id))
    messages.success(request, "The number is called now. Whoever answers hears a code of six digits.")
    return redirect("console:caller_ids", request.workspace.slug)


@require_POST
@needs("campaigns.change")
def enter(request: ConsoleRequest) -> HttpResponse:
    try:
        verified = verifying_caller_ids.enter(request.workspace.id, request.POST.get("code", "")[:40], _actor(request))
    except NotVerified as why:
        return _shown(request, {"code": str(why)})
    messages.success(request, f"{verified.number} may be shown now.")
    return redirect("console:caller_ids", request.workspace.slug)


@require_POST
@needs("campaigns.change")
def remove(request: ConsoleRequest, verified_id: UUID) -> HttpResponse:
    verifying_caller_ids.remove(get_object_or_404(VerifiedCallerId, workspace=request.workspace, id=verified_id), _actor(request))
    messages.success(request, "Removed. Calls that would show this number are refused from now on.")
    return redirect("console:caller_ids", request.workspace.slug)
