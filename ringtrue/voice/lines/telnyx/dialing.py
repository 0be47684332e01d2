"""Placing a call (https://developers.telnyx.com/docs/voice/programmable-voice/texml-answering-machine.md,
https://developers.telnyx.com/api-reference/texml-rest-commands/create-a-connection-scoped-texml-call.md: this order's answer names the call).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.carrier import DialOrder
from ringtrue.voice.lines.ordering import dial_faults
from ringtrue.voice.lines.permit import DialFailed, DialUnknown, PermitGate
from ringtrue.voice.lines.telnyx.answering import connect
from ringtrue.voice.lines.telnyx.asking import ask
from ringtrue.voice.lines.telnyx.signing import OUTBOUND


def dial(account: str, credentials: Mapping[str, Any], order: DialOrder, gate: PermitGate) -> str:
    """The CallSid. Raises PermitRefused, DialFailed, DialDeferred, DialUnknown."""
    gate.admit(order.permit, **order.bound())
    if order.digits:
        raise DialFailed("telnyx_sends_no_digits")
    told = {
        "To": order.number,
        "From": order.caller_id,
        "Texml": connect(order.media_url, order.ticket, order.after_url).body,
        "StatusCallback": f"{order.status_url}?{OUTBOUND}",
        "StatusCallbackMethod": "POST",
        "StatusCallbackEvent": "initiated ringing answered completed",
        "Timeout": min(max(order.ring_s, 5), 120),
        **_listening(order),
    }
    with dial_faults("telnyx"):
        reference = ask("POST", credentials, f"/texml/calls/{credentials['application_id']}", told).get("call_sid")
    if not isinstance(reference, str) or not reference:
        raise DialUnknown("carrier_not_understood")
    return reference


def _listening(order: DialOrder) -> dict[str, object]:
    """Before we are connected, Telnyx tells what it heard with the states of the call, and carries out the instructions afterwards."""
    if order.machine_detection == "before":
        return {"MachineDetection": "DetectMessageEnd"}
    if order.machine_detection == "beside":
        told = {"AsyncAmdStatusCallback": order.detected_url, "AsyncAmdStatusCallbackMethod": "POST"}
        return {"MachineDetection": "Enable", "AsyncAmd": True, **told}
    return {}
