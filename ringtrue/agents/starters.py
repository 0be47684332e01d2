"""Starter businesses: three complete agents that a new workspace can begin with and change."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec
import yaml

from ringtrue.accounts.models import Membership, User, Workspace
from ringtrue.accounts.scoping import system_scope
from ringtrue.agents.models import Agent, AgentVersion
from ringtrue.agents.publishing import publish
from ringtrue.calendars.models import Calendar
from ringtrue.voice.agent import Agent as Snapshot

FOLDER = Path(__file__).parent / "starter_files"


class Started(NamedTuple):
    workspace: Workspace
    owner: User
    agent: Agent
    version: AgentVersion


def starter_names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read_starter(name: str) -> Snapshot:
    """Raises KeyError for a name that is not there, msgspec.ValidationError for a file that is wrong."""
    path = FOLDER / f"{name}.yaml"
    if not path.exists():
        raise KeyError(name)
    return msgspec.convert(yaml.safe_load(path.read_text()), Snapshot)


def starter_workspace(name: str, *, owner_email: str, slug: str, is_demo: bool = False) -> Started:
    """A workspace with an owner, one published agent made from a starter and a calendar."""
    snapshot = read_starter(name)
    with system_scope("a workspace is being made"):
        workspace = Workspace.objects.create(slug=slug, name=snapshot.business, time_zone=snapshot.time_zone, is_demo=is_demo)
        owner = User.objects.filter(email=owner_email).first() or User.objects.create_user(owner_email)
        Membership.objects.create(workspace=workspace, user=owner, role="owner")
        agent, version = add_agent(workspace, snapshot, owner)
    return Started(workspace, owner, agent, version)


def add_agent(workspace: Workspace, snapshot: Snapshot, by: User) -> tuple[Agent, AgentVersion]:
    agent = Agent.objects.create(
        workspace=workspace, slug=snapshot.slug, name=snapshot.business, draft=msgspec.to_builtins(snapshot), live=True
    )
    Calendar.objects.create(workspace=workspace, name="Appointments", agent=agent)
    return agent, publish(agent, by)
