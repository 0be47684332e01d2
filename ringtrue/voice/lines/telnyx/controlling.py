"""Changing a call that runs (https://developers.telnyx.com/api-reference/texml-rest-commands/update-call.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.ordering import control_faults
from ringtrue.voice.lines.telnyx.answering import dial
from ringtrue.voice.lines.telnyx.asking import ask, call_path

OVER = {404, 10005, 90018}  # of HTTP; "resource not found" and "call has already ended" in Telnyx's own list


def transfer(account: str, credentials: Mapping[str, Any], call_ref: str, number: str, *, after_url: str) -> None:
    """The call leaves our stream (which gets `stop`) and rings `number` (E.164). Raises ControlFailed."""
    _update(account, credentials, call_ref, {"Texml": dial(number, after_url)})


def hang_up(account: str, credentials: Mapping[str, Any], call_ref: str) -> None:
    """Raises ControlFailed; "call_over" when it had ended already."""
    _update(account, credentials, call_ref, {"Status": "completed"})


def _update(account: str, credentials: Mapping[str, Any], call_ref: str, told: dict[str, str]) -> None:
    with control_faults(OVER):
        ask("POST", credentials, call_path(account, call_ref), told)
