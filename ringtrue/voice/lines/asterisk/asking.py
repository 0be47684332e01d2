"""One request to an Asterisk's REST interface (https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.requesting import request


def ask(method: str, credentials: Mapping[str, Any], path: str, told: object = None) -> dict[str, Any]:
    """`credentials`: with "ari", where it listens. What it answered; {} if it answered nothing (204). Raises Refused, NotReached,
    NoAnswer."""
    auth = (str(credentials.get("ari_user", "")), str(credentials.get("ari_password", "")))
    return request(method, f"{credentials['ari']}/ari{path}", json=told, auth=auth)
