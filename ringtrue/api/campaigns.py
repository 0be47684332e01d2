"""Campaigns: make, read, change, start, pause, resume, cancel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from ninja import Field, Router, Status

from ringtrue.api.calls import Cursor, Limit
from ringtrue.api.doors import ApiRequest, actor, opens
from ringtrue.api.forms import Strict
from ringtrue.api.paging import page
from ringtrue.api.problems import Problem, ProblemDetails, not_found
from ringtrue.campaigns import deciding
from ringtrue.campaigns.models import Campaign
from ringtrue.campaigns.plan import DoesNotFit, from_json, plan_of, write
from ringtrue.campaigns.results import standing
from ringtrue.core import audit

router = Router(tags=["campaigns"])
NOT_HERE = {404: ProblemDetails}
CHANGED = {409: ProblemDetails, **NOT_HERE}


class CampaignIn(Strict):
    name: str = Field(max_length=80)
    agent: str = Field(max_length=60, description="Slug of the agent that calls.")
    rival: str = Field("", max_length=60, description="Slug of a second agent, for a comparison.")
    rival_share: int = Field(50, description="Percent of the leads that the second agent calls.")
    purpose: str = Field("information", description="information or sales: which rules the permit asks.")
    goal: str = Field("book", description="book, qualify, remind or survey.")
    reason: str = Field(max_length=300, description="What the agent says after its name: why it calls.")
    facts: str = Field("", max_length=4000, description="What the agent may say when asked.")
    questions: list[str] = Field([], max_length=10, description="Asked one after another, for qualify and survey.")
    voicemail: str = Field("", max_length=300, description="Left on an answering machine; empty hangs up.")
    caller_id: str = Field("", max_length=20, description="One of the workspace's numbers; empty is the agent's own.")
    lists: list[str] = Field([], max_length=50, description="Ids of lead lists.")
    segment: str = Field("", max_length=40, description="Id of a segment, instead of lists.")
    weekdays: list[int] = Field([0, 1, 2, 3, 4], max_length=7, description="0 is Monday.")
    opens: str = Field("10:00", max_length=5)
    closes: str = Field("17:00", max_length=5)
    per_minute: int = 6
    at_once: int = 2
    most_tries: int = 3
    gap_minutes: int = Field(240, description="Before the second call; doubled before each further one.")
    retry_on: list[str] = Field(["not_reached", "no_speech", "failed"], max_length=8)


class CampaignChange(CampaignIn):
    name: str | None = Field(None, max_length=80)  # type: ignore[assignment]
    agent: str | None = Field(None, max_length=60)  # type: ignore[assignment]
    reason: str | None = Field(None, max_length=300)  # type: ignore[assignment]


class Progress(Strict):
    leads: int
    done: int
    calling: int
    waiting: int
    calls: int
    reached: int
    outcomes: dict[str, int]


class CampaignOut(Strict):
    id: str
    state: str
    paused_why: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    plan: dict[str, Any]
    progress: Progress


class CampaignList(Strict):
    data: list[CampaignOut]
    next_cursor: str | None


@router.get("", response={200: CampaignList, 422: ProblemDetails})
@opens("campaigns:read")
def list_campaigns(request: ApiRequest, cursor: Cursor, limit: Limit) -> Any:
    """Campaigns, the newest first."""
    found, following = page(Campaign.objects.select_related("agent", "rival"), "created_at", cursor, limit)
    return {"data": [_shown(campaign) for campaign in found], "next_cursor": following}


@router.post("", response={201: CampaignOut, 422: ProblemDetails})
@opens("campaigns:write")
def create_campaign(request: ApiRequest, data: CampaignIn) -> Any:
    """A new campaign. Nobody is called before it is started."""
    campaign = Campaign(workspace=request.workspace)
    _write(campaign, data.dict())
    _note(request, "campaign.made", campaign)
    return Status(201, _shown(campaign))


@router.get("/{uuid:campaign_id}", response={200: CampaignOut, **NOT_HERE})
@opens("campaigns:read")
def get_campaign(request: ApiRequest, campaign_id: UUID) -> Any:
    """One campaign, with how it stands."""
    return _shown(_campaign(campaign_id))


@router.patch("/{uuid:campaign_id}", response={200: CampaignOut, 422: ProblemDetails, **NOT_HERE})
@opens("campaigns:write")
def change_campaign(request: ApiRequest, campaign_id: UUID, data: CampaignChange) -> Any:
    """Change what is given, also while it runs: the next call goes by it."""
    campaign = _campaign(campaign_id)
    _write(campaign, data.dict(exclude_unset=True, exclude_none=True))
    _note(request, "campaign.changed", campaign)
    return _shown(campaign)


@router.post("/{uuid:campaign_id}/start", response={200: CampaignOut, **CHANGED})
@opens("campaigns:write")
def start_campaign(request: ApiRequest, campaign_id: UUID) -> Any:
    """Begin to call, within the campaign's hours and what the permit allows."""
    return _decide(request, campaign_id, "started", deciding.start)


@router.post("/{uuid:campaign_id}/pause", response={200: CampaignOut, **CHANGED})
@opens("campaigns:write")
def pause_campaign(request: ApiRequest, campaign_id: UUID) -> Any:
    """Begin no more calls; those that go on end by themselves."""
    return _decide(request, campaign_id, "paused", deciding.pause)


@router.post("/{uuid:campaign_id}/resume", response={200: CampaignOut, **CHANGED})
@opens("campaigns:write")
def resume_campaign(request: ApiRequest, campaign_id: UUID) -> Any:
    """Go on after a pause."""
    return _decide(request, campaign_id, "resumed", deciding.resume)


@router.post("/{uuid:campaign_id}/cancel", response={200: CampaignOut, **CHANGED})
@opens("campaigns:write")
def cancel_campaign(request: ApiRequest, campaign_id: UUID) -> Any:
    """End it for good; calls that go on end by themselves."""
    return _decide(request, campaign_id, "cancelled", deciding.cancel)


def _decide(request: ApiRequest, campaign_id: UUID, done: str, decide: Callable[[Campaign], None]) -> Any:
    campaign = _campaign(campaign_id)
    try:
        decide(campaign)
    except deciding.CannotDecide as why:
        raise Problem(409, "not-in-this-state", str(why)) from None
    _note(request, f"campaign.{done}", campaign)
    return _shown(_campaign(campaign_id))


def _write(campaign: Campaign, values: dict[str, Any]) -> None:
    try:
        write(campaign, from_json(values, None if campaign._state.adding else plan_of(campaign)))
    except DoesNotFit as problem:
        errors = [{"pointer": f"/{field}".rstrip("/"), "detail": words} for field, words in problem.errors.items()]
        raise Problem(422, "does-not-fit", "The request does not fit the description.", errors=errors) from None


def _campaign(campaign_id: UUID) -> Campaign:
    campaign = Campaign.objects.select_related("agent", "rival").filter(id=campaign_id).first()
    if campaign is None:
        raise not_found()
    return campaign


def _note(request: ApiRequest, action: str, campaign: Campaign) -> None:
    audit.record(action, actor=actor(request), workspace_id=request.workspace.id, target=f"campaign:{campaign.id}")


def _shown(campaign: Campaign) -> dict[str, Any]:
    now = standing(campaign)
    return {
        "id": str(campaign.id),
        "state": campaign.state,
        "paused_why": campaign.paused_why,
        "created_at": campaign.created_at,
        "started_at": campaign.started_at,
        "ended_at": campaign.ended_at,
        "plan": msgspec.to_builtins(plan_of(campaign)),
        "progress": {
            **{name: getattr(now, name) for name in ("leads", "done", "calling", "waiting", "calls", "reached")},
            "outcomes": dict(now.outcomes),
        },
    }
