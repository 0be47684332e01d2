"""Placing a call by Plivo's API (https://www.plivo.com/docs/voice/api/call/make-a-call)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.carrier import DialOrder
from ringtrue.voice.lines.ordering import dial_faults
from ringtrue.voice.lines.permit import DialUnknown, PermitGate
from ringtrue.voice.lines.plivo.asking import ask

STARTS_PER_S = 1.0
"""More are queued by Plivo, without a word (https://www.plivo.com/docs/getting-started/dial-status-reporting): we wait ourselves."""


def dial(account: str, credentials: Mapping[str, Any], order: DialOrder, gate: PermitGate) -> str:
    """Plivo's name of the request, which for one number is that of the call.

    An order to Plivo cannot say what to do when the call is answered: Plivo asks `answered_url` then, and is given a ticket of its own
    there. The order's ticket is not used. Raises PermitRefused, DialFailed, DialDeferred, DialUnknown.
    """
    gate.admit(order.permit, **order.bound())
    told: dict[str, Any] = {
        "to": order.number.removeprefix("+"),
        "from": order.caller_id.removeprefix("+"),
        "answer_url": order.answered_url,
        "answer_method": "POST",
        "ring_url": order.status_url,
        "ring_method": "POST",
        "hangup_url": order.status_url,
        "hangup_method": "POST",
        "ring_timeout": order.ring_s,
    }
    if order.digits:
        told["send_digits"] = order.digits
    with dial_faults("plivo"):
        reference = ask("POST", account, credentials, "/Call/", told).get("request_uuid")
    if not isinstance(reference, str) or not reference:  # a list, where it was told several numbers
        raise DialUnknown("carrier_not_understood")
    return reference
