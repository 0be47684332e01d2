"""One request to Plivo's API (https://www.plivo.com/docs/voice/api/request, .../docs/voice/api/response)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

API = "https://api.plivo.com"
SECONDS = 8.0


class Refused(Exception):
    """Plivo said no; `status` is that of HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status

    @property
    def for_credentials(self) -> bool:
        return self.status in (401, 403)


class NotReached(Exception):
    """Nothing of the request has reached Plivo."""


class NoAnswer(Exception):
    """It was sent, and nobody knows whether it was done."""


def ask(method: str, account: str, credentials: Mapping[str, Any], path: str, told: object = None) -> dict[str, Any]:
    """What it answered; {} if it answered nothing (204). Raises Refused, NotReached, NoAnswer."""
    url = f"{credentials.get('api_base') or API}/v1/Account/{account}{path}"
    auth = (account, str(credentials.get("auth_token", "")))
    try:
        reply = httpx.request(method, url, json=told, auth=auth, timeout=SECONDS)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise NotReached from None
    except httpx.HTTPError:
        raise NoAnswer from None
    if reply.status_code >= 500:
        raise NoAnswer
    if not reply.is_success:
        raise Refused(reply.status_code)
    if reply.status_code == 204:
        return {}
    try:
        answer = reply.json()
    except ValueError:
        raise NoAnswer from None
    if not isinstance(answer, dict):
        raise NoAnswer
    return answer
