"""One request to a carrier's HTTP API, and which of three things went wrong: it said no, it was not reached, or nobody knows.

The last two are kept apart because a call that may ring is never placed again by itself.
"""

from __future__ import annotations

from typing import Any

import httpx

from ringtrue.voice.trusting import trusted

SECONDS = 8.0


class Refused(Exception):
    """The carrier said no. `status`: of HTTP; `code`: the number that its JSON gives the error, 0 where there is none."""

    def __init__(self, status: int, code: int = 0) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code

    @property
    def for_credentials(self) -> bool:
        return self.status in (401, 403)


class NotReached(Exception):
    """Nothing of the request has reached the carrier."""


class NoAnswer(Exception):
    """It was sent, and the answer is missing or not understood: nobody knows whether it was done."""


def request(method: str, url: str, **sent: Any) -> dict[str, Any]:
    """The JSON object that it answered, {} where it answered nothing. `sent`: as `httpx.request` takes it; `timeout` may be among it.
    Raises Refused, NotReached, NoAnswer."""
    given: dict[str, Any] = {"timeout": SECONDS, "verify": trusted(), **sent}
    try:
        reply = httpx.request(method, url, **given)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise NotReached from None
    except httpx.HTTPError:
        raise NoAnswer from None
    if reply.status_code >= 500:
        raise NoAnswer
    try:
        told = reply.json() if reply.content else {}
    except ValueError:
        told = None
    if not reply.is_success:
        raise Refused(reply.status_code, _code(told))
    if not isinstance(told, dict):
        raise NoAnswer
    return told


def _code(told: object) -> int:
    """From `{"code": 20003}`, or from the first of a list as JSON:API has it: `{"errors": [{"code": "10009"}]}`."""
    match told:
        case {"code": int(code)}:
            return code
        case {"errors": [{"code": str(code) | int(code)}, *_]} if str(code).isdecimal():
            return int(code)
    return 0
