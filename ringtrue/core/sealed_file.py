"""One file, encrypted in pieces under the installation's backup key, so that it can be written and read as a stream.

Layout: 16 bytes of salt; then pieces of at most 1 MiB, each as AES-256-GCM ciphertext with its tag. The key is derived from the
secret "backup-key" and the salt; the nonce of a piece is its number, and whether it is the last is bound in (the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizar, 2015), so that pieces cannot be swapped, dropped or cut off unnoticed.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ringtrue.core.configuring import secret

PIECE = 1024 * 1024
TAG = 16


class Unreadable(Exception):
    """This file was not written with our backup key, or is not whole."""


class SealedWriter(io.RawIOBase):
    """Writes through to `path`.part; `path` is there only once everything is on the disk and `close` was reached without a fault."""

    def __init__(self, path: Path) -> None:
        self._path, self._held, self._number = path, bytearray(), 0
        self._draft = path.with_suffix(".part")
        descriptor = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        salt = os.urandom(16)
        self._key = _key(salt)
        self._file.write(salt)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        taken = bytes(data)  # type: ignore[call-overload]
        self._held += taken
        while len(self._held) > PIECE:
            self._put(self._held[:PIECE], last=False)
            del self._held[:PIECE]
        return len(taken)

    def finish(self) -> None:
        self._put(self._held, last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._draft.replace(self._path)

    def abandon(self) -> None:
        self._file.close()
        self._draft.unlink(missing_ok=True)

    def _put(self, piece: bytearray, *, last: bool) -> None:
        self._file.write(self._key.encrypt(_nonce(self._number, last), bytes(piece), b"ringtrue backup"))
        self._number += 1


def pieces(path: Path) -> Iterator[bytes]:
    """What was written, in order. Raises Unreadable, at the latest at its end; use nothing of it before that."""
    left = path.stat().st_size - 16
    with path.open("rb") as file:
        key, number = _key(file.read(16)), 0
        while left > 0:
            sealed = file.read(PIECE + TAG)
            left -= len(sealed)
            try:
                yield key.decrypt(_nonce(number, left <= 0), sealed, b"ringtrue backup")
            except InvalidTag:
                raise Unreadable(path.name) from None
            number += 1
        if number == 0:
            raise Unreadable(path.name)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _key(salt: bytes) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, salt, b"ringtrue backup").derive(secret("backup-key").encode()))
