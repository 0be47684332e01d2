"""Changing a call that runs over SIP: an order to the gateway. A transfer is a blind REFER (RFC 5589); if it fails, the call stays ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.carrier import ControlFailed
from ringtrue.voice.lines.sip.desk_talk import Asked, HangUp, Transfer, ask

TRANSFER_S = 65.0  # the library waits 60 s for the other end's verdict
HANG_UP_S = 5.0


def transfer(account: str, credentials: Mapping[str, Any], call_ref: str, number: str, *, after_url: str) -> None:
    """Raises ControlFailed; "carrier_unreachable" when it cannot be known what was done."""
    _order(credentials, Transfer(ask=0, ref=call_ref, number=number), TRANSFER_S)


def hang_up(account: str, credentials: Mapping[str, Any], call_ref: str) -> None:
    """Raises ControlFailed; "call_over" when it had ended already."""
    _order(credentials, HangUp(ask=0, ref=call_ref), HANG_UP_S)


def _order(credentials: Mapping[str, Any], order: Asked, seconds: float) -> None:
    try:
        code = ask(str(credentials["desk"]), order, seconds)
    except OSError:
        raise ControlFailed("carrier_unreachable") from None
    if code:
        raise ControlFailed(code)
