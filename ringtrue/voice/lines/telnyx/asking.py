"""One request to Telnyx's API v2, and its orders for calls (https://developers.telnyx.com/api-reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ringtrue.voice.lines.requesting import request

API = "https://api.telnyx.com"


def ask(
    method: str, credentials: Mapping[str, Any], path: str, told: object = None, query: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What it answered; {} if it answered nothing. Raises Refused, NotReached, NoAnswer."""
    url = f"{credentials.get('api_base') or API}/v2{path}"
    login = {"Authorization": f"Bearer {credentials.get('api_key', '')}"}
    return request(method, url, json=told, params=query, headers=login)


def call_path(account: str, call_ref: str) -> str:
    """Telnyx's names of calls have colons in them ("v3:…")."""
    return f"/texml/Accounts/{account}/Calls/{quote(call_ref, safe='')}"
