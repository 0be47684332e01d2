"""Plivo's signature, version 3 (https://www.plivo.com/docs/voice/xml/request/validation).

HMAC-SHA256 with the Auth Token, in Base64, over address, fields and nonce; `signed_text` says how they are put together. The page leaves
that to Plivo's SDKs: tests/test_signing.py holds what the official one for Python makes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ringtrue.voice.lines.carrier import Webhook

HEADERS = ("X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3")
"""Made with the token of the account that owns the number, and with that of the main account; ours is the main account's."""
NONCE = "X-Plivo-Signature-V3-Nonce"


def signed(webhook: Webhook, credentials: Mapping[str, Any]) -> bool:
    token, nonce = str(credentials.get("auth_token", "")), webhook.headers.get(NONCE, "")
    if not token or not nonce:
        return False
    made = signature(webhook.url, webhook.form, nonce, token).encode()
    # While a token is replaced, Plivo signs with both, and sends both with a comma between them.
    given = [one.strip() for header in HEADERS for one in webhook.headers.get(header, "").split(",")]
    return any(hmac.compare_digest(made, one.encode()) for one in given if one)


def signature(url: str, form: Mapping[str, list[str]], nonce: str, token: str) -> str:
    text = signed_text(url, form, nonce)
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha256).digest()).decode()


def signed_text(url: str, form: Mapping[str, list[str]], nonce: str) -> str:
    """`address?a=1&b=2.Field1valueField2value.nonce`, query and fields sorted by their names, and values by themselves.

    Of two that are empty, the `?` is left out too; the dot stands only between two that are not.
    """
    parts = urlsplit(url)
    query = "&".join(f"{name}={value}" for name, value in _sorted(parse_qs(parts.query, keep_blank_values=True)))
    fields = "".join(name + value for name, value in _sorted(form))
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    asked = f"?{query}" if query or fields else ""
    return f"{address}{asked}{'.' if query and fields else ''}{fields}.{nonce}"


def _sorted(values: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name in sorted(values) for value in sorted(values[name])]
