"""The list of agents, and making a new one."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents.models import Agent
from ringtrue.agents.publishing import current
from ringtrue.agents.starters import add_agent, read_starter, starter_names
from ringtrue.calendars.models import Calendar
from ringtrue.core import audit
from ringtrue.voice.agent import Agent as Snapshot


class Card(NamedTuple):
    agent: Agent
    version: Any
    kind: str
    numbers: list[str]


@needs("agents.read")
def index(request: ConsoleRequest) -> HttpResponse:
    cards = [
        Card(agent, current(agent), agent.draft.get("kind", ""), list(agent.numbers.values_list("number", flat=True)))
        for agent in Agent.objects.filter(workspace=request.workspace).order_by("name")
    ]
    return render(request, "console/agents/index.html", {"cards": cards})


@needs("agents.change")
def new(request: ConsoleRequest) -> HttpResponse:
    starters = [(name, read_starter(name)) for name in starter_names()]
    state = {"business": request.workspace.name, "starter": "blank"}
    errors: dict[str, str] = {}
    if request.method == "POST":
        state = {
            "business": " ".join(request.POST.get("business", "").split())[:100],
            "starter": request.POST.get("starter", "blank"),
        }
        if not state["business"]:
            errors["business"] = "Please give the name of the business: callers hear it first."
        if state["starter"] != "blank" and state["starter"] not in starter_names():
            errors["starter"] = "Please choose one of these."
        if not errors:
            agent = _make(request, state["business"], state["starter"])
            audit.record(
                "agent.made", actor=f"user:{request.user.id}", workspace_id=request.workspace.id, target=f"agent:{agent.id}",
                starter=state["starter"],
            )  # fmt: skip
            messages.success(request, "Here is your new agent. Go through the parts below, then publish it.")
            return redirect("console:agent", request.workspace.slug, agent.slug)
    return render(request, "console/agents/new.html", {"starters": starters, "state": state, "errors": errors})


def _make(request: ConsoleRequest, business: str, starter: str) -> Agent:
    slug = free_agent_slug(request.workspace.id, business)
    if starter == "blank":
        snapshot = Snapshot(
            slug=slug, business=business, time_zone=request.workspace.time_zone, greeting="How can I help you today?"
        )
        agent = Agent.objects.create(workspace=request.workspace, slug=slug, name=business, draft=msgspec.to_builtins(snapshot))
        Calendar.objects.create(workspace=request.workspace, name="Appointments", agent=agent)
        return agent
    # A starter's facts are invented: it can be tried at once, but answers no real call before a person switches it on.
    snapshot = msgspec.structs.replace(read_starter(starter), slug=slug, business=business)
    agent, _ = add_agent(request.workspace, snapshot, request.user)
    agent.live = False
    agent.save(update_fields=["live"])
    return agent


def free_agent_slug(workspace_id: Any, name: str) -> str:
    wanted = slugify(name)[:50].strip("-") or "agent"
    taken = set(Agent.objects.filter(workspace_id=workspace_id, slug__startswith=wanted).values_list("slug", flat=True))
    taken.add("new")  # the address of the page that makes one
    found, n = wanted, 2
    while found in taken:
        found, n = f"{wanted}-{n}", n + 1
    return found
