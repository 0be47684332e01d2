"""A call that we place, through our own hooks: the order names the address that Plivo asks when it is answered, and is told there."""

from __future__ import annotations

from typing import Any

import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call
from ringtrue.conforming.api_checks import dial
from ringtrue.conforming.hook_checks import CALLER, OURS
from ringtrue.conforming.under_test import Line, order
from ringtrue.numbers.connecting import connect, give_number, hook_urls
from ringtrue.reception.answering import open_call
from ringtrue.reception.tests.test_carriers import Carrier
from ringtrue.reception.tickets import redeem
from ringtrue.voice.lines.carrier import ControlFailed
from ringtrue.voice.lines.plivo import controlling

LINE = Line("plivo")


def test_an_order_names_one_number_and_the_addresses_that_are_asked() -> None:
    with LINE.api() as api:
        asked = order(LINE, digits="12w#", ring_s=40)
        assert dial(LINE, api, asked) == api.placed[0].reference
        (told,) = api.asked  # type: ignore[attr-defined]
        assert (told["to"], told["from"]) == (asked.number[1:], asked.caller_id[1:])
        assert (told["answer_url"], told["hangup_url"]) == (asked.answered_url, asked.status_url)
        assert (told["send_digits"], told["ring_timeout"]) == ("12w#", 40)
        assert asked.ticket not in str(told), "it is of no use there"


def test_a_call_that_was_placed_is_connected_when_it_is_answered(client: Any, dental: Any) -> None:
    account = connect(dental.workspace.id, "plivo", LINE.stand_in.ENTRIES, actor="user:1")
    give_number(account, OURS, dental.agent.id, actor="user:1")
    carrier = Carrier(client, LINE)
    with LINE.api() as api:
        reference = dial(LINE, api, order(LINE, answered_url=hook_urls("plivo")["answered"]))
        assert api.asked[0]["answer_url"].endswith("/hooks/plivo/answered")  # type: ignore[attr-defined]
    told = {"kind": "answered", "direction": "outbound", "call_ref": reference, "from_number": OURS, "to_number": CALLER}
    unknown = carrier.post(carrier.tells(**{**told, "call_ref": "call-of-nobody"}))
    assert not carrier.ticket(unknown)
    with workspace_scope(dental.workspace.id):
        call, ordered = open_call(
            dental.agent, line="plivo", from_number=OURS, to_number=CALLER, direction="outbound", provider_ref=reference
        )
    ticket = carrier.ticket(carrier.post(carrier.tells(**told)))
    assert ticket
    assert ticket != ordered
    assert redeem(ticket, "plivo")[1] == call.id
    assert not carrier.ticket(carrier.post(carrier.tells(**told))), "it is being served"


def test_a_call_that_nobody_answered_is_closed(client: Any, dental: Any) -> None:
    account = connect(dental.workspace.id, "plivo", LINE.stand_in.ENTRIES, actor="user:1")
    give_number(account, OURS, dental.agent.id, actor="user:1")
    carrier = Carrier(client, LINE)
    with workspace_scope(dental.workspace.id):
        open_call(dental.agent, line="plivo", from_number=OURS, to_number=CALLER, direction="outbound", provider_ref="call-1")
    told = {"kind": "status", "status": "no_answer", "direction": "outbound", "call_ref": "call-1"}
    assert carrier.post(carrier.tells(**told)).status_code == 200
    assert Call.objects.get().state == "ended"


@pytest.mark.parametrize("reference", ["", ".", "..", "/", " "])
def test_no_order_without_the_name_of_a_call(reference: str) -> None:
    """To `/Call/` alone, the same request ends every call of the account."""
    with LINE.api() as api:
        with pytest.raises(ControlFailed):
            controlling.hang_up(LINE.entered().account, api.credentials, reference)
        assert not api.requests
