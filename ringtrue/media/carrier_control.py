"""Call control by a carrier's API, on the scribe's side: the loop never sees a carrier's credentials.

A transfer makes a telephone ring, so it is a dial like any other: it goes through `dialing.placing`, to the agent's own escalation
numbers only, whatever a brain or a caller says.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import structlog
from cryptography.fernet import InvalidToken

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.publishing import snapshot_of
from ringtrue.calls.models import Call
from ringtrue.calls.recording import kept_numbers
from ringtrue.dialing.placing import TRANSFER_CLAIM, Request, gate, place
from ringtrue.numbers.connecting import credentials_for_control, hook_urls
from ringtrue.numbers.models import LineAccount
from ringtrue.reception.calling_out import ELSEWHERE
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.carrier import ControlFailed
from ringtrue.voice.lines.permit import Dialed, DialFailed, DialUnknown

log = structlog.get_logger(__name__)


def control(call: Call, action: str, number: str = "") -> None:
    """`action`: "transfer" to `number`, or "hang_up". Raises ControlFailed; "not_permitted" where the permit refuses the number."""
    carrier: Any = finding.part(call.line, "controlling") or ELSEWHERE.get(call.line)
    if carrier is None:
        raise ControlFailed("line_cannot")
    account, _ = account_of(call)
    try:
        credentials = credentials_for_control(account)
    except InvalidToken:
        raise ControlFailed("credentials_unreadable") from None
    if action == "transfer":
        _transfer(call, Transferring(call, carrier, account.account_ref, credentials), number)
    elif action == "hang_up":
        carrier.hang_up(account.account_ref, credentials, call.provider_ref)
    else:
        raise ControlFailed("no_such_action")
    log.info("carrier told", call=str(call.id), action=action)


def stop_ringing(call: Call, reference: str) -> None:
    """Of a second leg: nobody waits for it any more. Raises ControlFailed; "call_over" when it had ended already."""
    account, _ = account_of(call)
    carrier: Any = finding.part(call.line, "controlling")
    carrier.hang_up(account.account_ref, credentials_for_control(account), reference)


class Transferring:
    """The `Dialer` by which a running call is handed over."""

    def __init__(self, call: Call, carrier: Any, account_ref: str, credentials: dict[str, Any]) -> None:
        self.name = call.line
        self._call, self._carrier, self._account_ref, self._credentials = call, carrier, account_ref, credentials

    def dial(self, permit: str, *, number: str, caller_id: str, workspace: str, agent: str, purpose: str) -> Dialed:
        gate().admit(permit, number=number, caller_id=caller_id, workspace=workspace, agent=agent, purpose=purpose)
        try:
            self._carrier.transfer(
                self._account_ref,
                self._credentials,
                self._call.provider_ref,
                number,
                after_url=hook_urls(self.name)["transferred"],
            )
        except ControlFailed as failure:
            raise (DialUnknown if str(failure) == "carrier_unreachable" else DialFailed)(str(failure)) from None
        return Dialed(self._call.provider_ref)


def _transfer(call: Call, dialer: Transferring, number: str) -> None:
    agent = snapshot_of(call.agent_version)
    targets = frozenset(escalation.number for escalation in agent.escalations) if agent.handling.transfer else frozenset()
    asked = Request(
        workspace_id=call.workspace_id, agent_id=call.agent_version.agent_id, number=number, purpose="transfer", caller_id="",
        claim=f"{TRANSFER_CLAIM}{call.id}:{uuid4().hex[:8]}", escalations=targets,
    )  # fmt: skip
    placed = place(asked, dialer)
    if placed.state in ("refused", "deferred", "claimed_before"):
        raise ControlFailed("not_permitted")
    if placed.state != "placed":
        raise ControlFailed("carrier_unreachable" if placed.state == "unknown" else placed.reason)


def account_of(call: Call) -> tuple[LineAccount, str]:
    """The account that our number in this call belongs to, and that number (E.164). Raises ControlFailed."""
    numbers = kept_numbers(call)
    ours = numbers.get("to_number" if call.direction == "inbound" else "from_number", "")
    with workspace_scope(call.workspace_id):
        accounts = LineAccount.objects.filter(workspace_id=call.workspace_id, line=call.line)
        found = accounts.filter(numbers__number=ours).first()
    if found is None:
        raise ControlFailed("no_account")
    return found, ours
