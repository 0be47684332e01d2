"""Numbers, costs and texts at the stand-in of Telnyx's API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ringtrue.conforming.under_test import Line
from ringtrue.voice.lines.buying import AnswerLost, NumbersFailed, Owned, Wanted
from ringtrue.voice.lines.costs import NotTold, Price
from ringtrue.voice.lines.telnyx import buying, costs, messages
from ringtrue.voice.lines.texting import TextDeferred, TextFailed, TextOrder, TextUnknown

LINE = Line("telnyx")
ACCOUNT = LINE.entered().account
HOOKS = {what: f"{LINE.hooks_url}/{what}" for what in ("voice", "status", "text")}
ORDER = TextOrder(number="+12025550123", ours="+18565550100", text="Hello", status_url=f"{LINE.hooks_url}/text-status")


@pytest.fixture
def api() -> Iterator[Any]:
    with LINE.api() as made:
        yield made


def test_a_number_is_offered_with_its_price_bought_set_up_and_given_back(api: Any) -> None:
    held = api.credentials
    offers = buying.search(ACCOUNT, held, Wanted(area_code="212", contains="55"))
    assert (offers[0].number, offers[0].place, offers[0].texts) == ("+12125550190", "NEW YORK", True)
    assert buying.price(ACCOUNT, held, Wanted()) == "1.00 USD"
    assert buying.owned(ACCOUNT, held) == []
    bought = buying.buy(ACCOUNT, held, "+12125550190", HOOKS)
    assert (bought.number, bought.leads_to, bought.texts) == ("+12125550190", HOOKS["voice"], True)
    assert api.application["friendly_name"] == "Front desk", "its name stays"
    assert api.application["status_callback"] == HOOKS["status"]
    assert api.profile["webhook_url"] == f"{HOOKS['text']}?account={ACCOUNT}"
    buying.release(ACCOUNT, held, bought.reference)
    buying.release(ACCOUNT, held, bought.reference)  # gone already
    assert api.numbers == {}


def test_an_order_that_is_carried_out_later_is_asked_about_again(api: Any) -> None:
    api.late = True
    with pytest.raises(AnswerLost):
        buying.buy(ACCOUNT, api.credentials, "+12125550190", HOOKS)


def test_a_number_of_the_account_is_taken_over(api: Any) -> None:
    api.add("+12125550190", connection_name="Old PBX")
    api.add("+12125550191")
    [old] = buying.owned(ACCOUNT, api.credentials, "+12125550190")
    assert old == Owned(number="+12125550190", reference=old.reference, leads_to="Old PBX")
    buying.configure(ACCOUNT, api.credentials, old.reference, HOOKS)
    [now] = buying.owned(ACCOUNT, api.credentials, "+12125550190")
    assert (now.leads_to, now.texts) == (HOOKS["voice"], True)


@pytest.mark.parametrize(("fault", "kind"), [("error", AnswerLost), ("reset", AnswerLost), ("busy", NumbersFailed)])
def test_what_went_wrong_with_a_number_is_a_sentence(api: Any, fault: Any, kind: type[Exception]) -> None:
    api.fault = fault
    with pytest.raises(kind, match=r"Telnyx .*\.$"):
        buying.search(ACCOUNT, api.credentials, Wanted())
    api.fault = ""
    with pytest.raises(NumbersFailed, match="API key"):
        buying.release(ACCOUNT, api.wrong_credentials, "1")


def test_what_a_call_cost_is_told_when_it_is_known(api: Any) -> None:
    assert costs.price(ACCOUNT, api.credentials, "v3:call") is None
    api.price = "-0.0135"
    assert costs.price(ACCOUNT, api.credentials, "v3:call") == Price(13_500, "USD")
    for later in ("not_found", "busy", "error", "reset"):
        api.fault = later
        assert costs.price(ACCOUNT, api.credentials, "v3:call") is None
    api.fault = ""
    with pytest.raises(NotTold):
        costs.price(ACCOUNT, api.wrong_credentials, "v3:call")


def test_a_text_is_sent_and_each_fault_told_apart(api: Any) -> None:
    reference = messages.send(ACCOUNT, api.credentials, ORDER)
    assert reference
    assert api.messages[0]["webhook_url"] == f"{ORDER.status_url}?account={ACCOUNT}"
    kinds: list[tuple[Any, type[Exception]]] = [
        ("busy", TextDeferred),
        ("error", TextUnknown),
        ("reset", TextUnknown),
        ("garbage", TextUnknown),
    ]
    for fault, kind in kinds:
        api.fault = fault
        with pytest.raises(kind):
            messages.send(ACCOUNT, api.credentials, ORDER)
    api.fault = ""
    for code, opted_out in (("40300", True), ("40310", False)):
        api.refuses = code
        with pytest.raises(TextFailed, match=f"^telnyx_{code}$") as failed:
            messages.send(ACCOUNT, api.credentials, ORDER)
        assert failed.value.opted_out == opted_out
    assert len(api.messages) == 1
