"""Keyed hashes stay what is stored: HMAC-SHA256 under the workspace's key."""

from __future__ import annotations

import hmac
from typing import Any

from ringtrue.privacy.keystore import store
from ringtrue.privacy.vault import blind, blinder


def test_a_keyed_hash_is_an_hmac_of_purpose_and_text(dental: Any) -> None:
    key, hashed = store().workspace_key(dental.workspace.id), blinder(dental.workspace.id, "number")
    for text in ("", "+12125550142", "Zoë" * 100):
        expected = hmac.digest(key, f"number\x00{text}".encode(), "sha256").hex()
        assert hashed(text) == hashed(text) == blind(dental.workspace.id, "number", text) == expected
    assert hashed("a") != blind(dental.workspace.id, "search", "a")
