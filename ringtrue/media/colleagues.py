"""The second leg of a warm transfer, on the scribe's side: whom it rings, with which permit, and what the colleague is told.

Whom: only an escalation of the agent, by its id; no number comes from the loop, a brain or a caller. What they are told has been through
the call's privacy gate, like everything that is kept of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import structlog

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.dialing.models import Attempt
from ringtrue.dialing.placing import TRANSFER_CLAIM, Request, place
from ringtrue.media.carrier_control import account_of
from ringtrue.media.carrier_control import stop_ringing as stop_leg
from ringtrue.reception.calling_out import LineDialer
from ringtrue.voice.agent import Escalation
from ringtrue.voice.lines.carrier import ControlFailed
from ringtrue.voice.port import ToolFailed

if TYPE_CHECKING:
    from ringtrue.media.storing import Session

log = structlog.get_logger(__name__)

RING_S = 25
LONGEST_WORDS = 200  # characters of the caller's own that are read out
_PLACEHOLDER = re.compile(r"\[[A-Z]+(?:_\d+)?\]")


def ring(session: Session, given: dict[str, str]) -> dict[str, str]:
    """`escalation`, and `ticket` that the colleague's connection will show; the rest is what the call found out. Gives `attempt`, which
    names the leg, and `briefing`. Raises ToolFailed ("not_permitted" where the permit refuses the number)."""
    agent, call = session.agent, session.call
    target = next((one for one in agent.escalations if one.id == given.get("escalation")), None)
    if target is None or not agent.handling.transfer or len(given.get("ticket", "")) < 32:
        raise ToolFailed("not_allowed")
    try:
        account, ours = account_of(call)
    except ControlFailed as failure:
        raise ToolFailed(str(failure)) from None
    asked = Request(
        workspace_id=call.workspace_id, agent_id=call.agent_version.agent_id, number=target.number, purpose="transfer", caller_id=ours,
        claim=f"{TRANSFER_CLAIM}{call.id}:{uuid4().hex[:8]}", escalations=frozenset({target.number}),
        line_account=account.id,
    )  # fmt: skip
    placed = place(asked, LineDialer(account, given["ticket"], str(uuid4()), ring_s=RING_S))
    if placed.attempt is None:
        raise ToolFailed("not_permitted")
    if placed.state != "placed":
        raise ToolFailed("no_answer_from_carrier" if placed.state == "unknown" else placed.reason)
    return {"attempt": str(placed.attempt), "briefing": briefing(session, target, given)}


def state(session: Session, given: dict[str, str]) -> dict[str, str]:
    """`state`: "ringing", "answered", or why it was not: "busy", "no_answer", "declined" and the like. Raises ToolFailed."""
    attempt = _attempt(session, given)
    if attempt.closed_at is None:
        return {"state": "ringing"}
    return {"state": "answered" if attempt.answered else attempt.reason or "no_answer"}


def stop_ringing(session: Session, given: dict[str, str]) -> dict[str, str]:
    """The caller is gone, or was given back. The carrier tells how the leg ended. Raises ToolFailed."""
    attempt = _attempt(session, given)
    if attempt.closed_at is None:
        try:
            stop_leg(session.call, attempt.provider_ref)
        except ControlFailed as failure:
            log.warning("second leg not stopped", call=str(session.call.id), code=str(failure))
            raise ToolFailed(str(failure)) from None
    return {"done": "true"}


def _attempt(session: Session, given: dict[str, str]) -> Attempt:
    """Of this call's transfers only."""
    call = session.call
    with workspace_scope(call.workspace_id):
        try:
            return Attempt.objects.get(id=UUID(given.get("attempt", "")), claim__startswith=f"{TRANSFER_CLAIM}{call.id}:")
        except (ValueError, Attempt.DoesNotExist):
            raise ToolFailed("no_such_attempt") from None


def briefing(session: Session, target: Escalation, given: dict[str, str]) -> str:
    """As it is said to the colleague. Where the storage mode keeps nothing of what callers say, it tells only what the rule is for."""
    facts = {name: given.get(name, "") for name in ("name", "reason", "service", "words")}
    facts["name"] = facts["name"] or session.gate.call.known.get("PERSON", "")  # a contact of the business
    told = session.let_facts(facts)
    known = {name: str(value) for name, value in told.items() if value and not _PLACEHOLDER.search(str(value))}
    sentences = [
        f"I have {known.get('name', 'a caller')} on the line for you.",
        f"They are calling about this: {target.situation.rstrip('.')}." if target.situation else "",
        f"They asked for {known['service']}." if "service" in known else "",
    ]
    reason = known.get("reason") or known.get("words", "")
    if len(reason.split()) > 2:
        sentences.append(f"In their words: {reason[:LONGEST_WORDS].rstrip('.')}.")
    return " ".join(sentence for sentence in sentences if sentence)
