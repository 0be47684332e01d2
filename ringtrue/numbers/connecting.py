"""Connecting a carrier's account and giving its numbers to agents. Credentials are written here and never shown again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings

from ringtrue.core import audit
from ringtrue.core.configuring import CONFIG
from ringtrue.core.encrypting import lock_credentials, unlock_credentials
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.numbers.reading import e164
from ringtrue.privacy import subprocessors
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.about import About, Entered, NotEntered, Verdict


class CannotConnect(ValueError):
    """`str(self)` is a sentence for the person at the form; `field` names the input it is about."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def connect(workspace_id: UUID, line: str, given: Mapping[str, str], *, actor: str) -> LineAccount:
    """An account at a carrier, or new credentials for one that is already here. `given`: as the form asks for it, which the line states
    (`voice/lines/about.py`). Needs the workspace's scope. Raises CannotConnect."""
    entered = _entered(line, given)
    try:
        subprocessors.require(workspace_id, line)
    except subprocessors.NotRegistered as refused:
        raise CannotConnect(first_field(line), str(refused)) from None
    # What the line told of earlier credentials says nothing of these.
    account, made = LineAccount.objects.update_or_create(
        workspace_id=workspace_id,
        line=line,
        account_ref=entered.account,
        defaults={"name": entered.name, "state": "", "state_detail": "", "credentials": lock_credentials(entered.credentials)},
    )
    audit.record(
        "line.connected" if made else "line.credentials_changed",
        actor=actor,
        workspace_id=workspace_id,
        target=f"line_account:{account.id}",
        line=line,
    )
    return account


def check(line: str, given: Mapping[str, str]) -> Verdict:
    """What the carrier says of these entries, where its folder can ask. Takes 8 s at most. Raises CannotConnect: for what is no such
    account, and where the carrier does not take it."""
    entered, checking = _entered(line, given), finding.part(line, "checking")
    if checking is None:
        return Verdict("good", "")
    verdict: Verdict = checking.check(entered.account, entered.credentials)
    if verdict.state == "wrong":
        raise CannotConnect(verdict.field or first_field(line), verdict.sentence)
    return verdict


def first_field(line: str) -> str:
    """Where the form says what is about the account as a whole."""
    return finding.about(line).fields[0].name


def _entered(line: str, given: Mapping[str, str]) -> Entered:
    if line not in connectable():
        raise CannotConnect("", "There is no such line.")
    try:
        return finding.read(line, given)
    except NotEntered as problem:
        raise CannotConnect(problem.field, str(problem)) from None


def connectable() -> dict[str, About]:
    """Lines with an account to connect, by their folder's name."""
    return {name: about for name, about in finding.lines().items() if about.fields}


def disconnect(account: LineAccount, *, actor: str) -> None:
    audit.record(
        "line.disconnected",
        actor=actor,
        workspace_id=account.workspace_id,
        target=f"line_account:{account.id}",
        line=account.line,
    )
    account.delete()


def credentials_of(account: LineAccount) -> dict[str, Any]:
    held: dict[str, Any] = unlock_credentials(account.credentials)
    return held


def credentials_for_control(account: LineAccount) -> dict[str, Any]:
    """The credentials, and what an adapter has to know besides. Raises cryptography.fernet.InvalidToken."""
    held, gateway = credentials_of(account), finding.about(account.line).gateway
    if gateway:
        held = {**held, "trunk": str(account.id), "desk": str(CONFIG.data / "run" / f"{gateway}.sock")}
    return held


def give_number(account: LineAccount, number: str, agent_id: UUID | None, *, actor: str, country: str = "") -> PhoneNumber:
    """Calls to this number of the account are answered by the agent (None: by nobody). Raises CannotConnect."""
    read = e164(number, country)
    if not read:
        raise CannotConnect("number", "This is not a telephone number. Write it with its country code, such as +1 856 555 0100.")
    row, _ = PhoneNumber.objects.update_or_create(
        workspace_id=account.workspace_id, number=read, defaults={"line_account": account, "agent_id": agent_id}
    )
    audit.record(
        "number.given", actor=actor, workspace_id=account.workspace_id, target=f"phone_number:{row.id}", agent=str(agent_id or "")
    )
    return row


def take_number(row: PhoneNumber, *, actor: str) -> None:
    audit.record("number.removed", actor=actor, workspace_id=row.workspace_id, target=f"phone_number:{row.id}")
    row.delete()


HOOKS = ("voice", "status", "after", "transferred", "answered", "detected", "text", "text-status")


def hook_urls(line: str) -> dict[str, str]:
    """Where the carrier reaches us. A person enters "voice" and "status" at the carrier, for each number; the others we name
    ourselves in what we answer."""
    return {what: f"{settings.PUBLIC_URL}/hooks/{line}/{what}" for what in HOOKS}
