"""Zadarma's signature, what the check of an account says, and that numbers ring here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ringtrue.voice.lines import finding
from ringtrue.voice.lines.buying import AnswerLost, NumbersFailed
from ringtrue.voice.lines.zadarma import buying
from ringtrue.voice.lines.zadarma.asking import signature
from ringtrue.voice.lines.zadarma.checking import check
from ringtrue.voice.lines.zadarma.tests.stand_in import ENTRIES, NUMBERS, Rest


def test_the_signature_is_the_base64_of_hexadecimal_digits() -> None:
    """Worked out apart, with openssl, from the steps that the documentation names."""
    query = "format=json&from=442037691880&to=442037691881"
    assert signature("/v1/request/callback/", query, "secret") == OPENSSL


OPENSSL = "ZWFhZDBkZjIxN2QwMTU0MGU0MjU1M2EzZjRkNTVkNzI4N2U5OGQxYg=="


@pytest.fixture
def account() -> Iterator[tuple[Rest, dict[str, Any]]]:
    held = finding.read("zadarma", ENTRIES).credentials
    rest = Rest(held)
    yield rest, {**held, "api_base": rest.url}
    rest.close()


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (
            NUMBERS,
            "At this login ring +18565550100. Elsewhere ring +442037691880: take them over on the page of this account, or change it at Zadarma.",
        ),
        (NUMBERS[:1], "At this login ring +18565550100."),
        (
            NUMBERS[1:],
            "No number rings at this login yet. Elsewhere ring +442037691880: take them over on the page of this account, or change it at Zadarma.",
        ),
        ([], "It has no number yet: buy one at Zadarma, and take it over on the page of this account."),
    ],
)
def test_the_check_tells_the_balance_and_which_numbers_ring_here(account: Any, numbers: list[Any], said: str) -> None:
    rest, credentials = account
    rest.numbers = numbers
    verdict = check("123456@sip.zadarma.com", credentials)
    assert (verdict.state, verdict.sentence) == ("good", f"Zadarma accepts this account; its balance is 10.34 USD. {said}")


def test_a_number_of_the_account_rings_here_and_is_shown_to_whom_we_call(account: Any) -> None:
    rest, credentials = account
    (one,) = buying.owned("", credentials, "+442037691880")
    assert (one.reference, one.leads_to) == ("442037691880", "654321")
    buying.configure("", credentials, one.reference, {})
    assert (buying.owned("", credentials, one.number)[0].leads_to, rest.shown) == ("123456", "442037691880")


@pytest.mark.parametrize(
    ("fault", "changed", "failure", "said"),
    [
        ("", {"secret": "0"}, NumbersFailed, "does not accept this account's keys"),
        ("", {"user": "12345-100"}, NumbersFailed, "chosen there"),
        ("error", {}, AnswerLost, "has not answered"),
        ("not_found", {}, NumbersFailed, "said no"),
    ],
)
def test_why_a_number_could_not_be_taken_over_is_said(
    account: Any, fault: Any, changed: dict[str, str], failure: type[Exception], said: str
) -> None:
    rest, credentials = account
    rest.fault = fault
    with pytest.raises(failure, match=said):
        buying.configure("", {**credentials, **changed}, "442037691880", {})
    assert rest.numbers[1]["sip"] == "654321"
    rest.fault = ""
    with pytest.raises(NumbersFailed, match="said no"):
        buying.configure("", credentials, "13105550100", {})
