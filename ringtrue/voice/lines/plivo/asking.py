"""One request to Plivo's API (https://www.plivo.com/docs/voice/api/request, .../docs/voice/api/response)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.requesting import request

API = "https://api.plivo.com"


def ask(method: str, account: str, credentials: Mapping[str, Any], path: str, told: object = None) -> dict[str, Any]:
    """What it answered; {} if it answered nothing (204). Raises Refused, NotReached, NoAnswer."""
    url = f"{credentials.get('api_base') or API}/v1/Account/{account}{path}"
    return request(method, url, json=told, auth=(account, str(credentials.get("auth_token", ""))))
