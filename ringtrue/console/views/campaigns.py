"""Campaigns: the list, and the form that makes and changes one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents.models import Agent
from ringtrue.campaigns.models import Campaign
from ringtrue.campaigns.plan import LIMITS, DoesNotFit, Plan, from_json, plan_of, write
from ringtrue.campaigns.results import standing
from ringtrue.core import audit
from ringtrue.dialing.gathering import numbers_to_show
from ringtrue.leads.models import LeadList, Segment

PURPOSES = (
    ("information", "Information: reminders, appointments, service for people who agreed to be called"),
    ("sales", "Sales: only people who agreed in writing"),
)
GOALS = (
    ("book", "Book an appointment"),
    ("remind", "Remind of something and ask whether it suits"),
    ("qualify", "Ask questions, to know whether it fits"),
    ("survey", "Ask questions and write the answers down"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
RETRIES = (
    ("not_reached", "Nobody answered, or busy"),
    ("voicemail", "An answering machine answered"),
    ("no_speech", "Somebody answered and said nothing"),
    ("abandoned", "They hung up early"),
    ("not_understood", "The agent did not understand"),
    ("failed", "Something broke on the line"),
    ("unknown", "Nobody knows whether it rang"),
)
STATES = {
    "draft": ("Not started", "line"),
    "running": ("Running", "good"),
    "paused": ("Paused", "note"),
    "done": ("Done", "info"),
    "cancelled": ("Cancelled", "line"),
}
_MANY = ("lists", "weekdays", "retry_on")


@needs("campaigns.read")
def index(request: ConsoleRequest) -> HttpResponse:
    found = Campaign.objects.filter(workspace=request.workspace).select_related("agent", "rival").order_by("-created_at")[:100]
    return render(
        request,
        "console/campaigns/index.html",
        {"entries": [(campaign, standing(campaign), STATES[campaign.state]) for campaign in found]},
    )


@needs("campaigns.change")
def new(request: ConsoleRequest) -> HttpResponse:
    campaign = Campaign(workspace=request.workspace, created_by=request.user)
    first = Agent.objects.filter(workspace=request.workspace).order_by("created_at").first()
    lists = [given] if (given := request.GET.get("list", "")) else []
    return _form(request, campaign, Plan(agent=first.slug if first else "", lists=lists))


@needs("campaigns.change")
def edit(request: ConsoleRequest, campaign_id: UUID) -> HttpResponse:
    campaign = find(request, campaign_id)
    return _form(request, campaign, plan_of(campaign))


def find(request: ConsoleRequest, campaign_id: UUID) -> Campaign:
    rows = Campaign.objects.select_related("agent", "rival", "segment", "workspace")
    return get_object_or_404(rows, workspace=request.workspace, id=campaign_id)


def _form(request: ConsoleRequest, campaign: Campaign, plan: Plan) -> HttpResponse:
    is_new = campaign._state.adding
    state: dict[str, Any] = msgspec.to_builtins(plan)
    errors: dict[str, str] = {}
    if request.method == "POST":
        state = _sent(request)
        try:
            write(campaign, from_json(_typed(state)))
        except DoesNotFit as problem:
            errors = problem.errors
        else:
            audit.record(
                "campaign.made" if is_new else "campaign.changed", actor=f"user:{request.user.id}",
                workspace_id=request.workspace.id, target=f"campaign:{campaign.id}",
            )  # fmt: skip
            messages.success(request, "Saved. Nobody is called before you start it." if campaign.state == "draft" else "Saved.")
            return redirect("console:campaign", request.workspace.slug, campaign.id)
    agents = [(agent.slug, agent.name) for agent in Agent.objects.filter(workspace=request.workspace).order_by("name")]
    numbers = sorted(numbers_to_show(request.workspace.id))
    segments = Segment.objects.filter(workspace=request.workspace).order_by("name")
    shown = {
        "campaign": campaign, "is_new": is_new, "state": state | {"questions": _lines(state["questions"])}, "errors": errors,
        "agents": agents, "rivals": [("", "No comparison"), *agents], "purposes": PURPOSES, "goals": GOALS,
        "lists": [(str(one.id), one.name) for one in LeadList.objects.filter(workspace=request.workspace).order_by("name")],
        "segments": [("", "No segment"), *((str(one.id), one.name) for one in segments)],
        "numbers": [("", "The agent's own number"), *((number, number) for number in numbers)],
        "days": list(enumerate(DAYS)), "retries": RETRIES,
    }  # fmt: skip
    return render(request, "console/campaigns/form.html", shown, status=422 if errors else 200)


def _sent(request: ConsoleRequest) -> dict[str, Any]:
    sent: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in Plan.__struct_fields__}
    return sent | {name: request.POST.getlist(name) for name in _MANY}


def _typed(state: dict[str, Any]) -> dict[str, Any]:
    """Numbers that are none become 0, which no field allows: so the sentence stands at the field."""
    typed = dict(state)
    typed |= {name: int(state[name]) if state[name].isdecimal() and len(state[name]) < 9 else 0 for name in LIMITS}
    typed["rival_share"] = typed["rival_share"] if state["rival"] else 50
    typed["weekdays"] = [int(day) for day in state["weekdays"] if day.isdecimal() and len(day) == 1]
    typed["questions"] = [line.strip() for line in state["questions"].splitlines() if line.strip()]
    return typed


def _lines(questions: Any) -> str:
    return questions if isinstance(questions, str) else "\n".join(questions)
