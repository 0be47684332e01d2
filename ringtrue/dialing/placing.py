"""Placing a call: the only way to a carrier's `dial`.

    verdict -> claim and hold, committed -> a last look at the do-not-call list, under the number's lock -> dial -> placed

A process that dies in between leaves a claim and a hold: `close_lost` ends them as unknown, and nothing is ever dialed twice. The
hold of a placed call is settled when the carrier names its price (`finish`).
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

import msgspec
import structlog
from django.db import IntegrityError, connection
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.billing import ledger as books
from ringtrue.core import signing
from ringtrue.dialing import account_limits, gathering
from ringtrue.dialing.models import Attempt, Decision
from ringtrue.dialing.permitting import permit
from ringtrue.dialing.proposal import Allow, Defer, Proposed, Reason, Refuse, Stated, Verdict
from ringtrue.dialing.rules_pack import Pack, PackRefused, current_pack
from ringtrue.dialing.stopping import is_stopped, lock_number
from ringtrue.privacy import restricting
from ringtrue.privacy.models import Subject
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.vault import blind
from ringtrue.voice.lines.carrier import LONGEST_TRANSFER_S
from ringtrue.voice.lines.permit import DialDeferred, Dialer, DialFailed, Permit, PermitGate, PermitRefused, hash_number, token

log = structlog.get_logger(__name__)

GOOD_FOR_S = 30  # a permit is for now
CLAIM = "CLAIM-01"
OBJECTION = "OBJECTION-01"
TRANSFER_CLAIM = "transfer:"
MOST_MINUTES = LONGEST_TRANSFER_S // 60  # that a hold pays for at least


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """`claim` names what asks for this call, such as "lead:<id>:3": each claim is dialed at most once, ever."""

    workspace_id: UUID
    agent_id: UUID
    number: str  # E.164
    purpose: str
    caller_id: str
    claim: str
    topic: str = ""
    party: str = "person"
    escalations: frozenset[str] = frozenset()
    stated: Stated | None = None
    line_account: UUID | None = None  # whose limits count; None: of a call that is handed on, which begins no new one


class Placed(msgspec.Struct, frozen=True):
    """`state`: of Attempt, or "deferred", "refused", "claimed_before"; then `attempt` is None."""

    state: str
    verdict: Verdict
    attempt: UUID | None = None
    reason: str = ""


def place(asked: Request, dialer: Dialer, now: datetime | None = None) -> Placed:
    """Dial, if it may be. Opens its own transactions: raises RuntimeError inside another one, for a claim must outlive a crash."""
    if connection.in_atomic_block:
        raise RuntimeError("a call cannot be placed inside a transaction: its claim would vanish with it")
    at = now or timezone.now()
    try:
        verdict, attempt = _claim(asked, dialer.name, at)
    except IntegrityError:  # the same claim for another number, at the same moment
        return Placed("claimed_before", Refuse("", (Reason(CLAIM, "This claim was dialed before."),)))
    if attempt is None:
        return Placed(_state(verdict), verdict)
    try:
        state, reason = _dial(asked, dialer, attempt, at)
    except DialDeferred:
        return Placed("deferred", _put_back(attempt, verdict, at))
    return Placed(state, verdict, attempt.id, reason)


def _state(verdict: Verdict) -> str:
    if isinstance(verdict, Defer):
        return "deferred"
    dialed = isinstance(verdict, Refuse) and any(reason.rule == CLAIM for reason in verdict.reasons)
    return "claimed_before" if dialed else "refused"


def _claim(asked: Request, line: str, at: datetime) -> tuple[Verdict, Attempt | None]:
    try:
        pack: Pack | PackRefused = current_pack()
    except PackRefused as refusal:
        pack = refusal
    with workspace_scope(asked.workspace_id):
        # A number's permits are given one by one: two that both saw no earlier call would be one too many.
        number_hash = gathering.hash_number(asked.workspace_id, asked.number)
        lock_number(number_hash)
        proposed = gathering.gather(
            asked.workspace_id, number=asked.number, purpose=asked.purpose, caller_id=asked.caller_id, topic=asked.topic,
            party=asked.party, escalations=asked.escalations, stated=asked.stated, at=at,
        )  # fmt: skip
        if Attempt.objects.filter(workspace_id=asked.workspace_id, claim=asked.claim).exists():
            return Refuse("", (Reason(CLAIM, "This claim was dialed before."),)), None
        verdict = permit(proposed, pack)
        if isinstance(verdict, Allow) and not _person_allows(asked, number_hash):
            verdict = Refuse(verdict.pack, (Reason(OBJECTION, "The person asked that their data is not used for this."),))
        if isinstance(verdict, Allow) and asked.line_account is not None:
            # Asked late, for it counts the call as begun; a wait for the carrier is no decision about the person.
            until = account_limits.begin(asked.line_account, at, at_once=asked.purpose == "transfer")
            if until is not None:
                return _no_room(verdict, until), None
        attempt_id = uuid.uuid4()
        if isinstance(verdict, Allow):
            try:
                books.hold(asked.workspace_id, attempt_id, verdict.price_micros, at)
            except books.NotCovered:
                words = "The worst price of this call is more than what may still be spent."
                verdict = Refuse(verdict.pack, (Reason("SPEND-01", words),))
        decision = _note(asked, proposed, verdict)
        if not isinstance(verdict, Allow):
            return verdict, None
        attempt = Attempt(
            id=attempt_id, workspace_id=asked.workspace_id, number_hash=number_hash, agent=asked.agent_id, purpose=asked.purpose,
            topic=asked.topic, claim=asked.claim, line=line, caller_id=asked.caller_id, decision=decision,
            held_micros=verdict.price_micros, line_account=asked.line_account, at=at, subject=subject_for_number(asked.workspace_id, asked.number, kind="lead"),
        )  # fmt: skip
        attempt.save(force_insert=True)
        return verdict, attempt


def _no_room(verdict: Allow, until: datetime) -> Defer:
    return Defer(verdict.pack, until, (Reason(account_limits.RULE, account_limits.WORDS),))


def _put_back(attempt: Attempt, verdict: Verdict, at: datetime) -> Defer:
    """The carrier has no room: nothing rang, and the same claim may be dialed later."""
    assert isinstance(verdict, Allow)
    with workspace_scope(attempt.workspace_id):
        books.release(attempt.workspace_id, attempt.id)
        Attempt.objects.filter(id=attempt.id).delete()
    return _no_room(verdict, at + account_limits.LOOK_AGAIN)


def _person_allows(asked: Request, number_hash: str) -> bool:
    """Who restricted all use of their data, or objected to calls (or, for a sales call, to marketing), is not called."""
    subject = Subject.objects.filter(workspace_id=asked.workspace_id, handle_hash=number_hash, erased_at=None).first()
    purposes = ("calls", "marketing") if asked.purpose == "sales" else ("calls",)
    return subject is None or all(restricting.allowed(subject, purpose) for purpose in purposes)


def _dial(asked: Request, dialer: Dialer, attempt: Attempt, at: datetime) -> tuple[str, str]:
    """(state, reason). The number's lock is held from the last look at the list until the carrier has answered."""
    sealed = issue(asked, attempt)
    with workspace_scope(asked.workspace_id):
        lock_number(attempt.number_hash, shared=True)
        if is_stopped(asked.workspace_id, attempt.number_hash):
            return _close(attempt, "not_placed", "opted_out")
        try:
            done = dialer.dial(
                sealed, number=asked.number, caller_id=asked.caller_id, workspace=str(asked.workspace_id),
                agent=str(asked.agent_id), purpose=asked.purpose,
            )  # fmt: skip
        except DialDeferred:
            raise
        except (DialFailed, PermitRefused) as failure:
            return _close(attempt, "not_placed", str(failure)[:30])
        except Exception as failure:  # it may ring: the hold stays until the carrier's account says what it cost
            log.error("dial without an answer", attempt=str(attempt.id), problem=type(failure).__name__)
            return _close(attempt, "unknown", "no_answer_from_carrier")
        # One whose end was told before we came here stays ended.
        Attempt.objects.filter(id=attempt.id, closed_at__isnull=True).update(state="placed", provider_ref=done.reference)
        log.info("placed", attempt=str(attempt.id), purpose=asked.purpose)
        return "placed", ""


def issue(asked: Request, attempt: Attempt) -> str:
    """The permit's token for a claimed attempt."""
    now = timezone.now().timestamp()
    held = Permit(
        id=str(attempt.id), workspace=str(asked.workspace_id), agent=str(asked.agent_id), purpose=asked.purpose,
        number_hash=hash_number(str(attempt.id), asked.number), caller_id=asked.caller_id, issued_at=now, expires_at=now + GOOD_FOR_S,
    )  # fmt: skip
    return token(held, signing.sign({"permit": msgspec.to_builtins(held)}))


@cache
def gate() -> PermitGate:
    """This process's gate: what every adapter admits its permits through, so that each works once."""
    return PermitGate(signing.public_key())


def finish(
    workspace_id: UUID, attempt_id: UUID, cost_micros: int, *, answered: bool, abandoned: bool = False, reason: str = ""
) -> bool:
    """The carrier said how a placed call ended and what it cost. False when it was finished before. `reason`: see `Ended.reason`."""
    with workspace_scope(workspace_id):
        attempt = Attempt.objects.select_for_update().filter(id=attempt_id, state__in=("claimed", "placed", "unknown")).first()
        if attempt is None:
            return False
        books.settle(workspace_id, attempt.id, cost_micros, attempt.line)
        Attempt.objects.filter(id=attempt.id).update(
            state="ended", answered=answered, abandoned=abandoned, reason=reason, closed_at=timezone.now()
        )
        return True


def finish_by_time(workspace_id: UUID, attempt_id: UUID) -> bool:
    """For a carrier that does not name the price of a call, or not yet: the whole minutes since the dial, at the worst price of a minute."""
    with workspace_scope(workspace_id):
        attempt = Attempt.objects.filter(id=attempt_id).first()
        if attempt is None:
            return False
        minutes = max(1, -(-(timezone.now() - attempt.at).total_seconds() // 60))
        cost = min(attempt.held_micros, int(minutes) * attempt.held_micros // MOST_MINUTES)
        return finish(workspace_id, attempt_id, cost, answered=True)


def finish_transfers(call_id: UUID, workspace_id: UUID, *, answered: bool = True) -> int:
    """A carrier said that the transfers of this call are over. Returns how many were still open."""
    with workspace_scope(workspace_id):
        rows = Attempt.objects.filter(
            workspace_id=workspace_id, claim__startswith=f"{TRANSFER_CLAIM}{call_id}:", closed_at__isnull=True
        )
        return sum(
            finish_by_time(workspace_id, attempt_id) if answered else finish(workspace_id, attempt_id, 0, answered=False)
            for attempt_id in list(rows.values_list("id", flat=True))
        )


def close_lost(workspace_id: UUID, before: datetime) -> int:
    """Claims of processes that died, and calls whose end nobody told: closed as unknown, and the worst price counts as spent."""
    with workspace_scope(workspace_id):
        lost = list(
            Attempt.objects.select_for_update(skip_locked=True).filter(
                state__in=("claimed", "placed", "unknown"), closed_at__isnull=True, at__lt=before
            )
        )
        for attempt in lost:
            books.settle(workspace_id, attempt.id, attempt.held_micros, attempt.line)
            Attempt.objects.filter(id=attempt.id).update(state="unknown", reason="lost", closed_at=timezone.now())
        return len(lost)


LOST_AFTER = timedelta(hours=2)
"""Longer than the longest call that a pack pays for."""


def _close(attempt: Attempt, state: str, reason: str) -> tuple[str, str]:
    if state == "not_placed":
        Attempt.objects.filter(id=attempt.id).update(state=state, reason=reason, closed_at=timezone.now())
        books.release(attempt.workspace_id, attempt.id)
    else:
        Attempt.objects.filter(id=attempt.id).update(state=state, reason=reason)
    return state, reason


def _note(asked: Request, proposed: Proposed, verdict: Verdict) -> Decision:
    reasons = () if isinstance(verdict, Allow) else verdict.reasons
    inputs = hashlib.sha256(msgspec.json.encode(proposed, order="sorted")).hexdigest()
    tag = str(verdict.__struct_config__.tag)
    log.info("permit", verdict=tag, purpose=asked.purpose, rules=[reason.rule for reason in reasons])
    return Decision.objects.create(
        workspace_id=asked.workspace_id,
        number_hash=gathering.hash_number(asked.workspace_id, asked.number),
        agent=asked.agent_id,
        purpose=asked.purpose[:12],
        verdict=tag,
        rules=list(verdict.checked) if isinstance(verdict, Allow) else [reason.rule for reason in reasons],
        words=verdict.words,
        pack=verdict.pack,
        inputs_hash=blind(asked.workspace_id, "permit inputs", inputs),
        until=verdict.until if isinstance(verdict, Defer) else None,
        at=proposed.at,
    )
