"""Fernet for provider credentials (Callixo §7 promises it by name, P-CLX-7-2), with keys that can be rotated."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.fernet import Fernet, MultiFernet

from ringtrue.core.configuring import secret


def _fernet() -> MultiFernet:
    # "fernet" holds one or more secrets, newest first, separated by commas; rotating puts a new one in front.
    keys = [base64.urlsafe_b64encode(hashlib.sha256(part.encode()).digest()) for part in secret("fernet").split(",")]
    return MultiFernet([Fernet(key) for key in keys])


def lock_credentials(value: dict[str, Any] | str) -> str:
    return _fernet().encrypt(json.dumps(value).encode()).decode()


def unlock_credentials(token: str) -> Any:
    """Raises cryptography.fernet.InvalidToken when the token was not made with any of our keys."""
    return json.loads(_fernet().decrypt(token.encode()))
