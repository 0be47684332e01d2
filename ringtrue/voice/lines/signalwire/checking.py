"""Whether SignalWire takes a project and its API token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.about import Verdict
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.twilio.asking import ask


def check(account: str, credentials: Mapping[str, Any]) -> Verdict:
    try:
        state = str(ask("GET", account, credentials, "").get("status", "active"))
    except (NoAnswer, NotReached):
        return Verdict("unknown", "SignalWire could not be asked whether it takes this project. Check the name of the space.")
    except Refused as no:
        if no.for_credentials or no.status == 404:
            return Verdict("wrong", "SignalWire does not accept this Project ID and API token in this space.", "api_token")
        return Verdict("unknown", "SignalWire did not say whether it takes this project.")
    if state != "active":
        return Verdict("wrong", f"SignalWire says that this project is {state}.")
    return Verdict("good", "SignalWire accepts this project.")
