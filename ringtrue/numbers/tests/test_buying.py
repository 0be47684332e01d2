"""Numbers bought, taken over and given back at a stand-in of Twilio: whatever happens in between, each is bought once and none is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import starter_workspace
from ringtrue.core.encrypting import lock_credentials
from ringtrue.core.models import AuditEntry
from ringtrue.numbers import buying
from ringtrue.numbers.models import LineAccount, NumberOrder, PhoneNumber
from ringtrue.reception.tests.conftest import TOKEN
from ringtrue.reception.tests.twilio_rest import TwilioRest
from ringtrue.voice.lines.buying import NumbersFailed, Wanted

NUMBER, PRICE = "+12125550190", "1.15 USD"


@pytest.fixture
def shop(db: Any, rest: TwilioRest) -> Any:
    made = starter_workspace("dental", owner_email="owner@numbers.example", slug="numbers")
    with workspace_scope(made.workspace.id):
        LineAccount.objects.create(
            workspace=made.workspace, line="twilio", name="Twilio", account_ref="AC" + "d" * 32,
            credentials=lock_credentials({"auth_token": TOKEN, "api_base": rest.url}),
        )  # fmt: skip
    return made


def account(shop: Any) -> LineAccount:
    with workspace_scope(shop.workspace.id):
        return LineAccount.objects.get()


def order(shop: Any, number: str = NUMBER, shown: str = PRICE) -> NumberOrder:
    with workspace_scope(shop.workspace.id):
        buying.order(account(shop), Wanted(), number, shop.agent.id, shown=shown, actor="user:1")
        return NumberOrder.objects.get(number=number)


def numbers(shop: Any) -> list[str]:
    with workspace_scope(shop.workspace.id):
        return list(PhoneNumber.objects.values_list("number", flat=True))


def bought(rest: TwilioRest) -> list[str]:
    return [row["phone_number"] for row in rest.numbers.values()]


def posts(rest: TwilioRest) -> int:
    return sum(one.startswith("POST") and "IncomingPhoneNumbers" in one for one in rest.asked)


def later(seconds: int) -> Any:
    return timezone.now() + timedelta(seconds=seconds)


@pytest.mark.promise("P-NEJ-1-13")
def test_a_number_is_found_shown_with_its_price_bought_and_calls_us(shop: Any, rest: TwilioRest, settings: Any) -> None:
    offered = buying.search(account(shop), Wanted(area_code="212", contains="019"))
    assert (offered.offers[0].number, offered.offers[0].place, offered.price) == (NUMBER, "New York, NY", PRICE)
    one = order(shop)
    assert bought(rest) == []  # the carrier is asked by a job, when the order is safely written
    assert buying.carry_out(one.id)
    assert (numbers(shop), bought(rest)) == ([NUMBER], [NUMBER])
    [row] = rest.numbers.values()
    assert row["voice_url"] == f"{settings.PUBLIC_URL}/hooks/twilio/voice"
    assert row["status_callback"] == f"{settings.PUBLIC_URL}/hooks/twilio/status"
    with workspace_scope(shop.workspace.id):
        assert PhoneNumber.objects.get().agent_id == shop.agent.id
        assert not NumberOrder.objects.exists()
        kept = AuditEntry.objects.filter(action="number.bought").get()
    assert kept.detail["price"] == PRICE
    with workspace_scope(shop.workspace.id):  # the click came twice
        buying.order(account(shop), Wanted(), NUMBER, shop.agent.id, shown=PRICE, actor="user:1")
        assert not NumberOrder.objects.exists()
    assert posts(rest) == 1


@pytest.mark.parametrize("kind", ["lost", "reset", "500"])
def test_an_answer_that_is_lost_buys_nothing_twice(shop: Any, rest: TwilioRest, kind: str) -> None:
    """And so is the order of a process that was killed: it stands as one that was tried."""
    rest.fails("POST", "IncomingPhoneNumbers", kind)
    one = order(shop)
    assert not buying.carry_out(one.id)
    assert not buying.carry_out(one.id)  # somebody else may be at it
    assert posts(rest) == 1
    assert buying.look_after_orders(later(180)) == 1
    assert (numbers(shop), bought(rest)) == ([NUMBER], [NUMBER])
    assert posts(rest) == (1 if kind == "lost" else 2)


def test_what_cannot_be_bought_says_why_and_is_not_tried_again(shop: Any, rest: TwilioRest) -> None:
    with pytest.raises(NumbersFailed, match="price has changed"):
        order(shop, shown="0.10 USD")
    rest.on_sale.remove(NUMBER)  # somebody else was faster
    one = order(shop)
    assert not buying.carry_out(one.id)
    with workspace_scope(shop.workspace.id):
        assert "Somebody else" in NumberOrder.objects.get().problem
    assert buying.look_after_orders(later(600)) == 0
    assert posts(rest) == 1
    with workspace_scope(shop.workspace.id):
        buying.forget(NumberOrder.objects.get())
        assert not NumberOrder.objects.exists()


def test_a_number_of_the_account_is_taken_over_and_given_back(shop: Any, rest: TwilioRest, settings: Any) -> None:
    old = "+12125550177"
    rest.add_number(old, {"VoiceUrl": ["https://elsewhere.example/voice"]})
    with workspace_scope(shop.workspace.id):
        [there] = buying.owned(account(shop))
        assert (there.number, there.leads_to) == (old, "https://elsewhere.example/voice")
        buying.take_over(account(shop), old, shop.agent.id, actor="user:1")
        assert buying.owned(account(shop)) == []
        number = PhoneNumber.objects.select_related("line_account").get()
        assert rest.numbers[number.reference]["voice_url"] == f"{settings.PUBLIC_URL}/hooks/twilio/voice"
        with pytest.raises(NumbersFailed, match="Type the whole number"):
            buying.release(number, "yes", actor="user:1")
        assert bought(rest) == [old]
        buying.release(number, "+1 212 555 0177", actor="user:1")
        assert not PhoneNumber.objects.exists()
    assert rest.numbers == {}


def test_the_page_searches_orders_and_keeps_limits(shop: Any, rest: TwilioRest, client: Client) -> None:
    client.force_login(shop.owner)
    base = f"/w/{shop.workspace.slug}/settings/lines/{account(shop).id}/"
    shown = client.get(base).content.decode()
    assert "Buy a number" in shown
    assert rest.asked == []  # nobody is asked before somebody wants to know
    shown = client.get(base, {"country": "US", "kind": "Local"}).content.decode()
    assert "1.15 USD a month each" in shown
    ordered = {"number": NUMBER, "price": PRICE, "country": "US", "kind": "Local", "agent": shop.agent.slug}
    assert client.post(f"{base}buy/", ordered).status_code == 302
    assert "It is being bought" in client.get(base).content.decode()
    for wrong in (
        {"starts_per_s": "x"},
        {"starts_per_s": "nan"},
        {"most_calls": "inf"},
        {"most_calls": "1.5"},
        {"machine_detection": "x"},
    ):
        assert client.post(f"{base}limits/", wrong).status_code == 422, wrong
    assert (
        client.post(f"{base}limits/", {"starts_per_s": "2.5", "most_calls": "5", "machine_detection": "beside"}).status_code
        == 302
    )
    kept = account(shop)
    assert (kept.starts_per_s, kept.most_calls, kept.machine_detection) == (2.5, 5, "beside")
