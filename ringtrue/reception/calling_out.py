"""Calling out: a call, its ticket, a permit, and the dial. Every outbound call of the house begins here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from cryptography.fernet import InvalidToken
from django.conf import settings

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.agents.models import Agent
from ringtrue.calls.models import Call
from ringtrue.dialing.models import Attempt, VerifiedCallerId
from ringtrue.dialing.placing import Placed, Request, finish, finish_by_time, gate, place
from ringtrue.dialing.proposal import Stated
from ringtrue.numbers.connecting import credentials_for_control, hook_urls
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.privacy import subprocessors
from ringtrue.reception import costing, detecting_machines, tickets
from ringtrue.reception.answering import open_call
from ringtrue.reception.closing_unserved import close_unserved
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.carrier import DialOrder
from ringtrue.voice.lines.permit import Dialed, DialFailed

log = structlog.get_logger(__name__)

RING_S = 30
ELSEWHERE: dict[str, Any] = {}
"""Name of a line -> what has its `dial` and `transfer`, where it has no folder in the voice wing: hosted engines put theirs here."""


class CannotCall(Exception):
    """Nothing was dialed; `str(self)` is a sentence for the person who asked."""


def call_out(
    agent: Agent,
    number: str,
    *,
    purpose: str,
    claim: str,
    caller_id: str = "",
    party: str = "person",
    topic: str = "",
    stated: Stated | None = None,
    digits: str = "",
    opened: Callable[[Call], None] | None = None,
) -> tuple[Call | None, Placed]:
    """Let the agent call a number (E.164), from one of the workspace's own or verified numbers ("" chooses the agent's).

    claim: names what asks for this call; each claim is dialed at most once, ever. The call is None where the permit did not allow it.
    digits: sent when it is answered, such as an extension; "w" waits half a second.
    opened: told of the call before it is dialed, in the transaction that makes its row.
    Opens its own transactions. Raises CannotCall, CallRefused (the agent may not speak now).
    """
    with workspace_scope(agent.workspace_id):
        account, shown = _shown_number(agent, caller_id)
        call, token = open_call(agent, line=account.line, from_number=shown, to_number=number, direction="outbound")
        # The far end may let it ring for a while; the ticket is used when it answers.
        tickets.extend(call, timedelta(seconds=RING_S + 60))
        if finding.about(account.line).gateway:  # elsewhere the carrier gives the reference
            Call.objects.filter(id=call.id).update(provider_ref=str(call.id))
        listening = detecting_machines.wanted(account, purpose)
        detecting_machines.ask_for(call, listening)
        if opened is not None:
            opened(call)
    asked = Request(
        workspace_id=agent.workspace_id, agent_id=agent.id, number=number, purpose=purpose, caller_id=shown, claim=claim,
        topic=topic, party=party, stated=stated, line_account=account.id,
    )  # fmt: skip
    placed = place(asked, LineDialer(account, token, str(call.id), call, digits=digits, machine_detection=listening))
    if placed.attempt is not None and placed.state in ("placed", "unknown"):
        return call, placed
    with workspace_scope(agent.workspace_id):
        Call.objects.filter(id=call.id).delete()  # nothing rang: the decision is what is kept
    return None, placed


class LineDialer:
    """The `Dialer` of a carrier account. `reference`: names what is dialed where the carrier gives no name of its own.
    call: its row; None for the second leg of a call that runs."""

    def __init__(
        self,
        account: LineAccount,
        ticket: str,
        reference: str,
        call: Call | None = None,
        *,
        ring_s: int = RING_S,
        digits: str = "",
        machine_detection: str = "",
    ) -> None:
        self.name = account.line
        self._account, self._ticket, self._reference, self._call = account, ticket, reference, call
        self._more: dict[str, Any] = {"ring_s": ring_s, "digits": digits, "machine_detection": machine_detection}

    def dial(self, permit: str, *, number: str, caller_id: str, workspace: str, agent: str, purpose: str) -> Dialed:
        carrier: Any = finding.part(self.name, "dialing") or ELSEWHERE.get(self.name)
        if carrier is None:
            raise DialFailed("line_cannot_dial")
        try:
            subprocessors.require(self._account.workspace_id, self.name)
            credentials = credentials_for_control(self._account)
        except subprocessors.NotRegistered:
            raise DialFailed("provider_not_registered") from None
        except InvalidToken:
            raise DialFailed("credentials_unreadable") from None
        # Nobody would answer for a call whose row was given up as lost meanwhile.
        row = Call.objects.filter(id=self._call.id) if self._call is not None else None
        if row is not None and not row.select_for_update(no_key=True).exists():
            raise DialFailed("call_given_up")
        hooks = hook_urls(self.name)
        order = DialOrder(
            permit=permit, number=number, caller_id=caller_id, workspace=workspace, agent=agent, purpose=purpose,
            ticket=self._ticket, call_id=self._reference, media_url=f"{settings.MEDIA_SOCKET_URL}/{self.name}",
            after_url=hooks["after"], status_url=hooks["status"], answered_url=hooks["answered"], detected_url=hooks["detected"],
            **self._more,
        )  # fmt: skip
        reference = carrier.dial(self._account.account_ref, credentials, order, gate())
        if row is not None:
            # In the transaction that marks the attempt as placed: whoever finds one by its reference finds both.
            row.update(provider_ref=reference)
        return Dialed(reference)


def dial_ended(
    line: str,
    reference: str,
    *,
    answered: bool,
    busy: bool = False,
    failed: bool = False,
    cost_micros: int | None = None,
    why: str = "",
) -> bool:
    """The carrier told how a call that we placed went. Safe to repeat. False when it is none of ours, or was closed before.
    why: what `Ended.reason` says of one that was not answered, where the line knows it better than busy or failed."""
    with system_scope("a carrier names the call by its own reference"):
        attempt = Attempt.objects.filter(line=line, provider_ref=reference, closed_at__isnull=True).first()
        call = Call.objects.filter(line=line, provider_ref=reference, direction="outbound").first()
    why = why or ("busy" if busy else "line_failed" if failed else "no_answer")
    if call is not None and not answered:
        close_unserved(call, failed=failed, reason=why)
    if attempt is None:
        return False
    if not answered:
        return finish(attempt.workspace_id, attempt.id, 0, answered=False, reason=why)
    if cost_micros is None:
        costing.await_cost(attempt.workspace_id, line, attempt.line_account, reference, attempt.id)
        return finish_by_time(attempt.workspace_id, attempt.id)
    return finish(attempt.workspace_id, attempt.id, cost_micros, answered=True)


def _shown_number(agent: Agent, caller_id: str) -> tuple[LineAccount, str]:
    """The account that calls, and the number that it shows: one of its own, or one that was verified."""
    numbers = PhoneNumber.objects.filter(workspace_id=agent.workspace_id).select_related("line_account")
    own = numbers.filter(number=caller_id).first() if caller_id else None
    found = own or numbers.filter(agent=agent).order_by("number").first() or numbers.order_by("number").first()
    if (
        caller_id
        and own is None
        and not VerifiedCallerId.objects.filter(workspace_id=agent.workspace_id, number=caller_id).exists()
    ):
        raise CannotCall(f"{caller_id} is not a number of this workspace. Choose one under Lines & numbers.")
    if found is None:
        raise CannotCall("There is no number to call from yet. Connect a carrier and add a number under Lines & numbers.")
    return found.line_account, caller_id or found.number
