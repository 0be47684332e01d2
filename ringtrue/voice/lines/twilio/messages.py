"""Sending a text message by Twilio's REST API (https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.ordering import text_faults
from ringtrue.voice.lines.texting import TextOrder, TextUnknown
from ringtrue.voice.lines.twilio.asking import TOO_MANY, ask

UNSUBSCRIBED = 21610  # they answered STOP to this number before


def send(account: str, credentials: Mapping[str, Any], order: TextOrder) -> str:
    form = {"To": order.number, "From": order.ours, "Body": order.text, "StatusCallback": order.status_url}
    with text_faults("twilio", UNSUBSCRIBED, later=TOO_MANY):
        reference = str(ask("POST", account, credentials, "/Messages.json", form).get("sid") or "")
    if not reference:
        raise TextUnknown
    return reference
