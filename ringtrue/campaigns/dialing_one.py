"""Placing the call of one try, and what follows where nothing was dialed."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call
from ringtrue.campaigns import settling
from ringtrue.campaigns.models import Campaign, Try
from ringtrue.dialing.ending import STOPPED
from ringtrue.dialing.placing import Placed
from ringtrue.dialing.proposal import Defer, Refuse
from ringtrue.leads.reading import card, stated
from ringtrue.reception.answering import CallRefused
from ringtrue.reception.calling_out import CannotCall, call_out

log = structlog.get_logger(__name__)

NOT_THE_LEAD = frozenset({"PACK-01", "SPEND-01", "US-11"})
"""Rules that refuse every lead alike (no rules pack, no money, no right to the caller ID): the campaign waits for a person."""


def dial_one(workspace_id: UUID, try_id: UUID) -> None:
    """Opens its own transactions. Leaves the try open where the carrier was asked to dial, or may have been."""
    with workspace_scope(workspace_id):
        one = Try.objects.select_related("campaign", "agent", "target__lead").filter(id=try_id, closed_at__isnull=True).first()
        if one is None:
            return
        if one.campaign.state != "running":  # paused or cancelled since it was begun
            settling.back_to_waiting(one, timezone.now(), "")
            return
        lead = one.target.lead
        number, where = card(lead).number, stated(lead)
    try:
        _, placed = call_out(
            one.agent, number, purpose="callback" if one.target.callback else one.campaign.purpose, claim=one.claim,
            caller_id=one.campaign.caller_id, topic=str(one.campaign_id), stated=where,
            opened=lambda call: _note_call(one, call),
        )  # fmt: skip
    except CannotCall as why:
        _pause(one, str(why))
    except CallRefused as why:
        _pause(one, why.words)
    else:
        _conclude(one, placed)


def _note_call(one: Try, call: Call) -> None:
    Try.objects.filter(id=one.id).update(call=call.id)


def _conclude(one: Try, placed: Placed) -> None:
    verdict = placed.verdict
    with workspace_scope(one.workspace_id):
        if placed.state == "deferred" and isinstance(verdict, Defer):
            settling.back_to_waiting(one, verdict.until, verdict.words)
        elif placed.state == "refused" and isinstance(verdict, Refuse):
            if any(reason.rule in NOT_THE_LEAD for reason in verdict.reasons):
                _pause(one, verdict.words)
            else:
                settling.refuse(one, verdict.words)
        elif placed.state == "not_placed":
            campaign = Campaign.objects.get(id=one.campaign_id)
            settling.close(campaign, one, STOPPED if placed.reason == "opted_out" else "failed", timezone.now())


def _pause(one: Try, words: str) -> None:
    with workspace_scope(one.workspace_id):
        # The campaign's row comes before the try's, as in a round: the other way round each would wait for the other.
        Campaign.objects.filter(id=one.campaign_id, state="running").update(state="paused", paused_why=words)
        settling.back_to_waiting(one, timezone.now(), words)
    log.warning("campaign paused by itself", campaign=str(one.campaign_id))
