"""Zadarma's signature, and what the check of an account says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ringtrue.voice.lines import finding
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
            "At this login ring +18565550100. Elsewhere ring +442037691880: change that at Zadarma, under Virtual phone numbers.",
        ),
        (NUMBERS[:1], "At this login ring +18565550100."),
        (
            NUMBERS[1:],
            "No number rings at this login yet. Elsewhere ring +442037691880: change that at Zadarma, under Virtual phone numbers.",
        ),
        ([], "It has no number yet: buy one at Zadarma, and let it ring at this login."),
    ],
)
def test_the_check_tells_the_balance_and_which_numbers_ring_here(account: Any, numbers: list[Any], said: str) -> None:
    rest, credentials = account
    rest.numbers = numbers
    verdict = check("123456@sip.zadarma.com", credentials)
    assert (verdict.state, verdict.sentence) == ("good", f"Zadarma accepts this account; its balance is 10.34 USD. {said}")
