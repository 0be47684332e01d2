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

from ringtrue.voice.lines.requesting import Refused, request

API = "https://api.zadarma.com"
SECONDS = 4.0  # a check asks up to twice, and has 8 s


def signature(path: str, query: str, secret: str) -> str:
    """`path`: with the slashes at both ends; `query`: the parameters, sorted by name, as they are sent (RFC 1738: a space is +)."""
    text = path + query + hashlib.md5(query.encode()).hexdigest()  # noqa: S324 - theirs
    made = hmac.new(secret.encode(), text.encode(), hashlib.sha1).hexdigest()
    return base64.b64encode(made.encode()).decode()


def ask(credentials: Mapping[str, Any], path: str, method: str = "GET", **given: str) -> dict[str, Any]:
    """Parameters go in the address of a GET, else in the body. Raises Refused (also where it says no in an answer of status 200),
    NotReached, NoAnswer."""
    query = urlencode(sorted({**given, "format": "json"}.items()))
    sent: dict[str, Any] = {
        "headers": {"Authorization": f"{credentials['key']}:{signature(path, query, str(credentials['secret']))}"}
    }
    url = f"{credentials.get('api_base') or API}{path}"
    if method == "GET":
        url += f"?{query}"
    else:
        sent["headers"]["Content-Type"] = "application/x-www-form-urlencoded"
        sent["content"] = query
    told = request(method, url, timeout=SECONDS, **sent)
    if told.get("status") != "success":
        raise Refused(200)
    return told
