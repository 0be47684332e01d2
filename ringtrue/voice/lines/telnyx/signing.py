"""Telnyx's signature: Ed25519 over the time, a bar and the body (https://developers.telnyx.com/docs/development/sdk/python/webhooks).

The address is not signed. So that what was meant for one address of ours is not taken at another, only those addresses are believed that
we name to Telnyx, and at that of states only what Telnyx marks as one.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ringtrue.voice.lines.carrier import Webhook

MOST_OFF_S = 300  # as Telnyx's SDKs have it
OUTBOUND = (
    "direction=outbound"  # query of the address that is told the states of a call that we placed: Telnyx itself does not say
)


def signed(webhook: Webhook, credentials: Mapping[str, Any], *, now: float | None = None) -> bool:
    """`now`: POSIX seconds."""
    at = webhook.headers.get("telnyx-timestamp", "")
    try:
        if abs((time.time() if now is None else now) - int(at)) > MOST_OFF_S:
            return False
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(str(credentials.get("public_key", "")), validate=True))
        signature = base64.b64decode(webhook.headers.get("telnyx-signature-ed25519", ""), validate=True)
        key.verify(signature, at.encode() + b"|" + webhook.body)
    except (ValueError, InvalidSignature):
        return False
    return _for_this_address(webhook)


def _for_this_address(webhook: Webhook) -> bool:
    parts = urlsplit(webhook.url)
    what = parts.path.rpartition("/")[2]
    if what in ("text", "text-status"):
        return parts.query.startswith("account=")
    if what != "status":
        return not parts.query
    about_state = webhook.form.get("CallbackSource") == ["call-progress-events"] or "AnsweredBy" in webhook.form
    return about_state and parts.query in ("", OUTBOUND)
