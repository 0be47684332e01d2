"""One question to Twilio's REST API, and what its answer means (https://www.twilio.com/docs/usage/api, .../errors).

The credentials hold "auth_token", or besides it an API key ("key_sid", "key_secret"), with which we then sign in; webhooks are signed with
the Auth Token either way. "api_base" is where a stand-in listens; no form sets it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import httpx

from ringtrue.voice.speech.trusting import trusted

API = "https://api.twilio.com"
PRICING = "https://pricing.twilio.com"
SECONDS = 8.0

Form = Mapping[str, str] | Sequence[tuple[str, str]]


class Refused(Exception):
    """Twilio said no. `status`: of HTTP; `code`: of Twilio's own list of errors, 0 where it gave none."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code

    @property
    def for_credentials(self) -> bool:
        return self.status in (401, 403)

    @property
    def busy(self) -> bool:
        """Too many requests, or too many calls at once: later it would have said yes."""
        return self.status == 429 or self.code in (10004, 20429, 86008)


class NotReached(Exception):
    """Nothing of the question has reached Twilio."""


class NoAnswer(Exception):
    """The question was sent, and the answer is missing or not understood: nobody knows whether it was done."""


def ask(method: str, account: str, credentials: Mapping[str, Any], path: str, form: Form | None = None) -> dict[str, Any]:
    """`path`: below the account, such as "/Calls.json"; "" is the account itself. `form`: goes into the query of a GET.
    {} where Twilio answers with nothing. Raises Refused, NotReached, NoAnswer."""
    return ask_at(method, f"{_base(credentials, API)}/2010-04-01/Accounts/{account}{path or '.json'}", account, credentials, form)


def ask_pricing(account: str, credentials: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Raises as `ask`."""
    return ask_at("GET", f"{_base(credentials, PRICING)}{path}", account, credentials)


def ask_at(method: str, url: str, account: str, credentials: Mapping[str, Any], form: Form | None = None) -> dict[str, Any]:
    pairs = list(form.items()) if isinstance(form, Mapping) else list(form or [])
    key = str(credentials.get("key_sid") or "")
    login = (key, str(credentials.get("key_secret", ""))) if key else (account, str(credentials.get("auth_token", "")))
    coded = urlencode(pairs)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
    if method != "POST" and coded:
        url = f"{url}?{coded}"
    try:
        reply = httpx.request(
            method,
            url,
            content=coded.encode() if method == "POST" else None,
            headers=headers,
            auth=login,
            timeout=SECONDS,
            verify=trusted(),
        )
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise NotReached from None
    except httpx.HTTPError:
        raise NoAnswer from None
    if reply.status_code >= 500:
        raise NoAnswer
    try:
        body = reply.json() if reply.content else {}
    except ValueError:
        body = None
    if not reply.is_success:
        code = body.get("code") if isinstance(body, dict) else 0
        raise Refused(reply.status_code, code if isinstance(code, int) else 0)
    if not isinstance(body, dict):
        raise NoAnswer
    return body


def _base(credentials: Mapping[str, Any], usual: str) -> str:
    return str(credentials.get("api_base") or usual)
