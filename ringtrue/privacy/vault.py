"""The vault: seals what is about a person under that person's own key.

Envelope: root key -> workspace key -> subject key -> AES-256-GCM (NIST SP 800-38D) with the place as associated data, so
that sealed bytes moved to another row or table do not open. Layout: version byte 1, 12-byte nonce, ciphertext and tag.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ringtrue.privacy.keystore import KeyDestroyed, store

__all__ = [
    "KeyDestroyed",
    "Tampered",
    "blind",
    "blinder",
    "open_json",
    "open_own",
    "open_sealed",
    "seal",
    "seal_json",
    "seal_own",
    "seal_with",
]

VERSION = b"\x01"


class Tampered(Exception):
    """Sealed bytes do not belong to this place, or were changed."""


def seal(workspace: UUID | str, subject: UUID | str, place: str, row: UUID | str, data: bytes) -> bytes:
    """`place` is "app.Model" or the like, `row` the row's id. Raises KeyDestroyed when the subject was erased."""
    return seal_with(store().get(workspace, subject), workspace, place, row, data)


def seal_with(key: bytes, workspace: UUID | str, place: str, row: UUID | str, data: bytes) -> bytes:
    """`seal` for many rows: the key of the subject (KeyStore.make_many) was fetched before."""
    nonce = os.urandom(12)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, data, _associated(workspace, place, row))


def open_sealed(workspace: UUID | str, subject: UUID | str, place: str, row: UUID | str, sealed: bytes | memoryview) -> bytes:
    """Raises KeyDestroyed, Tampered."""
    return _open_with(store().get(workspace, subject), workspace, place, row, sealed)


def _open_with(key: bytes, workspace: UUID | str, place: str, row: UUID | str, sealed: bytes | memoryview) -> bytes:
    held = bytes(sealed)
    if held[:1] != VERSION:
        raise Tampered(place)
    try:
        return AESGCM(key).decrypt(held[1:13], held[13:], _associated(workspace, place, row))
    except InvalidTag:
        raise Tampered(place) from None


def seal_own(workspace: UUID | str, place: str, row: UUID | str, value: Any) -> bytes:
    """What is about no person, under the key of the workspace itself, as JSON."""
    return seal_with(store().workspace_key(workspace), workspace, place, row, msgspec.json.encode(value))


def open_own(workspace: UUID | str, place: str, row: UUID | str, sealed: bytes | memoryview) -> Any:
    """Raises Tampered."""
    return msgspec.json.decode(_open_with(store().workspace_key(workspace), workspace, place, row, sealed))


def seal_json(workspace: UUID | str, subject: UUID | str, place: str, row: UUID | str, value: Any) -> bytes:
    return seal(workspace, subject, place, row, msgspec.json.encode(value))


def open_json(workspace: UUID | str, subject: UUID | str, place: str, row: UUID | str, sealed: bytes | memoryview) -> Any:
    """{} for empty bytes (nothing was kept) and for a subject whose key is destroyed."""
    if not sealed:
        return {}
    try:
        return msgspec.json.decode(open_sealed(workspace, subject, place, row, sealed))
    except KeyDestroyed:
        return {}


def blind(workspace: UUID | str, purpose: str, text: str) -> str:
    """A keyed hash (HMAC-SHA256, hex) by which equal texts of one workspace and purpose can be found, and nothing else."""
    return blinder(workspace, purpose)(text)


def blinder(workspace: UUID | str, purpose: str) -> Callable[[str], str]:
    """`blind` for many texts: the key is fetched once."""
    # RFC 2104 with both hashes begun once: setting up the key for each text took most of the time where there are many.
    key = store().workspace_key(workspace).ljust(hashlib.sha256().block_size, b"\x00")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in key)) for pad in (0x36, 0x5C))

    def blinded(text: str) -> str:
        first, second = inner.copy(), outer.copy()
        first.update(f"{purpose}\x00{text}".encode())
        second.update(first.digest())
        return second.hexdigest()

    return blinded


def _associated(workspace: UUID | str, place: str, row: UUID | str) -> bytes:
    return f"{workspace}|{place}|{row}".encode()
