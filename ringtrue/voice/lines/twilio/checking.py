"""Whether Twilio takes an account and its key (https://www.twilio.com/docs/iam/api/account#fetch-an-account-resource)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from ringtrue.voice.lines.about import Verdict
from ringtrue.voice.lines.twilio.controlling import API, SECONDS

REFUSED = "Twilio does not accept this Account SID and Auth Token. Copy both again from the first page of the Twilio console."


def check(account: str, credentials: Mapping[str, Any]) -> Verdict:
    url = f"{credentials.get('api_base') or API}/2010-04-01/Accounts/{account}.json"
    try:
        reply = httpx.get(url, auth=(account, str(credentials.get("auth_token", ""))), timeout=SECONDS)
        state = str(reply.json().get("status", "")) if reply.is_success else ""
    except (httpx.HTTPError, ValueError, AttributeError):
        return Verdict("unknown", "Twilio could not be asked whether it takes this account.")
    if reply.status_code in (401, 403, 404):
        return Verdict("wrong", REFUSED, "auth_token")
    if state != "active":
        return Verdict("unknown" if not state else "wrong", f"Twilio says that this account is {state or 'not to be asked now'}.")
    return Verdict("good", "Twilio accepts this account.")
