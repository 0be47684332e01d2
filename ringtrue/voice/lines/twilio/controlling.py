"""Changing a call that runs, by Twilio's REST API (https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.carrier import ControlFailed
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.twilio.answering import dial
from ringtrue.voice.lines.twilio.asking import ask


def transfer(account: str, credentials: Mapping[str, Any], call_ref: str, number: str, *, after_url: str) -> None:
    """The call leaves our stream (which gets `stop`) and rings `number` (E.164). Raises ControlFailed."""
    _update(account, credentials, call_ref, {"Twiml": dial(number, after_url)})


def hang_up(account: str, credentials: Mapping[str, Any], call_ref: str) -> None:
    """Raises ControlFailed; "call_over" when it had ended already."""
    _update(account, credentials, call_ref, {"Status": "completed"})


def _update(account: str, credentials: Mapping[str, Any], call_ref: str, form: dict[str, str]) -> None:
    try:
        ask("POST", account, credentials, f"/Calls/{call_ref}.json", form)
    except (NotReached, NoAnswer):
        raise ControlFailed("carrier_unreachable") from None
    except Refused as no:
        if no.for_credentials:
            raise ControlFailed("carrier_refused_credentials") from None
        raise ControlFailed("call_over" if no.code in (20404, 21220) else "carrier_refused") from None
