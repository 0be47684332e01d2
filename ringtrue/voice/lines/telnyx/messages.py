"""Sending a text message (https://developers.telnyx.com/api-reference/messages/send-a-message.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.ordering import text_faults
from ringtrue.voice.lines.telnyx.asking import ask
from ringtrue.voice.lines.texting import TextOrder, TextUnknown

BLOCKED = 40300  # they answered STOP before (https://support.telnyx.com/en/articles/6505121-telnyx-messaging-error-codes)


def send(account: str, credentials: Mapping[str, Any], order: TextOrder) -> str:
    told = {
        "from": order.ours,
        "to": order.number,
        "text": order.text,
        "webhook_url": f"{order.status_url}?account={account}",
        "use_profile_webhooks": False,
    }
    with text_faults("telnyx", BLOCKED):
        data = ask("POST", credentials, "/messages", told).get("data")
    reference = data.get("id") if isinstance(data, dict) else None
    if not isinstance(reference, str) or not reference:
        raise TextUnknown
    return reference
