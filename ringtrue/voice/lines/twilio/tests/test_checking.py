"""What the form says of an account, in words, at a stand-in of Twilio."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ringtrue.reception.tests.twilio_rest import TwilioRest
from ringtrue.voice.lines.twilio.checking import check

SID, TOKEN, KEY = "AC" + "e" * 32, "f" * 32, "SK" + "a" * 32


@pytest.fixture
def rest() -> Iterator[TwilioRest]:
    made = TwilioRest(token=TOKEN, keys={KEY: "secret"})
    yield made
    made.close()


def told(rest: TwilioRest, **held: str) -> tuple[str, str, str]:
    verdict = check(SID, {"auth_token": TOKEN, "api_base": rest.url, **held})
    return verdict.state, verdict.field, verdict.sentence


def test_a_good_account_and_one_on_trial(rest: TwilioRest) -> None:
    assert told(rest) == ("good", "", "Twilio accepts this account.")
    assert told(rest, key_sid=KEY, key_secret="secret")[0] == "good"
    rest.type = "Trial"
    assert "only numbers that you have verified" in told(rest)[2]


def test_what_is_wrong_is_said_where_it_is_wrong(rest: TwilioRest) -> None:
    assert told(rest, auth_token="0" * 32)[:2] == ("wrong", "auth_token")
    assert told(rest, key_sid=KEY, key_secret="other")[:2] == ("wrong", "key_secret")
    rest.fails("GET", SID, "20008")
    assert "test credentials" in told(rest)[2]
    rest.status = "suspended"
    state, field, words = told(rest)
    assert (state, field) == ("wrong", "account_sid")
    assert "suspended" in words
    rest.status = "closed"
    assert "closed" in told(rest)[2]


@pytest.mark.parametrize("fault", ["500", "reset", "429"])
def test_twilio_that_cannot_be_asked_says_nothing_about_the_account(rest: TwilioRest, fault: str) -> None:
    rest.fails("GET", SID, fault)
    assert told(rest)[0] == "unknown"
