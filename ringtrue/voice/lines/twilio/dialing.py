"""Placing a call by Twilio's REST API (https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.carrier import DialOrder
from ringtrue.voice.lines.ordering import dial_faults
from ringtrue.voice.lines.permit import DialUnknown, PermitGate
from ringtrue.voice.lines.twilio.answering import connect
from ringtrue.voice.lines.twilio.asking import TOO_MANY, ask

STARTS_PER_S = 1.0
"""More are queued by Twilio, without a word (https://support.twilio.com, article 223180028): we wait ourselves."""


def dial(account: str, credentials: Mapping[str, Any], order: DialOrder, gate: PermitGate) -> str:
    """The CallSid. What happens when it is answered goes with the order, so that no webhook of ours has to be asked first; only where
    Twilio is to find out first who answered, it asks then.

    Raises PermitRefused, DialFailed (Twilio said no), DialDeferred (not now) and DialUnknown (it said nothing: the call may ring).
    """
    gate.admit(order.permit, **order.bound())
    form = [
        ("To", order.number),
        ("From", order.caller_id),
        ("StatusCallback", order.status_url),
        # A repeated key, one for each event.
        *(("StatusCallbackEvent", event) for event in ("initiated", "ringing", "answered", "completed")),
        ("Timeout", str(order.ring_s)),
        *_when_answered(order),
    ]
    with dial_faults("twilio", later=TOO_MANY):
        reference = str(ask("POST", account, credentials, "/Calls.json", form).get("sid") or "")
    if not reference:
        raise DialUnknown("carrier_not_understood")
    return reference


def _when_answered(order: DialOrder) -> list[tuple[str, str]]:
    """https://www.twilio.com/docs/voice/answering-machine-detection

    Where Twilio listens first, it waits for the end of a machine's greeting; beside the call, it tells at once what it thinks, and the
    end of the greeting is heard by us. Digits that are sent switch its detection off."""
    talk = ("Twiml", connect(order.media_url, order.ticket, order.after_url).body)
    if order.digits:
        return [talk, ("SendDigits", order.digits)]
    if order.machine_detection == "before":
        return [("Url", order.answered_url), ("MachineDetection", "DetectMessageEnd")]
    if order.machine_detection == "beside":
        asked = [("MachineDetection", "Enable"), ("AsyncAmd", "true"), ("AsyncAmdStatusCallback", order.detected_url)]
        return [talk, *asked]
    return [talk]
