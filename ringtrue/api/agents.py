"""Agents: read, make, change, publish."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.db import IntegrityError, transaction
from ninja import Router
from ninja.responses import Status
from pydantic import Field

from ringtrue.agents.models import Agent, AgentVersion
from ringtrue.agents.publishing import current, publish
from ringtrue.api import agent_documents
from ringtrue.api.doors import ApiRequest, actor, opens
from ringtrue.api.forms import Strict
from ringtrue.api.problems import Problem, ProblemDetails, not_found
from ringtrue.calendars.models import Calendar
from ringtrue.core import audit

router = Router(tags=["agents"])
PROBLEM = {422: ProblemDetails, 404: ProblemDetails}
Slug = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Name = Annotated[str, Field(min_length=1, max_length=120)]


class AgentIn(Strict):
    slug: Slug
    name: Name
    draft: dict[str, Any] = Field(description="The description of the business; see AgentDocument.")


class AgentChange(Strict):
    name: Name | None = None
    live: bool | None = None
    draft: dict[str, Any] | None = Field(None, description="Replaces the whole draft; see AgentDocument.")


class AgentBrief(Strict):
    slug: str
    name: str
    live: bool
    version: int | None
    created_at: datetime
    updated_at: datetime


class AgentOut(AgentBrief):
    draft: dict[str, Any]


class AgentList(Strict):
    data: list[AgentBrief]


class VersionOut(Strict):
    id: str
    number: int
    published_at: datetime
    document: dict[str, Any]


@router.get("", response={200: AgentList})
@opens("agents:read")
def list_agents(request: ApiRequest) -> Any:
    """All agents of the workspace."""
    return {"data": [_brief(agent) for agent in Agent.objects.order_by("slug")]}


@router.get("/{slug:slug}", response={200: AgentOut, 404: ProblemDetails})
@opens("agents:read")
def get_agent(request: ApiRequest, slug: str) -> Any:
    """One agent with its draft."""
    return _whole(_agent(slug))


@router.post("", response={201: AgentOut, 409: ProblemDetails, 422: ProblemDetails})
@opens("agents:write")
def create_agent(request: ApiRequest, data: AgentIn) -> Any:
    """A new agent with a draft and a calendar. It answers calls once it is published and live."""
    draft = agent_documents.checked(data.draft, slug=data.slug)
    try:
        with transaction.atomic():
            agent = Agent.objects.create(workspace=request.workspace, slug=data.slug, name=data.name, draft=draft)
    except IntegrityError:
        raise Problem(409, "slug-taken", "There is an agent with this slug.") from None
    Calendar.objects.create(workspace=request.workspace, name="Appointments", agent=agent)
    audit.record("agent.made", actor=actor(request), workspace_id=request.workspace.id, target=f"agent:{agent.id}")
    return Status(201, _whole(agent))


@router.patch("/{slug:slug}", response={200: AgentOut, **PROBLEM})
@opens("agents:write")
def change_agent(request: ApiRequest, slug: str, data: AgentChange) -> Any:
    """Change name, draft or whether it answers. A changed draft answers calls only after it is published."""
    agent = _agent(slug)
    changed = data.dict(exclude_none=True)
    if "draft" in changed:
        changed["draft"] = agent_documents.checked(changed["draft"], slug=slug)
    for field, value in changed.items():
        setattr(agent, field, value)
    agent.save()
    audit.record(
        "agent.changed",
        actor=actor(request),
        workspace_id=request.workspace.id,
        target=f"agent:{agent.id}",
        fields=sorted(changed),
    )
    return _whole(agent)


@router.post("/{slug:slug}/publish", response={201: VersionOut, **PROBLEM})
@opens("agents:write")
def publish_agent(request: ApiRequest, slug: str) -> Any:
    """Make a version of the draft, which never changes; calls from now on are served by it."""
    agent = _agent(slug)
    Agent.objects.select_for_update().get(id=agent.id)  # two at once would take the same number
    agent_documents.checked(agent.draft, slug=slug)
    version = publish(agent, None)
    audit.record(
        "agent.published",
        actor=actor(request),
        workspace_id=request.workspace.id,
        target=f"agent:{agent.id}",
        version=version.number,
    )
    return Status(201, _version(version))


@router.get("/{slug:slug}/versions/{int:number}", response={200: VersionOut, 404: ProblemDetails})
@opens("agents:read")
def get_version(request: ApiRequest, slug: str, number: int) -> Any:
    """One published version, by its number."""
    if number > 2**31 - 1:
        raise not_found()
    version = AgentVersion.objects.filter(agent=_agent(slug), number=number).first()
    if version is None:
        raise not_found()
    return _version(version)


def _agent(slug: str) -> Agent:
    agent = Agent.objects.filter(slug=slug).first()
    if agent is None:
        raise not_found()
    return agent


def _brief(agent: Agent) -> dict[str, Any]:
    version = current(agent)
    return {
        "slug": agent.slug,
        "name": agent.name,
        "live": agent.live,
        "version": version.number if version else None,
        "created_at": agent.created_at,
        "updated_at": agent.updated_at,
    }


def _whole(agent: Agent) -> dict[str, Any]:
    return _brief(agent) | {"draft": agent.draft}


def _version(version: AgentVersion) -> dict[str, Any]:
    return {
        "id": str(version.id),
        "number": version.number,
        "published_at": version.published_at,
        "document": msgspec.to_builtins(version.document),
    }
