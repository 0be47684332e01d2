"""Asterisk is not told what to do: its dialplan asks, when our channel has ended (`webhooks`, "after")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def transfer(account: str, credentials: Mapping[str, Any], call_ref: str, number: str, *, after_url: str) -> None:
    """Nothing to send: the leg hangs up, and the dialplan is then answered with the number (`reception/hooks.py`)."""


def hang_up(account: str, credentials: Mapping[str, Any], call_ref: str) -> None:
    """The leg does it."""
