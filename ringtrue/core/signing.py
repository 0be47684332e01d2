"""The installation's own signature (Ed25519, RFC 8032): on erasure certificates and on heads of the audit chain."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ringtrue.core.configuring import secret


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"ringtrue signing\x00" + secret("signing-key").encode()).digest())


def public_key() -> str:
    """Hex, 32 bytes. Publish it, so that others can check what was signed."""
    raw = _key().public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return raw.hex()


def canonical(value: Any) -> bytes:
    """The bytes that are signed for a JSON value: sorted keys, no blanks (RFC 8785 for the plain values that we use)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sign(value: Any) -> str:
    """Hex, 64 bytes, over the canonical JSON."""
    return _key().sign(canonical(value)).hex()


def is_signed(value: Any, signature: str, key: str = "") -> bool:
    """`key`: the public key that must have signed; this installation's own where it is not given."""
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key or public_key()))
        public.verify(bytes.fromhex(signature), canonical(value))
    except (InvalidSignature, ValueError):
        return False
    return True
