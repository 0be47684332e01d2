"""Sending a text message by Twilio's REST API (https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.texting import TextDeferred, TextFailed, TextOrder, TextUnknown
from ringtrue.voice.lines.twilio.asking import ask, busy

UNSUBSCRIBED = 21610  # they answered STOP to this number before


def send(account: str, credentials: Mapping[str, Any], order: TextOrder) -> str:
    form = {"To": order.number, "From": order.ours, "Body": order.text, "StatusCallback": order.status_url}
    try:
        reference = str(ask("POST", account, credentials, "/Messages.json", form).get("sid") or "")
    except NotReached:
        raise TextDeferred from None
    except NoAnswer:
        raise TextUnknown from None
    except Refused as no:
        if busy(no):
            raise TextDeferred from None
        raise TextFailed(f"twilio_{no.code or no.status}", opted_out=no.code == UNSUBSCRIBED) from None
    if not reference:
        raise TextUnknown
    return reference
