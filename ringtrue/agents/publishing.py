"""Publishing makes a version that never changes; calls name it."""

from __future__ import annotations

import uuid

import msgspec

from ringtrue.accounts.models import User
from ringtrue.agents.models import Agent, AgentVersion
from ringtrue.voice.agent import Agent as Snapshot


def publish(agent: Agent, by: User | None) -> AgentVersion:
    """Raises msgspec.ValidationError when the draft does not fit. Needs a scope that may see the agent."""
    last = agent.versions.order_by("-number").first()
    number = last.number + 1 if last else 1
    version_id = uuid.uuid4()
    snapshot = msgspec.structs.replace(
        msgspec.convert(agent.draft, Snapshot), slug=agent.slug, version=number, version_id=str(version_id)
    )
    return AgentVersion.objects.create(
        id=version_id,
        workspace_id=agent.workspace_id,
        agent=agent,
        number=number,
        document=msgspec.to_builtins(snapshot),
        published_by=by,
    )


def current(agent: Agent) -> AgentVersion | None:
    return agent.versions.order_by("-number").first()


def snapshot_of(version: AgentVersion) -> Snapshot:
    return msgspec.convert(version.document, Snapshot)
