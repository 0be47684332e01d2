"""Twilio's webhook signature: base64 of HMAC-SHA1 over the public URL and the sorted form fields, keyed with the Auth Token
(https://www.twilio.com/docs/usage/security#validating-requests)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ringtrue.voice.lines.carrier import Webhook

Form = Mapping[str, list[str]]

HEADER = "X-Twilio-Signature"


def signed(webhook: Webhook, credentials: Mapping[str, Any], *, header: str = HEADER) -> bool:
    """An absent signature is a wrong one."""
    given = webhook.headers.get(header, "")
    token = str(credentials.get("auth_token", ""))
    if not given or not token:
        return False
    # Twilio signs with or without the default port, depending on the product that sends the request.
    return any(
        hmac.compare_digest(signature(one, webhook.form, token).encode(), given.encode()) for one in _spellings(webhook.url)
    )


def signature(url: str, form: Form, token: str) -> str:
    text = url + "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def _spellings(url: str) -> list[str]:
    parts = urlsplit(url)
    port = 443 if parts.scheme == "https" else 80
    host = parts.hostname or ""
    if parts.port is None:
        return [url, parts._replace(netloc=f"{host}:{port}").geturl()]
    return [url, parts._replace(netloc=host).geturl()]
