"""One question to Zadarma's API, and what its answer means (https://zadarma.com/en/support/api/, https://github.com/zadarma/openapi).

The signature is over the path and the sorted parameters; it is base64 of the digest's hexadecimal text, not of its bytes, which the
description leaves open and the official clients do. "api_base" in the credentials is where a stand-in listens; no form sets it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from ringtrue.voice.speech.trusting import trusted

API = "https://api.zadarma.com"
SECONDS = 4.0  # a check asks up to twice, and has 8 s


class Refused(Exception):
    """Zadarma said no. `status`: of HTTP."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class NoAnswer(Exception):
    """It could not be reached, or its answer is missing or not understood."""


def signature(path: str, query: str, secret: str) -> str:
    """`path`: with the slashes at both ends; `query`: the parameters, sorted by name, as they are sent (RFC 1738: a space is +)."""
    text = path + query + hashlib.md5(query.encode()).hexdigest()  # noqa: S324 - theirs
    made = hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest()
    return base64.b64encode(made.encode()).decode()


def ask(credentials: Mapping[str, Any], path: str, **given: str) -> dict[str, Any]:
    """GET. Raises Refused, NoAnswer."""
    query = urlencode(sorted({**given, "format": "json"}.items()))
    signed = signature(path, query, str(credentials["secret"]))
    try:
        reply = httpx.get(
            f"{credentials.get('api_base') or API}{path}?{query}",
            headers={"Authorization": f"{credentials['key']}:{signed}"},
            timeout=SECONDS,
            verify=trusted(),
        )
        told = reply.json()
    except (httpx.HTTPError, ValueError):
        raise NoAnswer from None
    if reply.status_code >= 500 or not isinstance(told, dict):
        raise NoAnswer
    if not reply.is_success or told.get("status") != "success":
        raise Refused(reply.status_code)
    return told
