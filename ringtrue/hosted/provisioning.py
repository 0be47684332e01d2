"""Taking our agents to an engine, keeping them in step with what is published here, and taking them away again."""

from __future__ import annotations

import structlog
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.agents.models import Agent
from ringtrue.agents.publishing import current
from ringtrue.core import audit
from ringtrue.hosted.allowing import EngineRefused, require
from ringtrue.hosted.defining import define, digest
from ringtrue.hosted.finding import part
from ringtrue.hosted.models import HostedAgent
from ringtrue.hosted.requesting import Refused, Silent
from ringtrue.numbers.connecting import credentials_of
from ringtrue.numbers.models import LineAccount
from ringtrue.privacy import subprocessors

log = structlog.get_logger(__name__)


class NotThere(Exception):
    """The agent does not stand at the engine as it is published here; `str(self)` is a code of ours."""


def in_step(account: LineAccount, agent: Agent) -> HostedAgent:
    """The agent at the engine, as it is published here; taken there first where it is not. Needs the workspace's scope. Raises
    NotThere, EngineRefused, subprocessors.NotRegistered."""
    require(account.workspace_id, account.line)
    subprocessors.require(account.workspace_id, account.line)
    version = current(agent)
    if version is None:
        raise NotThere("not_published")
    definition = define(account, version)
    held, _ = HostedAgent.objects.get_or_create(workspace_id=account.workspace_id, account=account, agent=agent)
    now = digest(account, definition)
    if held.digest == now and held.reference:
        return held
    try:
        held.reference = part(account.line, "agents").provision(credentials_of(account), definition, held.reference)
    except (Refused, Silent) as problem:
        HostedAgent.objects.filter(id=held.id).update(trouble=str(problem)[:30], at=timezone.now())
        raise NotThere(str(problem)) from None
    held.digest, held.trouble, held.at = now, "", timezone.now()
    held.save()
    audit.record(
        "engine.agent_taken", actor="system:hosted", workspace_id=account.workspace_id, target=f"agent:{agent.id}",
        engine=account.line, version=str(version.id),
    )  # fmt: skip
    return held


def keep_in_step() -> int:
    """Everything that was published since. Returns how many could not be taken."""
    with system_scope("agents of every workspace that stand at an engine"):
        rows = list(HostedAgent.objects.select_related("account", "agent"))
    failed = 0
    for row in rows:
        with workspace_scope(row.workspace_id):
            try:
                in_step(row.account, row.agent)
            except (NotThere, EngineRefused, subprocessors.NotRegistered) as problem:
                failed += 1
                log.warning("agent not in step", engine=row.account.line, agent=str(row.agent_id), code=type(problem).__name__)
    return failed


def withdraw(held: HostedAgent) -> bool:
    """Deleted there and here. False: there it could not be, and it stays here to be tried again. Needs the workspace's scope."""
    if held.reference:
        try:
            part(held.account.line, "agents").withdraw(credentials_of(held.account), held.reference)
        except (Refused, Silent):
            return False
    audit.record(
        "engine.agent_deleted", actor="system:hosted", workspace_id=held.workspace_id, target=f"agent:{held.agent_id}",
        engine=held.account.line,
    )  # fmt: skip
    held.delete()
    return True
