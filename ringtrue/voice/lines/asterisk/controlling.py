"""Of a transfer Asterisk is not told: its dialplan asks, when our channel has ended (`webhooks`, "after"). What rings for us is stopped by
its REST interface
(https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/, "hangup")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ringtrue.voice.lines.asterisk.asking import ask
from ringtrue.voice.lines.ordering import control_faults


def transfer(account: str, credentials: Mapping[str, Any], call_ref: str, number: str, *, after_url: str) -> None:
    """Nothing to send: the leg hangs up, and the dialplan is then answered with the number (`reception/hooks.py`)."""


def hang_up(account: str, credentials: Mapping[str, Any], call_ref: str) -> None:
    """Raises ControlFailed; "call_over" when it had ended already. Nothing where Asterisk cannot be asked: the leg does it."""
    if not credentials.get("ari"):
        return
    with control_faults():
        ask("DELETE", credentials, f"/channels/{quote(call_ref.rpartition('/')[2], safe='')}")
