"""Connecting a carrier's account and giving its numbers to agents. Credentials are written here and never shown again."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.conf import settings

from ringtrue.core import audit
from ringtrue.core.configuring import CONFIG
from ringtrue.core.encrypting import lock_credentials, unlock_credentials
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.numbers.reading import e164
from ringtrue.privacy import subprocessors
from ringtrue.voice.lines.sip.allow_list import read_networks


class CannotConnect(ValueError):
    """`str(self)` is a sentence for the person at the form; `field` names the input it is about."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def connect_twilio(workspace_id: UUID, *, account_sid: str, auth_token: str, name: str = "Twilio", actor: str) -> LineAccount:
    """A new account, or new credentials for one that is already here. Needs the workspace's scope. Raises CannotConnect."""
    account_sid, auth_token = account_sid.strip(), auth_token.strip()
    if not re.fullmatch(r"AC[0-9a-fA-F]{32}", account_sid):
        raise CannotConnect("account_sid", "A Twilio Account SID is the letters AC and 32 digits or letters from a to f.")
    if not re.fullmatch(r"[0-9a-fA-F]{32}", auth_token):
        raise CannotConnect("auth_token", "A Twilio Auth Token is 32 digits or letters from a to f.")
    return _keep(workspace_id, "twilio", account_sid, name, {"auth_token": auth_token}, actor)


def connect_sip(
    workspace_id: UUID,
    *,
    name: str,
    kind: str,
    host: str,
    allowed: str,
    user: str = "",
    password: str = "",
    transport: str = "udp",
    actor: str,
) -> LineAccount:
    """A SIP trunk ("ip": the carrier or PBX is known by its addresses) or a login at a registrar ("account").

    `transport`: "udp", "tcp", "tls", or "tls+srtp" for encrypted sound too. `allowed`: addresses and networks that may send us packets,
    one on each line or separated by commas. Connecting the same host and user again changes the credentials. Needs the workspace's scope. Raises CannotConnect.
    """
    host, user = host.strip().lower(), user.strip()
    if kind not in ("ip", "account"):
        raise CannotConnect("kind", "Choose how the far end knows you: by address, or by user name and password.")
    if not re.fullmatch(r"(\[[0-9a-f:]+\]|[a-z0-9.-]{1,200})(:\d{1,5})?", host):
        raise CannotConnect("host", "Write the carrier's or PBX's SIP host, such as sip.example.com or 192.0.2.10:5060.")
    if kind == "account" and not re.fullmatch(r"[\w.+-]{1,60}", user):
        raise CannotConnect("user", "Write the user name (the SIP login) that the carrier or PBX gave you.")
    if kind == "account" and not password:
        raise CannotConnect("password", "Write the password of this SIP login.")
    transport, _, encrypted = transport.partition("+")
    if transport not in ("udp", "tcp", "tls") or encrypted not in ("", "srtp"):
        raise CannotConnect("transport", "Choose UDP, TCP or TLS.")
    if transport == "tls" and re.match(r"\[|[\d.]+(:|$)", host):
        raise CannotConnect("host", "For TLS, write the host name that stands in the far end's certificate, not an address.")
    networks = [text for text in re.split(r"[\s,;]+", allowed) if text]
    try:
        read = read_networks(networks)
    except ValueError as problem:
        raise CannotConnect("allowed", str(problem)) from None
    if not read:
        raise CannotConnect(
            "allowed",
            "Write the addresses that the carrier or PBX sends from; its documentation lists them. From anywhere else, nothing is read.",
        )
    if any(network.num_addresses > 2**16 for network in read if network.version == 4):
        raise CannotConnect("allowed", "A network larger than /16 is nearly the open internet. List the carrier's own networks.")
    held = {
        "kind": kind,
        "host": host,
        "allowed": [str(network) for network in read],
        "user": user,
        "password": password,
        "transport": transport,
        "encrypted_media": bool(encrypted),
    }
    return _keep(workspace_id, "sip", f"{user}@{host}", name.strip() or host, held, actor)


def _keep(workspace_id: UUID, line: str, account_ref: str, name: str, credentials: dict[str, Any], actor: str) -> LineAccount:
    """What the line told of earlier credentials says nothing of these."""
    try:
        subprocessors.require(workspace_id, line)
    except subprocessors.NotRegistered as refused:
        raise CannotConnect("account_sid" if line == "twilio" else "host", str(refused)) from None
    account, made = LineAccount.objects.update_or_create(
        workspace_id=workspace_id,
        line=line,
        account_ref=account_ref[:80],
        defaults={"name": name[:80], "state": "", "state_detail": "", "credentials": lock_credentials(credentials)},
    )
    audit.record(
        "line.connected" if made else "line.credentials_changed",
        actor=actor,
        workspace_id=workspace_id,
        target=f"line_account:{account.id}",
        line=line,
    )
    return account


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
    held = credentials_of(account)
    if account.line == "sip":
        held = {**held, "trunk": str(account.id), "desk": str(CONFIG.data / "run" / "sip.sock")}
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


def hook_urls(line: str) -> dict[str, str]:
    """Where the carrier reaches us. A person enters "voice" and "status" at the carrier, for each number; the others we name
    ourselves in what we answer."""
    return {what: f"{settings.PUBLIC_URL}/hooks/{line}/{what}" for what in ("voice", "status", "after", "transferred")}
