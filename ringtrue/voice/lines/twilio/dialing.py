"""Placing a call by Twilio's REST API (https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from ringtrue.voice.lines.carrier import DialOrder
from ringtrue.voice.lines.permit import DialFailed, DialUnknown, PermitGate
from ringtrue.voice.lines.twilio.answering import connect
from ringtrue.voice.lines.twilio.controlling import API, SECONDS


def dial(account: str, credentials: Mapping[str, Any], order: DialOrder, gate: PermitGate) -> str:
    """The CallSid. What happens when it is answered goes with the order, so no webhook of ours has to be asked first.

    Raises PermitRefused, DialFailed (Twilio said no) and DialUnknown (it said nothing: the call may ring).
    """
    gate.admit(order.permit, **order.bound())
    form: list[tuple[str, str]] = [
        ("To", order.number),
        ("From", order.caller_id),
        ("Twiml", connect(order.media_url, order.ticket, order.after_url).body),
        ("StatusCallback", order.status_url),
        # A repeated key, one for each event.
        *(("StatusCallbackEvent", event) for event in ("initiated", "ringing", "answered", "completed")),
        ("Timeout", str(order.ring_s)),
    ]
    url = f"{credentials.get('api_base') or API}/2010-04-01/Accounts/{account}/Calls.json"
    try:
        reply = httpx.post(
            url,
            content=urlencode(form).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            auth=(account, str(credentials.get("auth_token", ""))),
            timeout=SECONDS,
        )
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise DialFailed("carrier_unreachable") from None
    except httpx.HTTPError:
        raise DialUnknown("no_answer_from_carrier") from None
    if reply.status_code in (401, 403):
        raise DialFailed("carrier_refused_credentials")
    if reply.status_code == 429:
        raise DialFailed("carrier_busy")
    if reply.status_code >= 500:
        raise DialUnknown("carrier_error")
    try:
        body = reply.json()
        reference = str(body["sid"]) if reply.is_success else ""
    except (ValueError, KeyError, TypeError):
        raise DialUnknown("carrier_not_understood") from None
    if not reference:
        raise DialFailed(f"twilio_{body.get('code') or reply.status_code}"[:30])
    return reference
