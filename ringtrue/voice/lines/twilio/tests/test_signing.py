"""Our signature check against the official SDK's."""

from __future__ import annotations

import pytest
from twilio.request_validator import RequestValidator

from ringtrue.voice.lines.carrier import Webhook
from ringtrue.voice.lines.twilio import signing
from ringtrue.voice.lines.twilio.signing import signature

TOKEN = "0123456789abcdef0123456789abcdef"
FORM = {"CallSid": ["CA1"], "From": ["+18565550100"], "To": ["+18565550199"], "Empty": [""], "Umlaut": ["Zoë & Co"]}
PLAIN = {name: values[0] for name, values in FORM.items()}


def signed(url: str, form: dict[str, list[str]], headers: dict[str, str], credentials: dict[str, str]) -> bool:
    return signing.signed(Webhook(url=url, form=form, headers=headers), credentials)


@pytest.mark.parametrize(
    "url",
    ["https://example.com/hooks/twilio/voice", "https://example.com:8443/hooks/twilio/voice?a=1&b=2", "http://localhost:8000/x"],
)
def test_we_agree_with_the_sdk(url: str) -> None:
    made = RequestValidator(TOKEN).compute_signature(url, PLAIN)
    assert signature(url, FORM, TOKEN) == made
    assert signed(url, FORM, {"X-Twilio-Signature": made}, {"auth_token": TOKEN})


def test_with_or_without_the_default_port() -> None:
    made = RequestValidator(TOKEN).compute_signature("https://example.com:443/hooks/twilio/voice", PLAIN)
    assert signed("https://example.com/hooks/twilio/voice", FORM, {"X-Twilio-Signature": made}, {"auth_token": TOKEN})


def test_values_given_twice_count_once_and_sorted() -> None:
    form = {"StatusCallbackEvent": ["ringing", "answered", "ringing"]}

    class Multi(dict[str, list[str]]):
        def getall(self, name: str) -> list[str]:
            return self[name]

    assert signature("https://e.com/", form, TOKEN) == RequestValidator(TOKEN).compute_signature("https://e.com/", Multi(form))


@pytest.mark.parametrize("given", [None, "", "AAAA", "ünïcode"])
def test_absent_and_wrong_signatures_are_refused(given: str | None) -> None:
    headers = {} if given is None else {"X-Twilio-Signature": given}
    assert not signed("https://example.com/x", FORM, headers, {"auth_token": TOKEN})


def test_one_changed_field_url_or_key_breaks_it() -> None:
    url = "https://example.com/x"
    headers = {"X-Twilio-Signature": signature(url, FORM, TOKEN)}
    assert signed(url, FORM, headers, {"auth_token": TOKEN})
    assert not signed(url, {**FORM, "To": ["+18565550198"]}, headers, {"auth_token": TOKEN})
    assert not signed(url + "?x=1", FORM, headers, {"auth_token": TOKEN})
    assert not signed(url, FORM, headers, {"auth_token": "f" * 32})
    assert not signed(url, FORM, {"X-Twilio-Signature": signature(url, FORM, "")}, {"auth_token": ""})
