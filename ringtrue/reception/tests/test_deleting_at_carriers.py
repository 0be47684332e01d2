"""A call that is deleted here is deleted at Twilio, again and again until it answers; a carrier that cannot be asked is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.deleting import delete_call
from ringtrue.calls.models import Call
from ringtrue.numbers.models import LineAccount
from ringtrue.privacy import deleting_elsewhere
from ringtrue.privacy.erasing import erase
from ringtrue.privacy.models import ProviderDeletion
from ringtrue.reception.tests.conftest import Ring
from ringtrue.reception.tests.twilio_rest import TwilioRest


@pytest.fixture
def gone(shop: Any, rest: TwilioRest, ring: Ring, tells: Any) -> str:
    """The name at Twilio of a call that is over and was deleted here."""
    ring()
    sid = rest.sids[0]
    tells(sid, "status", CallStatus="no-answer", SequenceNumber="3")
    with workspace_scope(shop.workspace.id):
        call = Call.objects.get()
    delete_call(call, actor="user:1")
    return sid


def wish(shop: Any) -> ProviderDeletion:
    with workspace_scope(shop.workspace.id):
        return ProviderDeletion.objects.get()


def later(**of_time: int) -> Any:
    return timezone.now() + timedelta(**of_time)


@pytest.mark.promise("P-ALX-7.2-2", "P-NEJ-8-2")
def test_twilio_is_asked_until_it_answers_and_its_answer_is_kept(shop: Any, rest: TwilioRest, gone: str) -> None:
    assert deleting_elsewhere.carry_out() == 0  # "queued" at Twilio: it is not over there yet
    assert (wish(shop).state, wish(shop).answer) == ("open", "20009")
    rest.calls[gone]["status"] = "no-answer"
    rest.fails("DELETE", "Calls", "500")
    assert deleting_elsewhere.carry_out(later(minutes=5)) == 0
    rest.fails("DELETE", "Calls", "lost")  # done, and the answer never came
    assert deleting_elsewhere.carry_out(later(minutes=30)) == 0
    assert rest.calls == {}
    assert deleting_elsewhere.carry_out(later(hours=2)) == 1
    assert (wish(shop).state, wish(shop).answer) == ("not_there", "not_found")


def test_an_account_that_is_not_connected_any_more_needs_a_person(shop: Any, gone: str) -> None:
    with workspace_scope(shop.workspace.id):
        LineAccount.objects.all().delete()
    deleting_elsewhere.carry_out()
    assert (wish(shop).state, wish(shop).answer) == ("refused", "no_account")


def test_a_carrier_that_cannot_be_asked_stands_in_the_certificate(shop: Any, rest: TwilioRest, ring: Ring, tells: Any) -> None:
    ring()
    tells(rest.sids[0], "status", CallStatus="no-answer", SequenceNumber="3")
    with workspace_scope(shop.workspace.id):
        Call.objects.update(line="telnyx", provider_ref="v3:abc")
        person = Call.objects.get().subject
    [kept] = erase(person, reason="request", requested_by="user:1").certificate["providers"]
    assert (kept["provider"], kept["kind"], kept["state"], kept["asked_at"]) == ("telnyx", "call", "not_asked", "")
    assert deleting_elsewhere.carry_out(later(hours=1)) == 0
    assert wish(shop).state == "not_asked", "nobody pretends to have asked"
    assert set(deleting_elsewhere.WORDS) == set(ProviderDeletion.STATES), "a page says each of them in words"
