"""Placing a call by Asterisk's REST interface
(https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/, "originateWithId").

The call is a Local channel: its second half rings the number in the context `ringtrue-out` and tells how that went; when somebody answers,
its first half connects them to the agent in `ringtrue-agent`. The second half is named as we name the call, so that what the dialplan
tells of it is known to be of this call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.asterisk.asking import ask
from ringtrue.voice.lines.asterisk.webhooks import reference
from ringtrue.voice.lines.carrier import DialOrder
from ringtrue.voice.lines.ordering import dial_faults
from ringtrue.voice.lines.permit import DialFailed, DialUnknown, PermitGate


def dial(account: str, credentials: Mapping[str, Any], order: DialOrder, gate: PermitGate) -> str:
    """Raises PermitRefused, DialFailed ("line_cannot_dial": this Asterisk was connected for calls that come in only), DialDeferred,
    DialUnknown."""
    gate.admit(order.permit, **order.bound())
    if not credentials.get("ari"):
        raise DialFailed("line_cannot_dial")
    told = {
        "endpoint": f"Local/{order.number}@ringtrue-out/n",
        "context": "ringtrue-agent",
        "extension": "s",
        "priority": 1,
        "callerId": order.caller_id,
        "timeout": order.ring_s,
        "otherChannelId": order.call_id,
        "variables": {"RINGTRUE_CALL": order.call_id, "RINGTRUE_TICKET": order.ticket},
    }
    with dial_faults("asterisk"):
        made = ask("POST", credentials, f"/channels/{order.call_id}-agent", told)
    if made.get("id") != f"{order.call_id}-agent":
        raise DialUnknown("carrier_not_understood")
    return reference(account, order.call_id)
