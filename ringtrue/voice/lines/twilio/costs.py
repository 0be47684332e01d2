"""What Twilio asked for a call: minutes to hours after its end, as a negative amount
(https://www.twilio.com/docs/voice/api/call-resource#call-properties, `price` and `price_unit`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.costs import NotTold, Price, price_in
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.twilio.asking import ask, busy


def price(account: str, credentials: Mapping[str, Any], reference: str) -> Price | None:
    try:
        told = ask("GET", account, credentials, f"/Calls/{reference}.json")
    except (NotReached, NoAnswer):
        return None
    except Refused as no:
        if busy(no):
            return None
        raise NotTold(f"twilio_{no.code or no.status}") from None
    return price_in(told, "twilio")
