"""Zadarma's calls, as the desk of the SIP gateway and the house see them: they come and go over the line that SIP has, under their own name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call
from ringtrue.core.encrypting import lock_credentials
from ringtrue.media.carrier_control import control
from ringtrue.media.scribe import Scribe
from ringtrue.media.serving_sip import answer_call, note_dial, note_state, trunks
from ringtrue.numbers import connecting
from ringtrue.numbers.connecting import CannotConnect, connect, give_number
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.reception.answering import open_call
from ringtrue.reception.tickets import TicketRefused
from ringtrue.voice.lines.sip.desk_talk import DialEnded, Incoming, State, Trunk
from ringtrue.voice.lines.zadarma.tests.stand_in import ENTRIES, STRANGER, Api

pytestmark = pytest.mark.line

OURS, CALLER = "+18565550100", "+12025550123"


@pytest.fixture
def account(dental: Any) -> LineAccount:
    with workspace_scope(dental.workspace.id):
        made = connect(dental.workspace.id, "zadarma", ENTRIES, actor="user:1")
        give_number(made, OURS, dental.agent.id, actor="user:1")
    return made


@pytest.fixture
def api(account: LineAccount, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    held = connecting.credentials_of(account)
    made = Api(account.account_ref, held)
    with workspace_scope(account.workspace_id):
        LineAccount.objects.filter(id=account.id).update(credentials=lock_credentials(made.credentials))
    monkeypatch.setattr("ringtrue.media.carrier_control.credentials_for_control", lambda account: made.credentials)
    yield made
    made.close()


def incoming(account: LineAccount, to: str = OURS) -> Incoming:
    return Incoming(ask=1, trunks=[str(account.id)], from_user=CALLER, to_user=to, ref="call-id@zadarma")


def test_its_login_is_one_of_the_gateways_trunks(account: LineAccount) -> None:
    (trunk,) = [trunk for trunk in trunks() if trunk.id == str(account.id)]
    assert trunk == Trunk(
        id=str(account.id), kind="account", host="sip.zadarma.com", user=ENTRIES["user"], password=ENTRIES["password"],
        allowed=["203.0.113.0/24"],
    )  # fmt: skip
    note_state(State(trunk=str(account.id), code="registered"))
    with workspace_scope(account.workspace_id):
        assert LineAccount.objects.get(id=account.id).state == "registered"


@pytest.mark.parametrize("called", [OURS, ENTRIES["user"]])
def test_a_call_that_comes_is_served_over_sip_and_controlled_there(
    dental: Any, account: LineAccount, api: Api, called: str
) -> None:
    """To the number, or to the login itself, which has one number."""
    answer = answer_call(incoming(account, called))
    assert (answer.trunk, answer_call(incoming(account, called)).code) == (str(account.id), "known_call")
    with pytest.raises(TicketRefused, match="wrong_line"):
        Scribe().redeem(answer.ticket, "twilio")
    order = Scribe().redeem(answer.ticket, "sip")
    with workspace_scope(dental.workspace.id):
        call = Call.objects.get(id=order.call_id)
        assert (call.line, call.provider_ref) == ("zadarma", "call-id@zadarma")
    control(call, "hang_up")
    assert [(one.what, one.reference) for one in api.ordered] == [("hang_up", "call-id@zadarma")]


def test_the_end_of_a_call_that_we_placed_is_found_by_its_line(dental: Any, account: LineAccount) -> None:
    with workspace_scope(dental.workspace.id):
        call, _ = open_call(dental.agent, line="zadarma", from_number=OURS, to_number=CALLER, direction="outbound")
        Call.objects.filter(id=call.id).update(provider_ref=str(call.id))
    note_dial(DialEnded(ref=str(call.id), answered=False, status=486))
    with workspace_scope(dental.workspace.id):
        assert Call.objects.get(id=call.id).end_reason == "busy"


def test_keys_that_zadarma_does_not_take_are_said_at_their_field(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringtrue.voice.lines.zadarma.asking.API", api.rest.url)
    assert "balance is 10.34 USD" in connecting.check("zadarma", ENTRIES).sentence
    with pytest.raises(CannotConnect) as told:
        connecting.check("zadarma", STRANGER)
    assert told.value.field == "secret"
    with pytest.raises(CannotConnect) as told:
        connecting.check("zadarma", {**ENTRIES, "allowed": ""})
    assert told.value.field == "allowed"


def test_a_number_of_the_account_is_taken_over_on_its_page_and_none_is_sold_there(
    dental: Any, account: LineAccount, api: Api, client: Client
) -> None:
    client.force_login(dental.owner)
    page = reverse("console:line_account", args=[dental.workspace.slug, account.id])
    shown = client.get(page, {"owned": "1"}).content.decode()
    assert "its calls go to 654321 now" in shown
    assert "Buy a number" not in shown
    given = {"number": "+442037691880", "agent": dental.agent.slug}
    client.post(reverse("console:number_take_over", args=[dental.workspace.slug, account.id]), given)
    assert (api.rest.numbers[1]["sip"], api.rest.shown) == (ENTRIES["user"], "442037691880")
    with workspace_scope(account.workspace_id):
        assert PhoneNumber.objects.get(number="+442037691880").agent_id == dental.agent.id
    assert "Give it back" not in client.get(page).content.decode()
