"""SignalWire's webhook signature for forms: Twilio's scheme under another header, keyed with the signing key
(https://developer.signalwire.com/guides/webhook-security)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.carrier import Webhook
from ringtrue.voice.lines.twilio import signing

HEADER = "X-SignalWire-Signature"


def signed(webhook: Webhook, credentials: Mapping[str, Any]) -> bool:
    return signing.signed(webhook, credentials, header=HEADER)
