"""Ending a call that runs (https://www.plivo.com/docs/voice/api/call/hangup-a-call). Plivo transfers no call by an order alone: see about.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ringtrue.voice.lines.carrier import ControlFailed
from ringtrue.voice.lines.ordering import control_faults
from ringtrue.voice.lines.plivo.asking import ask


def hang_up(account: str, credentials: Mapping[str, Any], call_ref: str) -> None:
    """Raises ControlFailed; "call_over" when it had ended already."""
    if not call_ref.strip("./ "):
        # Without the name of a call, the same request ends every call of the account.
        raise ControlFailed("no_call_named")
    with control_faults():
        ask("DELETE", account, credentials, f"/Call/{quote(call_ref, safe='')}/")
