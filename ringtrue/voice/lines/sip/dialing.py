"""Placing a call over a SIP trunk: an order to the gateway, with a permit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.carrier import DialOrder
from ringtrue.voice.lines.permit import DialFailed, DialUnknown, PermitGate
from ringtrue.voice.lines.sip.desk_talk import Dial, ask

SECONDS = 10.0


def dial(account: str, credentials: Mapping[str, Any], order: DialOrder, gate: PermitGate) -> str:
    """Returns once the INVITE is on its way; how it went is told to the desk. Raises PermitRefused, DialFailed, DialUnknown."""
    gate.admit(order.permit, **order.bound())
    asked = Dial(
        ask=0, trunk=str(credentials["trunk"]), number=order.number, caller_id=order.caller_id, ref=order.call_id, ticket=order.ticket,
        ring_s=order.ring_s,
    )  # fmt: skip
    try:
        code = ask(str(credentials["desk"]), asked, SECONDS)
    except (ConnectionError, FileNotFoundError):
        raise DialFailed("no_gateway") from None
    except OSError:
        raise DialUnknown("no_answer_from_gateway") from None
    if code:
        raise DialFailed(code)
    return order.call_id
