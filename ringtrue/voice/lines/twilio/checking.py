"""Whether Twilio takes an account and its keys (https://www.twilio.com/docs/iam/api/account#fetch-an-account-resource)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.about import Verdict
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.twilio.asking import ask

REFUSED = "Twilio does not accept this Account SID and Auth Token. Copy both again from the first page of the Twilio console."
FOR_TESTS = (
    "These are Twilio's test credentials, which place no calls. Copy the live ones from the first page of the Twilio console."
)
KEY_REFUSED = (
    "Twilio does not accept this API key for this account. Make a standard key under Account, API keys in the Twilio console and copy its "
    "SID and its secret; the secret is shown only once."
)
NOT_ASKED = "Twilio could not be asked whether it takes this account."
ACTIVE = "Twilio accepts this account."
TRIAL = (
    "Twilio accepts this account. It is a trial account: it calls only numbers that you have verified at Twilio, for ten minutes at most, "
    "and Twilio says a sentence of its own first. Upgrade it at Twilio before you call customers."
)
STATES = {
    "suspended": "Twilio has suspended this account, mostly because its balance is used up. Look at it in the Twilio console.",
    "closed": "This account was closed at Twilio and cannot be used any more.",
}


def check(account: str, credentials: Mapping[str, Any]) -> Verdict:
    """The Auth Token is asked about even where an API key places the calls: Twilio signs its webhooks with it."""
    with_token = {name: value for name, value in credentials.items() if name not in ("key_sid", "key_secret")}
    try:
        told = ask("GET", account, with_token, "")
    except Refused as no:
        if no.code == 20008:
            return Verdict("wrong", FOR_TESTS, "auth_token")
        if no.for_credentials or no.status == 404:
            return Verdict("wrong", REFUSED, "auth_token")
        return Verdict("unknown", NOT_ASKED)
    except (NotReached, NoAnswer):
        return Verdict("unknown", NOT_ASKED)
    state = str(told.get("status", ""))
    if state != "active":
        return Verdict(
            "wrong", STATES.get(state, f"Twilio says that this account is {state or 'of no known state'}."), "account_sid"
        )
    if credentials.get("key_sid"):
        try:
            ask("GET", account, credentials, "/Calls.json", {"PageSize": "1"})  # a standard key may not read the account itself
        except Refused:
            return Verdict("wrong", KEY_REFUSED, "key_secret")
        except (NotReached, NoAnswer):
            return Verdict("unknown", NOT_ASKED)
    return Verdict("good", TRIAL if told.get("type") == "Trial" else ACTIVE)
