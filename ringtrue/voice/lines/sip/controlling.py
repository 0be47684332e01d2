"""Changing a call that runs over SIP: an order to the gateway. A transfer is a blind REFER (RFC 5589); if it is refused, the call stays
ours. How it went is told to the loop, over the call's own socket, and to the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.carrier import ControlFailed
from ringtrue.voice.lines.sip.desk_talk import Asked, HangUp, Transfer, ask

SECONDS = 5.0


def transfer(account: str, credentials: Mapping[str, Any], call_ref: str, number: str, *, after_url: str) -> None:
    """Returns once the REFER is on its way. Raises ControlFailed; "carrier_unreachable" when it cannot be known what was done."""
    _order(credentials, Transfer(ask=0, ref=call_ref, number=number))


def hang_up(account: str, credentials: Mapping[str, Any], call_ref: str) -> None:
    """Raises ControlFailed; "call_over" when it had ended already."""
    _order(credentials, HangUp(ask=0, ref=call_ref))


def _order(credentials: Mapping[str, Any], order: Asked) -> None:
    try:
        code = ask(str(credentials["desk"]), order, SECONDS)
    except OSError:
        raise ControlFailed("carrier_unreachable") from None
    if code:
        raise ControlFailed(code)
