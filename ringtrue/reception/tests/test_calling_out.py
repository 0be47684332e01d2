"""Calling out over Twilio: the permit, the order that reaches the carrier, and how its callbacks close what was opened.

The carrier is a stand-in written from the documentation."""

from __future__ import annotations

from typing import Any

import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.billing import ledger as books
from ringtrue.calls.models import Call
from ringtrue.dialing.models import Attempt
from ringtrue.dialing.stopping import stop_calling_number
from ringtrue.dialing.tests.grounds import LEAD, OURS
from ringtrue.reception.calling_out import CannotCall
from ringtrue.reception.tests.conftest import SID, Ring
from ringtrue.reception.tests.twilio_rest import TwilioRest


def calls(shop: Any) -> list[Call]:
    with workspace_scope(shop.workspace.id):
        return list(Call.objects.all())


def attempt(shop: Any) -> Attempt:
    with workspace_scope(shop.workspace.id):
        return Attempt.objects.get()


def test_the_carrier_gets_the_order_and_what_to_do_when_it_is_answered(shop: Any, rest: TwilioRest, ring: Ring) -> None:
    call, placed = ring()
    assert placed.state == "placed"
    [(path, form, authorization)] = rest.created
    assert path == f"/2010-04-01/Accounts/{SID}/Calls.json"
    assert (form["To"], form["From"]) == ([LEAD], [OURS])
    assert form["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]
    assert "<Stream url=" in form["Twiml"][0]
    assert 'name="ticket"' in form["Twiml"][0]
    assert authorization.startswith("Basic ")
    [kept] = calls(shop)
    assert (kept.id, kept.direction, kept.line) == (call.id, "outbound", "twilio")
    assert kept.provider_ref.startswith("CA")


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [("busy", "not_reached", "busy"), ("no-answer", "not_reached", "no_answer"), ("failed", "failed", "line_failed")],
)
def test_a_call_that_nobody_answers_costs_nothing_and_says_so(
    shop: Any, rest: TwilioRest, ring: Ring, tells: Any, status: str, outcome: str, reason: str
) -> None:
    ring()
    [kept] = calls(shop)
    for _ in range(2):  # carriers send their callbacks twice
        assert tells(kept.provider_ref, "status", CallStatus=status, SequenceNumber="3")[0] == 200
    [kept] = calls(shop)
    assert (kept.state, kept.outcome, kept.end_reason) == ("ended", outcome, reason)
    assert attempt(shop).closed_at is not None
    assert books.open_holds(shop.workspace.id) == {}
    assert books.standing(shop.workspace.id).spent_micros == 0


def test_without_a_permit_nothing_is_dialed_and_no_call_is_kept(shop: Any, rest: TwilioRest, ring: Ring) -> None:
    stop_calling_number(shop.workspace.id, LEAD, source="console")
    call, placed = ring()
    assert (call, placed.state) == (None, "refused")
    assert "not to be called" in placed.verdict.words.lower() or "do-not-call" in placed.verdict.words.lower(), (
        placed.verdict.words
    )
    assert rest.created == []
    assert calls(shop) == []


def test_a_refusal_of_the_carrier_gives_the_money_back(shop: Any, rest: TwilioRest, ring: Ring) -> None:
    rest.refuses = (400, 21219)
    call, placed = ring()
    assert (call, placed.state, placed.reason) == (None, "not_placed", "twilio_21219")
    assert books.open_holds(shop.workspace.id) == {}
    assert calls(shop) == []


def test_no_answer_of_the_carrier_leaves_call_and_hold_for_it_may_ring(shop: Any, rest: TwilioRest, ring: Ring) -> None:
    rest.refuses = (503, 0)
    call, placed = ring()
    assert (placed.state, call is not None) == ("unknown", True)
    assert len(books.open_holds(shop.workspace.id)) == 1


def test_a_number_of_somebody_else_is_not_called_from(shop: Any, ring: Ring) -> None:
    with pytest.raises(CannotCall, match="not a number of this workspace"):
        ring(caller_id="+12125550199")
