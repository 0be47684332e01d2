"""One question to Twilio's REST API, and what its answer means (https://www.twilio.com/docs/usage/api, .../errors).

The credentials hold "auth_token", or besides it an API key ("key_sid", "key_secret"), with which we then sign in; webhooks are signed with
the Auth Token either way. "api_base" is where a stand-in listens; no form sets it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from ringtrue.voice.lines.requesting import Refused, request

API = "https://api.twilio.com"
PRICING = "https://pricing.twilio.com"

TOO_MANY = frozenset({10004, 20429, 86008})
"""Of Twilio's errors: too many requests, or too many calls at once."""

Form = Mapping[str, str] | Sequence[tuple[str, str]]


def ask(method: str, account: str, credentials: Mapping[str, Any], path: str, form: Form = ()) -> dict[str, Any]:
    """`path`: below the account, such as "/Calls.json"; "" is the account itself. `form`: goes into the query of a GET.
    Raises Refused, NotReached, NoAnswer."""
    return _ask_at(
        method, f"{_base(credentials, API)}/2010-04-01/Accounts/{account}{path or '.json'}", account, credentials, form
    )


def ask_pricing(account: str, credentials: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Raises as `ask`."""
    return _ask_at("GET", f"{_base(credentials, PRICING)}{path}", account, credentials)


def busy(no: Refused) -> bool:
    """Later it would have said yes."""
    return no.status == 429 or no.code in TOO_MANY


def _ask_at(method: str, url: str, account: str, credentials: Mapping[str, Any], form: Form = ()) -> dict[str, Any]:
    key = str(credentials.get("key_sid") or "")
    login = (key, str(credentials.get("key_secret", ""))) if key else (account, str(credentials.get("auth_token", "")))
    coded = urlencode(form)
    if method == "POST":
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return request(method, url, content=coded.encode(), headers=headers, auth=login)
    return request(method, f"{url}?{coded}" if coded else url, auth=login)


def _base(credentials: Mapping[str, Any], usual: str) -> str:
    return str(credentials.get("api_base") or usual)
