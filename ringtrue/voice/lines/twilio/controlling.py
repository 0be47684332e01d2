"""Changing a call that runs, by Twilio's REST API (https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from ringtrue.voice.lines.carrier import ControlFailed
from ringtrue.voice.lines.twilio.answering import dial

API = "https://api.twilio.com"
SECONDS = 8.0


def transfer(account: str, credentials: Mapping[str, Any], call_ref: str, number: str, *, after_url: str) -> None:
    """The call leaves our stream (which gets `stop`) and rings `number` (E.164). Raises ControlFailed."""
    _update(account, credentials, call_ref, {"Twiml": dial(number, after_url)})


def hang_up(account: str, credentials: Mapping[str, Any], call_ref: str) -> None:
    """Raises ControlFailed; "call_over" when it had ended already."""
    _update(account, credentials, call_ref, {"Status": "completed"})


def _update(account: str, credentials: Mapping[str, Any], call_ref: str, form: dict[str, str]) -> None:
    # "api_base" is where a stand-in listens; a person's form cannot set it (numbers/connecting.py writes only the token).
    url = f"{credentials.get('api_base') or API}/2010-04-01/Accounts/{account}/Calls/{call_ref}.json"
    try:
        reply = httpx.post(url, data=form, auth=(account, str(credentials.get("auth_token", ""))), timeout=SECONDS)
    except httpx.HTTPError:
        raise ControlFailed("carrier_unreachable") from None
    if reply.is_success:
        return
    if reply.status_code in (401, 403):
        raise ControlFailed("carrier_refused_credentials")
    try:
        code = reply.json().get("code")
    except ValueError:
        code = None
    raise ControlFailed("call_over" if code in (20404, 21220) else "carrier_refused")
