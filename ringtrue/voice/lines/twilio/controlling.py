"""Changing a call that runs, by Twilio's REST API (https://www.twilio.com/docs/voice/api/call-resource#update-a-call-resource)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.ordering import control_faults
from ringtrue.voice.lines.twilio.answering import dial
from ringtrue.voice.lines.twilio.asking import ask

GONE = frozenset({20404, 21220})  # of Twilio's errors: there is no such call; it does not run any more


def transfer(account: str, credentials: Mapping[str, Any], call_ref: str, number: str, *, after_url: str) -> None:
    """The call leaves our stream (which gets `stop`) and rings `number` (E.164). Raises ControlFailed."""
    _update(account, credentials, call_ref, {"Twiml": dial(number, after_url)})


def hang_up(account: str, credentials: Mapping[str, Any], call_ref: str) -> None:
    """Raises ControlFailed; "call_over" when it had ended already."""
    _update(account, credentials, call_ref, {"Status": "completed"})


def _update(account: str, credentials: Mapping[str, Any], call_ref: str, form: dict[str, str]) -> None:
    with control_faults(over=GONE):
        ask("POST", account, credentials, f"/Calls/{call_ref}.json", form)
