"""Ending a call that runs (https://www.plivo.com/docs/voice/api/call/hangup-a-call). Plivo transfers no call by an order alone: see about.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ringtrue.voice.lines.carrier import ControlFailed
from ringtrue.voice.lines.plivo.asking import ask
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused


def hang_up(account: str, credentials: Mapping[str, Any], call_ref: str) -> None:
    """Raises ControlFailed; "call_over" when it had ended already."""
    if not call_ref.strip("./ "):
        # Without the name of a call, the same request ends every call of the account.
        raise ControlFailed("no_call_named")
    try:
        ask("DELETE", account, credentials, f"/Call/{quote(call_ref, safe='')}/")
    except (NotReached, NoAnswer):
        raise ControlFailed("carrier_unreachable") from None
    except Refused as no:
        if no.for_credentials:
            raise ControlFailed("carrier_refused_credentials") from None
        raise ControlFailed("call_over" if no.status == 404 else "carrier_refused") from None
