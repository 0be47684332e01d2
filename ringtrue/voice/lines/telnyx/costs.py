"""What Telnyx asked for a call; it tells that only where the feature "call cost" is switched on for the account
(https://developers.telnyx.com/api-reference/texml-rest-commands/fetch-a-call.md, `price` and `price_unit`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.costs import NotTold, Price, price_in
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.telnyx.asking import ask, call_path


def price(account: str, credentials: Mapping[str, Any], reference: str) -> Price | None:
    try:
        told = ask("GET", credentials, call_path(account, reference))
    except (NotReached, NoAnswer):
        return None
    except Refused as no:
        if no.status in (404, 429):  # the list of calls is late sometimes
            return None
        raise NotTold(f"telnyx_{no.code or no.status}") from None
    return price_in(told, "telnyx")
