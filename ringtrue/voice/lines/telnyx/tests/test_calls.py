"""Telnyx over our own hooks: calls that we place, what its detector hears, a colleague on a second leg, and text messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call
from ringtrue.conforming.under_test import Line
from ringtrue.core.encrypting import lock_credentials
from ringtrue.dialing.models import Attempt
from ringtrue.dialing.tests.grounds import LEAD, NOON, OURS, agree, make_ground
from ringtrue.media.scribe import Scribe
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.privacy.models import OptOut
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.vault import seal_json
from ringtrue.reception import texting
from ringtrue.reception.calling_out import call_out
from ringtrue.reception.models import TextMessage
from ringtrue.reception.tests.test_carriers import Carrier
from ringtrue.voice.lines.telnyx.media import TelnyxLeg

LINE = Line("telnyx")


@pytest.fixture
def api() -> Iterator[Any]:
    with LINE.api() as made:
        yield made


@pytest.fixture
def shop(transactional_db: Any, api: Any) -> Any:
    made = make_ground("telnyx")
    agree(made.workspace.id, LEAD)
    with workspace_scope(made.workspace.id):
        held = lock_credentials(api.credentials)
        LineAccount.objects.update(line="telnyx", account_ref=LINE.entered().account, credentials=held)
    return made


@pytest.fixture
def carrier(client: Any) -> Carrier:
    return Carrier(client, LINE)


def ring(shop: Any, detects: str = "") -> Call:
    with workspace_scope(shop.workspace.id):
        LineAccount.objects.update(machine_detection=detects)
    with time_machine.travel(NOON, tick=True):
        call, _ = call_out(shop.agent, LEAD, purpose="sales", claim=f"test:{uuid4()}")
    assert call is not None
    return call


def tells(carrier: Carrier, kind: str, reference: str, **more: str) -> Any:
    told = {"kind": kind, "call_ref": reference, "direction": "outbound", "from_number": OURS, "to_number": LEAD, **more}
    return carrier.post(carrier.tells(**told))


def test_a_call_that_nobody_answers_is_closed_and_its_attempt_too(shop: Any, api: Any, carrier: Carrier) -> None:
    call = ring(shop)
    reference = api.placed[0].reference
    assert api.placed[0].status_url.endswith("/hooks/telnyx/status?direction=outbound"), "what `tells` takes for granted"
    for status in ("ringing", "no_answer", "no_answer"):
        assert tells(carrier, "status", reference, status=status).status_code == 200
    with workspace_scope(shop.workspace.id):
        call.refresh_from_db()
        attempt = Attempt.objects.get()
    assert (call.state, attempt.state, attempt.answered) == ("ended", "ended", False)


def test_what_is_heard_before_comes_with_the_states_and_the_instructions_stay(shop: Any, api: Any, carrier: Carrier) -> None:
    ring(shop, "before")
    asked = api.orders[0]
    assert (asked["MachineDetection"], "AsyncAmd" in asked) == ("DetectMessageEnd", False)
    heard = carrier.tells(kind="detected", call_ref=api.placed[0].reference, answered_by="machine_done")
    answer = carrier.post(type(heard)(what="status", body=heard.body, headers=heard.headers, query="direction=outbound"))
    assert (answer.status_code, answer.content) == (200, b""), "nothing takes the place of what was ordered"
    assert Scribe().redeem(api.placed[0].read.ticket, "telnyx").answered_by == "machine_done"


def test_what_is_heard_beside_the_call_is_told_when_the_loop_asks(shop: Any, api: Any, carrier: Carrier) -> None:
    ring(shop, "beside")
    assert (api.orders[0]["AsyncAmd"], api.orders[0]["AsyncAmdStatusCallback"].rpartition("/")[2]) == (True, "detected")
    scribe = Scribe()
    order = scribe.redeem(api.placed[0].read.ticket, "telnyx")
    assert (order.answered_by, order.carrier_listens) == ("", True)
    assert tells(carrier, "detected", api.placed[0].reference, answered_by="machine").status_code == 200
    assert scribe.use(order.call_id, "who_answered", {}) == {"who": "machine"}


def test_a_colleague_is_rung_on_a_second_leg_of_the_same_account(shop: Any, api: Any, carrier: Carrier) -> None:
    """How the two legs are then joined is the same on every line: `voice/call/tests/test_handing_over.py`."""
    assert "second_leg" in TelnyxLeg.can
    scribe = Scribe()
    with time_machine.travel(NOON, tick=True):
        order = scribe.redeem(carrier.ticket(carrier.post(carrier.tells(from_number=LEAD, to_number=OURS))), "telnyx")
        scribe.use(order.call_id, "ring_colleague", {"ticket": "t" * 43, "escalation": "pain"})
    (placed,) = api.placed
    assert (placed.number, placed.caller_id, placed.read.ticket) == ("+18565550119", OURS, "t" * 43)
    assert tells(carrier, "status", placed.reference, status="no_answer", to_number=placed.number).status_code == 200
    with workspace_scope(shop.workspace.id):
        attempt = Attempt.objects.get(claim__startswith=f"transfer:{order.call_id}:")
    assert (attempt.state, attempt.answered) == ("ended", False)


def test_a_text_goes_out_and_its_way_is_followed(shop: Any, api: Any, carrier: Carrier) -> None:
    with workspace_scope(shop.workspace.id):
        number = PhoneNumber.objects.get()
        subject = subject_for_number(shop.workspace.id, LEAD)
        row = TextMessage(workspace_id=shop.workspace.id, subject=subject, number=number, direction="out", once="test")
        told = {"number": LEAD, "text": "Hello"}
        row.sealed = seal_json(shop.workspace.id, subject.id, texting.TEXT, row.id, told)
        row.save(force_insert=True)
    assert texting.send(row.id) == "sent"
    assert [(one["to"], one["from"], one["text"]) for one in api.messages] == [(LEAD, OURS, "Hello")]
    with workspace_scope(shop.workspace.id):
        row.refresh_from_db()
    hooks: Any = carrier.hooks
    for event, status in (("message.sent", "sent"), ("message.finalized", "delivered"), ("message.sent", "sent")):
        party = {"phone_number": LEAD, "status": status}
        sent = hooks.text("text-status", event, id=row.reference, to=[party], **{"from": {"phone_number": OURS}})
        assert carrier.post(sent).status_code == 200
    with workspace_scope(shop.workspace.id):
        row.refresh_from_db()
    assert row.state == "delivered"


def test_a_text_that_comes_in_is_kept_once_and_stop_is_obeyed(shop: Any, carrier: Carrier) -> None:
    hooks: Any = carrier.hooks
    to, sender = [{"phone_number": OURS}], {"from": {"phone_number": LEAD}}
    for words in ("See you at nine", "STOP"):
        sent = hooks.text("text", "message.received", id=f"m-{words[:3]}", text=words, to=to, **sender)
        assert carrier.post(hooks.unsigned(sent)).status_code == 403
        assert [carrier.post(sent).status_code for _ in range(2)] == [200, 200]
    with workspace_scope(shop.workspace.id):
        rows = list(TextMessage.objects.order_by("created_at"))
        assert [texting.what_it_says(row)["text"] for row in rows] == ["See you at nine", "STOP"]
        assert OptOut.objects.exists()
    for event, payload in (
        ("message.sent", {}),
        ("message.received", {"to": to, **sender}),
        ("message.received", {"id": "m", "to": [], **sender}),
    ):
        assert carrier.post(hooks.text("text", event, **payload)).status_code == 404
