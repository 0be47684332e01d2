"""Who answered, as Twilio heard it: asked for as the account is set, before we are connected or beside the call."""

from __future__ import annotations

import re
from typing import Any

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call
from ringtrue.dialing.tests.grounds import agree
from ringtrue.media.gating import order_for
from ringtrue.media.scribe import Scribe
from ringtrue.numbers.models import LineAccount
from ringtrue.reception.models import Ticket
from ringtrue.reception.tests.conftest import Ring
from ringtrue.reception.tests.twilio_rest import TwilioRest

ASKED = ("MachineDetection", "AsyncAmd", "SendDigits", "Url", "Twiml")


def listens(shop: Any, how: str) -> None:
    with workspace_scope(shop.workspace.id):
        LineAccount.objects.update(machine_detection=how, next_start_at=None)  # time stands still for each of them


def ticket_in(document: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', document)
    assert found, document
    return found[1]


def test_twilio_is_asked_as_the_account_is_set(shop: Any, rest: TwilioRest, ring: Ring) -> None:
    for n, (how, purpose, more, asked) in enumerate(
        [
            ("", "sales", {}, {"Twiml"}),
            ("before", "sales", {}, {"Url", "MachineDetection"}),
            ("beside", "sales", {}, {"Twiml", "MachineDetection", "AsyncAmd"}),
            ("beside", "sales", {"digits": "ww42#"}, {"Twiml", "SendDigits"}),  # digits switch Twilio's detection off
            ("before", "errand", {"party": "business"}, {"Twiml"}),  # a menu is a machine that an errand goes through
        ]
    ):
        listens(shop, how)
        number = f"+1212555016{n}"
        agree(shop.workspace.id, number)
        assert ring(number, purpose=purpose, **more)[1].state == "placed"
        assert set(ASKED) & set(rest.created[-1][1]) == asked, how


def test_what_was_heard_before_comes_with_the_order_of_the_call(shop: Any, rest: TwilioRest, ring: Ring, tells: Any) -> None:
    listens(shop, "before")
    call, _ = ring()
    status, document = tells(rest.sids[0], "answered", CallStatus="in-progress", AnsweredBy="machine_end_beep")
    assert status == 200
    order = Scribe().redeem(ticket_in(document), "twilio")
    assert (order.call_id, order.answered_by, order.carrier_listens) == (str(call.id), "machine_done", False)


def test_a_fax_is_hung_up_on_and_the_call_closed(shop: Any, rest: TwilioRest, ring: Ring, tells: Any) -> None:
    listens(shop, "before")
    ring()
    assert "<Hangup/>" in tells(rest.sids[0], "answered", CallStatus="in-progress", AnsweredBy="fax")[1]
    with workspace_scope(shop.workspace.id):
        assert Call.objects.get().state == "ended"


def test_what_is_heard_beside_the_call_is_told_when_the_loop_asks(shop: Any, rest: TwilioRest, ring: Ring, tells: Any) -> None:
    listens(shop, "beside")
    call, _ = ring()
    scribe = Scribe()
    order = scribe.redeem(ticket_in(rest.created[0][1]["Twiml"][0]), "twilio")
    assert (order.answered_by, order.carrier_listens) == ("", True)
    assert scribe.use(order.call_id, "who_answered", {}) == {"who": ""}
    for _ in range(2):
        assert tells(rest.sids[0], "detected", AnsweredBy="machine_start", MachineDetectionDuration="3400")[0] == 200
    assert tells(rest.sids[0], "detected", AnsweredBy="human")[0] == 200  # the first counts
    assert scribe.use(order.call_id, "who_answered", {}) == {"who": "machine"}
    with workspace_scope(shop.workspace.id):
        Ticket.objects.update(answered_by="")
    tells(rest.sids[0], "detected", AnsweredBy="unknown")
    assert scribe.use(order.call_id, "who_answered", {}) == {"who": "unsure"}  # then the loop stops asking
    with workspace_scope(shop.workspace.id):
        again = order_for(Call.objects.get(id=call.id), order.agent)
    assert again.carrier_listens
