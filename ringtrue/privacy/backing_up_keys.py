"""Backups of the key store, kept for at most seven days and rewritten when somebody is erased.

A backup is one file, encrypted under a wrapping key of its own, which lies in another folder: carry the two to different places.
Erasing a subject rewrites every backup at hand without that subject's key and under a new wrapping key, and destroys the old
wrapping key: a copy of the backup that was carried away before is then unreadable too. After that, copy the backups anew.
What was carried away together with its wrapping key is the horizon that the erasure certificate names: seven days at most,
by the operator's duty to delete such copies. Neither helps without `secrets.json` (the root key), which is to be kept apart.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ringtrue.core.configuring import CONFIG
from ringtrue.privacy.keystore import store

KEPT_DAYS = 7
Row = tuple[str, str, bytes, str]


class BackupUnreadable(Exception):
    """The wrapping key of this backup is gone, or its bytes were changed."""


def folder() -> Path:
    return CONFIG.keys / "backups"


def wrapping_folder() -> Path:
    return CONFIG.keys / "backup-keys"


def back_up(now: datetime | None = None) -> Path:
    """Write one backup, and remove those that are too old."""
    moment = now or datetime.now(UTC)
    path = _write(moment.strftime("%Y%m%dT%H%M%S%f"), store().dump())
    remove_old(moment)
    return path


def backups() -> list[Path]:
    return sorted(folder().glob("*.keys")) if folder().exists() else []


def read(path: Path) -> list[Row]:
    """The keys in a backup, wrapped. Raises BackupUnreadable."""
    wrapping = wrapping_folder() / (path.stem + ".key")
    sealed = path.read_bytes()
    try:
        plain = AESGCM(wrapping.read_bytes()).decrypt(sealed[:12], sealed[12:], b"ringtrue key backup")
    except (FileNotFoundError, InvalidTag, ValueError):
        raise BackupUnreadable(path.name) from None
    return msgspec.msgpack.decode(plain, type=list[Row])


def restore(path: Path) -> int:
    """Put back keys that are missing from the live store; those destroyed since stay destroyed. Returns how many."""
    return store().load(read(path))


def forget(subject: str) -> int:
    """Rewrite every backup without this subject's key. Returns how many were rewritten. Safe to repeat."""
    rewritten = 0
    for path in backups():
        try:
            rows = read(path)
        except BackupUnreadable:
            continue  # nobody can read a key out of it
        without = [row for row in rows if row[0] != f"subject:{subject}"]
        if len(without) == len(rows):
            continue
        _write(path.stem.split("-")[0] + "-" + os.urandom(4).hex(), without)
        _destroy(wrapping_folder() / (path.stem + ".key"))
        _destroy(path)
        rewritten += 1
    return rewritten


def remove_old(now: datetime) -> int:
    oldest = (now - timedelta(days=KEPT_DAYS)).strftime("%Y%m%dT%H%M%S%f")
    old = [path for path in backups() if path.stem.split("-")[0] < oldest]
    for path in old:
        _destroy(wrapping_folder() / (path.stem + ".key"))
        _destroy(path)
    return len(old)


def _write(stem: str, rows: list[Row]) -> Path:
    for place in (folder(), wrapping_folder()):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    wrapping, nonce = AESGCM.generate_key(256), os.urandom(12)
    # The wrapping key first: a backup without it would be lost, it without a backup opens nothing.
    _durably(wrapping_folder() / f"{stem}.key", wrapping)
    path = folder() / f"{stem}.keys"
    _durably(path, nonce + AESGCM(wrapping).encrypt(nonce, msgspec.msgpack.encode(rows), b"ringtrue key backup"))
    return path


def _durably(path: Path, data: bytes) -> None:
    draft = path.with_suffix(".part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _destroy(path: Path) -> None:
    """Overwrite, then remove. A copy-on-write file system or an SSD may keep the old blocks: docs say to encrypt the disk."""
    try:
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(bytes(size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return
