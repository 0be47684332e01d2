"""Who asks: a dialplan can sign nothing, so it sends the secret of its account in the body of each request, over HTTPS."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.carrier import Webhook


def signed(webhook: Webhook, credentials: Mapping[str, Any]) -> bool:
    given, secret = webhook.form.get("secret", [""])[0], str(credentials.get("secret", ""))
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())
