"""One campaign: what will happen, how it goes, what came out, the calls behind each number."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, Reader, needs, needs_stream
from ringtrue.campaigns import deciding
from ringtrue.campaigns.foreseeing import foresee
from ringtrue.campaigns.models import Campaign, Target, Try
from ringtrue.campaigns.pacing import is_open
from ringtrue.campaigns.results import as_csv, behind, standing
from ringtrue.console.asking_purpose import unless_told
from ringtrue.console.views.campaigns import DAYS, GOALS, STATES, find
from ringtrue.console.views.live import events
from ringtrue.core import audit
from ringtrue.leads.reading import card

A_PAGE = 30
DECISIONS = {
    "start": (deciding.start, "Started. The first calls begin within its hours."),
    "pause": (deciding.pause, "Paused. Calls that are going on end by themselves."),
    "resume": (deciding.resume, "It goes on."),
    "cancel": (deciding.cancel, "Cancelled. Nobody else is called."),
}


@needs("campaigns.read")
def page(request: ConsoleRequest, campaign_id: UUID) -> HttpResponse:
    campaign = find(request, campaign_id)
    shown = _picture(campaign) | {
        "goal": dict(GOALS)[campaign.goal],
        "days": ", ".join(DAYS[day] for day in sorted(campaign.weekdays)),
        "foreseen": foresee(campaign) if campaign.state == "draft" else None,
    }
    return render(request, "console/campaigns/page.html", shown)


def _picture(campaign: Campaign) -> dict[str, Any]:
    now = standing(campaign)
    most = max(now.bars, default=0) or 1
    return {
        "campaign": campaign,
        "workspace": campaign.workspace,
        "now": now,
        "chip": STATES[campaign.state],
        "bars": [(count, f"{count / most:.3f}") for count in now.bars],
        "closed_now": campaign.state == "running" and not is_open(campaign, timezone.now()),
    }


@needs_stream("campaigns.read")
async def stream(request: Any, read: Reader, campaign_id: UUID) -> HttpResponseBase:
    workspace = request.workspace

    def find_again() -> Campaign | None:
        rows = Campaign.objects.select_related("agent", "rival", "workspace")
        return rows.filter(workspace=workspace, id=campaign_id).first()

    if await read(find_again) is None:
        raise Http404

    def picture() -> tuple[str, bool]:
        campaign = find_again()
        if campaign is None:
            return "", True
        return render_to_string("console/campaigns/progress.html", _picture(campaign)), campaign.state in ("done", "cancelled")

    return events(read, "progress", picture)


@require_POST
@needs("campaigns.change")
def decide(request: ConsoleRequest, campaign_id: UUID) -> HttpResponse:
    campaign = find(request, campaign_id)
    step = request.POST.get("step", "")
    try:
        run, words = DECISIONS[step]
        run(campaign)
    except KeyError:
        messages.error(request, "Choose what to do with the campaign.")
    except deciding.CannotDecide as why:
        messages.error(request, str(why))
    else:
        audit.record(
            f"campaign.{step}", actor=f"user:{request.user.id}", workspace_id=request.workspace.id,
            target=f"campaign:{campaign.id}",
        )  # fmt: skip
        messages.success(request, words)
    return redirect("console:campaign", request.workspace.slug, campaign.id)


@needs("campaigns.read")
def leads(request: ConsoleRequest, campaign_id: UUID) -> HttpResponse:
    """The leads behind a number, each with its calls."""
    campaign = find(request, campaign_id)
    outcome = request.GET.get("outcome", "")[:16]
    found = Paginator(behind(campaign, outcome), A_PAGE).get_page(request.GET.get("page"))
    calls: dict[UUID, list[Try]] = {}
    for one in Try.objects.filter(target__in=found.object_list).order_by("n"):
        calls.setdefault(one.target_id, []).append(one)
    rows = [(target, card(target.lead), calls.get(target.id, [])) for target in found.object_list]
    shown = {"campaign": campaign, "outcome": outcome, "page": found, "rows": rows}
    return render(request, "console/campaigns/leads.html", shown)


@needs("contacts.read")
def download(request: ConsoleRequest, campaign_id: UUID) -> HttpResponse:
    campaign = find(request, campaign_id)
    back = reverse("console:campaign", args=[request.workspace.slug, campaign.id])
    if asked := unless_told(
        request, "campaign.downloaded", f"campaign:{campaign.id}", file="The results of the campaign", back=back
    ):
        return asked
    response = HttpResponse(as_csv(campaign), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="campaign-{str(campaign.id)[:8]}.csv"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@needs("campaigns.change")
def call_back(request: ConsoleRequest, campaign_id: UUID, target_id: UUID) -> HttpResponse:
    campaign = find(request, campaign_id)
    target = get_object_or_404(Target, campaign=campaign, id=target_id)
    try:
        at = datetime.fromisoformat(request.POST.get("at", "")).replace(tzinfo=ZoneInfo(request.workspace.time_zone))
        if not timedelta() < at - timezone.now() < timedelta(days=366):
            raise deciding.CannotDecide("Choose a time that is still to come, within a year.")
        deciding.call_back(target, at)
    except ValueError:
        messages.error(request, "Choose a day and a time.")
    except deciding.CannotDecide as why:
        messages.error(request, str(why))
    else:
        messages.success(request, "Noted. They are called then, if the rules allow it.")
    return redirect("console:campaign_leads", request.workspace.slug, campaign.id)
