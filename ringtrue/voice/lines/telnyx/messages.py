"""Sending a text message (https://developers.telnyx.com/api-reference/messages/send-a-message.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.telnyx.asking import ask
from ringtrue.voice.lines.texting import TextDeferred, TextFailed, TextOrder, TextUnknown

BLOCKED = 40300  # they answered STOP before (https://support.telnyx.com/en/articles/6505121-telnyx-messaging-error-codes)


def send(account: str, credentials: Mapping[str, Any], order: TextOrder) -> str:
    told = {
        "from": order.ours,
        "to": order.number,
        "text": order.text,
        "webhook_url": f"{order.status_url}?account={account}",
        "use_profile_webhooks": False,
    }
    try:
        data = ask("POST", credentials, "/messages", told).get("data")
    except NotReached:
        raise TextDeferred from None
    except NoAnswer:
        raise TextUnknown from None
    except Refused as no:
        if no.status == 429:
            raise TextDeferred from None
        raise TextFailed(f"telnyx_{no.code or no.status}", opted_out=no.code == BLOCKED) from None
    reference = data.get("id") if isinstance(data, dict) else None
    if not isinstance(reference, str) or not reference:
        raise TextUnknown
    return reference
