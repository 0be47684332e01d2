"""Of a transfer Asterisk is not told: its dialplan asks, when our channel has ended (`webhooks`, "after"). What rings for us is stopped by
its REST interface
(https://docs.asterisk.org/Latest_API/API_Documentation/Asterisk_REST_Interface/Channels_REST_API/, "hangup")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ringtrue.voice.lines.asterisk.asking import ask
from ringtrue.voice.lines.carrier import ControlFailed
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused


def transfer(account: str, credentials: Mapping[str, Any], call_ref: str, number: str, *, after_url: str) -> None:
    """Nothing to send: the leg hangs up, and the dialplan is then answered with the number (`reception/hooks.py`)."""


def hang_up(account: str, credentials: Mapping[str, Any], call_ref: str) -> None:
    """Raises ControlFailed; "call_over" when it had ended already. Nothing where Asterisk cannot be asked: the leg does it."""
    if not credentials.get("ari"):
        return
    try:
        ask("DELETE", credentials, f"/channels/{quote(call_ref.rpartition('/')[2], safe='')}")
    except (NotReached, NoAnswer):
        raise ControlFailed("carrier_unreachable") from None
    except Refused as no:
        if no.for_credentials:
            raise ControlFailed("carrier_refused_credentials") from None
        raise ControlFailed("call_over" if no.status == 404 else "carrier_refused") from None
