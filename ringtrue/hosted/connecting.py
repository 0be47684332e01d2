"""Connecting an account at a hosted engine: the key is checked at once, kept encrypted, and never shown again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ringtrue.agents.models import Agent
from ringtrue.core import audit
from ringtrue.core.encrypting import lock_credentials
from ringtrue.hosted import allowing, provisioning
from ringtrue.hosted.defining import hook_url
from ringtrue.hosted.finding import engines, part
from ringtrue.hosted.models import HostedAgent
from ringtrue.hosted.requesting import Refused, Silent
from ringtrue.numbers.connecting import CannotConnect, credentials_of, give_number
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.privacy import subprocessors
from ringtrue.voice.lines.about import About as LineAbout
from ringtrue.voice.lines.about import NotEntered, read

WORDS = {
    "key_refused": "{title} does not take this key.",
    "not_there": "{title} does not know this any more.",
    "too_many": "{title} wants fewer requests; try again in a minute.",
    "not_published": "The agent has not been published yet.",
}
"""What went wrong at an engine, by our codes."""


def connect(workspace_id: UUID, engine: str, given: Mapping[str, str], *, actor: str) -> LineAccount:
    """A new account, or a new key for the one that is here. Needs the workspace's scope. Raises CannotConnect."""
    about = engines()[engine]
    try:
        allowing.require(workspace_id, engine)
        subprocessors.require(workspace_id, engine)
        entered = read(LineAbout(title=about.title, fields=about.fields), given)
    except (allowing.EngineRefused, subprocessors.NotRegistered) as refusal:
        raise CannotConnect("key", str(refusal)) from None
    except NotEntered as problem:
        raise CannotConnect(problem.field, str(problem)) from None
    before = LineAccount.objects.filter(workspace_id=workspace_id, line=engine).first()
    kept = credentials_of(before) if before else {"hook_secret": secrets.token_urlsafe(32)}
    credentials = {**kept, **entered.credentials, "engine": engine}
    credentials["numbers"] = _numbers(engine, credentials)
    account, made = LineAccount.objects.update_or_create(
        workspace_id=workspace_id, line=engine,
        defaults={"name": about.title, "account_ref": engine, "credentials": lock_credentials(credentials)},
    )  # fmt: skip
    audit.record(
        "engine.connected" if made else "engine.credentials_changed",
        actor=actor, workspace_id=workspace_id, target=f"line_account:{account.id}", engine=engine,
    )  # fmt: skip
    return account


def numbers_of(account: LineAccount) -> list[str]:
    """Numbers of the account, as they were when it was connected or last looked up."""
    return sorted(credentials_of(account).get("numbers", {}))


def look_up_numbers(account: LineAccount) -> None:
    """Needs the workspace's scope. Raises CannotConnect."""
    credentials = credentials_of(account)
    credentials["numbers"] = _numbers(account.line, credentials)
    account.credentials = lock_credentials(credentials)
    account.save(update_fields=["credentials"])


def answer_with(account: LineAccount, number: str, agent: Agent, *, actor: str) -> PhoneNumber:
    """Calls to and from this number of the account are held by the agent, at the engine. Needs the workspace's scope. Raises
    CannotConnect."""
    if number not in numbers_of(account):
        raise CannotConnect("number", f"{account.name} has no such number.")
    try:
        provisioning.in_step(account, agent)
        part(account.line, "agents").answer_here(credentials_of(account), number, hook_url(account))
    except (allowing.EngineRefused, subprocessors.NotRegistered) as refusal:
        raise CannotConnect("agent", str(refusal)) from None
    except (provisioning.NotThere, Refused, Silent) as problem:
        raise CannotConnect("agent", in_words(account.name, str(problem))) from None
    return give_number(account, number, agent.id, actor=actor)


def disconnect(account: LineAccount, *, actor: str) -> list[str]:
    """Agents and webhooks are taken away there, then the account here. Returns what could not be taken away there, in words. Needs the
    workspace's scope."""
    left = [
        f"the agent {held.agent.name}" for held in HostedAgent.objects.filter(account=account) if not provisioning.withdraw(held)
    ]
    credentials = credentials_of(account)
    for row in PhoneNumber.objects.filter(line_account=account):
        try:
            part(account.line, "agents").leave(credentials, row.number)
        except (Refused, Silent, KeyError):
            left.append(f"the webhook of {row.number}")
    audit.record(
        "engine.disconnected", actor=actor, workspace_id=account.workspace_id, target=f"line_account:{account.id}",
        engine=account.line,
    )  # fmt: skip
    account.delete()
    return left


def in_words(title: str, code: str) -> str:
    return WORDS.get(code, "{title} did not answer as it should. Try again in a minute.").format(title=title)


def _numbers(engine: str, credentials: dict[str, Any]) -> dict[str, str]:
    try:
        found: dict[str, str] = part(engine, "agents").check(credentials).numbers
    except (Refused, Silent) as problem:
        raise CannotConnect("key", in_words(engines()[engine].title, str(problem))) from None
    return found
