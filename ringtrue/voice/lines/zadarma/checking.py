"""Whether Zadarma takes an account's keys, and which numbers ring at the login (`/v1/info/balance/`, `/v1/direct_numbers/`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.about import Verdict
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.zadarma.asking import ask

REFUSED = "Zadarma does not accept this API key and secret. Copy both again from Keys and API in your Zadarma account."
NOT_ASKED = "Zadarma could not be asked whether it takes this account."


def check(account: str, credentials: Mapping[str, Any]) -> Verdict:
    """The login itself signs in afterwards; how that went stands beside the line."""
    try:
        money = ask(credentials, "/v1/info/balance/")
        numbers = ask(credentials, "/v1/direct_numbers/").get("info", [])
        told = _numbers(numbers, str(credentials["user"]))
        return Verdict("good", f"Zadarma accepts this account; its balance is {money['balance']} {money['currency']}. {told}")
    except Refused as no:
        return Verdict("wrong", REFUSED, "secret") if no.for_credentials else Verdict("unknown", NOT_ASKED)
    except (NotReached, NoAnswer, KeyError, TypeError, AttributeError):
        return Verdict("unknown", NOT_ASKED)


def _numbers(numbers: list[dict[str, Any]], login: str) -> str:
    here = [f"+{one['number']}" for one in numbers if str(one.get("sip")) == login]
    elsewhere = [f"+{one['number']}" for one in numbers if str(one.get("sip")) != login]
    if not numbers:
        return "It has no number yet: buy one at Zadarma, and take it over on the page of this account."
    said = f"At this login ring {', '.join(here)}." if here else "No number rings at this login yet."
    return said + (
        f" Elsewhere ring {', '.join(elsewhere)}: take them over on the page of this account, or change it at Zadarma."
        if elsewhere
        else ""
    )
