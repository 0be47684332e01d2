"""Placing a call by Twilio's REST API (https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.carrier import DialOrder
from ringtrue.voice.lines.permit import DialDeferred, DialFailed, DialUnknown, PermitGate
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.twilio.answering import connect
from ringtrue.voice.lines.twilio.asking import ask, busy

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
    try:
        reference = str(ask("POST", account, credentials, "/Calls.json", form).get("sid") or "")
    except NotReached:
        raise DialFailed("carrier_unreachable") from None
    except NoAnswer:
        raise DialUnknown("no_answer_from_carrier") from None
    except Refused as no:
        if no.for_credentials:
            raise DialFailed("carrier_refused_credentials") from None
        if busy(no):
            raise DialDeferred("carrier_busy") from None
        raise DialFailed(f"twilio_{no.code or no.status}"[:30]) from None
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
