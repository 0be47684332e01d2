"""Subject keys, in a file of their own: apart from the data and from the data's backups, so that destroying a key destroys.

SQLite with secure_delete (deleted cells are overwritten with zeros) and no write-ahead log of its own. Each key is wrapped
(AES-256-GCM) under its workspace's key, and that under the root key of the installation. Of a destroyed key a tombstone
stays, so that neither a restored backup of keys nor one of data brings it back.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ringtrue.core.configuring import CONFIG, secret

_lock = threading.Lock()


class KeyDestroyed(Exception):
    """The key of this subject is gone; what it sealed can never be read again."""


class KeyStore:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / "subject-keys.sqlite"
        self._local = threading.local()
        self._root = AESGCM(_derive(secret("root-key"), b"ringtrue root"))

    def _open(self) -> sqlite3.Connection:
        held: tuple[int, sqlite3.Connection] | None = getattr(self._local, "held", None)
        if held is None or held[0] != os.getpid():
            connection = sqlite3.connect(self.path, timeout=20, isolation_level=None)
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS keys (id TEXT PRIMARY KEY, workspace TEXT NOT NULL, wrapped BLOB NOT NULL, kind TEXT NOT NULL)"
            )
            held = (os.getpid(), connection)
            self._local.held = held
            connection.execute(
                "CREATE TABLE IF NOT EXISTS destroyed (id TEXT PRIMARY KEY, workspace TEXT NOT NULL, at TEXT NOT NULL)"
            )
            os.chmod(self.path, 0o600)
        return held[1]

    def workspace_key(self, workspace: UUID | str) -> bytes:
        return self._get_or_make(f"workspace:{workspace}", str(workspace), "workspace", self._root)

    def make(self, workspace: UUID | str, subject: UUID | str) -> None:
        """Raises KeyDestroyed for a subject that was erased: they never get a key again."""
        name = f"subject:{subject}"
        if self._open().execute("SELECT 1 FROM destroyed WHERE id = ?", [name]).fetchone():
            raise KeyDestroyed(name)
        wrapping = AESGCM(self.workspace_key(workspace))
        self._get_or_make(name, str(workspace), "subject", wrapping)

    def make_many(self, workspace: UUID | str, subjects: Collection[UUID]) -> dict[UUID, bytes]:
        """The keys of these subjects (at most some thousands), made in one transaction where they are missing. Subjects that were
        erased are left out."""
        connection, wrapping = self._open(), AESGCM(self.workspace_key(workspace))
        names = {f"subject:{subject}": subject for subject in subjects}
        asked = ", ".join("?" * len(names))
        connection.execute("BEGIN IMMEDIATE")
        try:
            gone = {name for (name,) in connection.execute(f"SELECT id FROM destroyed WHERE id IN ({asked})", list(names))}  # noqa: S608
            held = dict(connection.execute(f"SELECT id, wrapped FROM keys WHERE id IN ({asked})", list(names)).fetchall())  # noqa: S608
            new = {name: AESGCM.generate_key(256) for name in names if name not in gone and name not in held}
            rows = [(name, str(workspace), _wrap(wrapping, key, name), "subject") for name, key in new.items()]
            connection.executemany("INSERT INTO keys VALUES (?, ?, ?, ?)", rows)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        known = {name: _unwrap(wrapping, wrapped, name) for name, wrapped in held.items()}
        return {names[name]: key for name, key in (known | new).items()}

    def get(self, workspace: UUID | str, subject: UUID | str) -> bytes:
        """32 bytes. Raises KeyDestroyed when there is none."""
        name = f"subject:{subject}"
        row = self._open().execute("SELECT wrapped FROM keys WHERE id = ?", [name]).fetchone()
        if row is None:
            raise KeyDestroyed(name)
        return _unwrap(AESGCM(self.workspace_key(workspace)), row[0], name)

    def destroy(self, subject: UUID | str, workspace: UUID | str = "") -> bool:
        """True when there was a key. Tombstone and deletion are one transaction."""
        name = f"subject:{subject}"
        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        try:
            row = connection.execute("SELECT workspace FROM keys WHERE id = ?", [name]).fetchone()
            owner = str(workspace) or (row[0] if row else "")
            connection.execute("INSERT OR IGNORE INTO destroyed VALUES (?, ?, datetime('now'))", [name, owner])
            connection.execute("DELETE FROM keys WHERE id = ?", [name])
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        return row is not None

    def destroy_workspace(self, workspace: UUID | str) -> int:
        connection = self._open()
        connection.execute(
            "INSERT OR IGNORE INTO destroyed VALUES (?, ?, datetime('now'))", [f"workspace:{workspace}", str(workspace)]
        )
        return connection.execute("DELETE FROM keys WHERE workspace = ?", [str(workspace)]).rowcount

    def tombstones(self, kind: str = "subject") -> list[tuple[str, str]]:
        """(id, workspace id) of all subjects, or workspaces, whose keys were destroyed."""
        rows = self._open().execute("SELECT id, workspace FROM destroyed WHERE id LIKE ?", [f"{kind}:%"]).fetchall()
        return [(str(name).removeprefix(f"{kind}:"), str(workspace)) for name, workspace in rows]

    def dump(self) -> list[tuple[str, str, bytes, str]]:
        """All keys, wrapped as they are: (id, workspace, wrapped, kind)."""
        return self._open().execute("SELECT id, workspace, wrapped, kind FROM keys ORDER BY id").fetchall()

    def load(self, rows: list[tuple[str, str, bytes, str]]) -> int:
        """Put back keys that are missing, never one that was destroyed. Returns how many."""
        connection = self._open()
        gone = {name for (name,) in connection.execute("SELECT id FROM destroyed")}
        done = [
            connection.execute("INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?)", row).rowcount
            for row in rows
            if row[0] not in gone
        ]
        return sum(done)

    def unwrap_all(self, rows: list[tuple[str, str, bytes, str]]) -> dict[str, bytes]:
        """Subject id -> key, from rows of a dump or a backup: for scans, which try every key at hand."""
        workspaces = {w: _unwrap(self._root, blob, name) for name, w, blob, kind in rows if kind == "workspace"}
        return {
            name.removeprefix("subject:"): _unwrap(AESGCM(workspaces[w]), blob, name)
            for name, w, blob, kind in rows
            if kind == "subject" and w in workspaces
        }

    def _get_or_make(self, name: str, workspace: str, kind: str, wrapping: AESGCM) -> bytes:
        connection = self._open()
        row = connection.execute("SELECT wrapped FROM keys WHERE id = ?", [name]).fetchone()
        if row is None:
            wrapped = _wrap(wrapping, AESGCM.generate_key(256), name)
            connection.execute("INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?)", [name, workspace, wrapped, kind])
            row = connection.execute("SELECT wrapped FROM keys WHERE id = ?", [name]).fetchone()
        return _unwrap(wrapping, row[0], name)


def _wrap(wrapping: AESGCM, key: bytes, name: str) -> bytes:
    nonce = os.urandom(12)
    return nonce + wrapping.encrypt(nonce, key, name.encode())


def _unwrap(wrapping: AESGCM, wrapped: bytes, name: str) -> bytes:
    return wrapping.decrypt(wrapped[:12], wrapped[12:], name.encode())


def _derive(text: str, purpose: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(hashes.SHA256(), 32, None, purpose).derive(text.encode())


_store: KeyStore | None = None


def store() -> KeyStore:
    global _store
    with _lock:
        if _store is None:
            _store = KeyStore(CONFIG.keys)
        return _store
