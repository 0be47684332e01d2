"""`ringtrue backup`: the database and the recordings as one encrypted file. Keys are kept apart, and are in no such file.

What it holds about callers is sealed under their keys besides; whoever was erased since cannot be read from it, and restoring
erases them again. Mail in the folder is left out: it is plain text, and was sent. Backups are kept for seven days.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import tarfile
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ringtrue.core import configuring, database_dump
from ringtrue.core.sealed_file import SealedWriter

FOLDERS = ("recordings", "files")
KEPT_DAYS = 7
FORMAT = "ringtrue.backup/1"


def folder() -> Path:
    """Beside the data folder, unless RINGTRUE_BACKUPS names another: better on another disk."""
    return configuring.CONFIG.backups


def backups() -> list[Path]:
    """Oldest first."""
    return sorted(folder().glob("ringtrue-*.backup")) if folder().exists() else []


def back_up(to: Path | None = None, now: datetime | None = None) -> Path:
    """Write one. Raises database_dump.DumpFailed, OSError."""
    moment = now or datetime.now(UTC)
    place = to or folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = place / f"ringtrue-{moment:%Y%m%dT%H%M%S%f}.backup"
    writer = SealedWriter(path)
    try:
        with tempfile.TemporaryDirectory(dir=place) as work, tarfile.open(fileobj=writer, mode="w|") as tar:
            # Rows first: a recording that comes later is a file without a row, which the next start removes.
            head = _audit_head()
            dumped = Path(work) / "database.sql"
            dumped.touch(mode=0o600)
            database_dump.dump(dumped)
            with dumped.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            told = {"format": FORMAT, "made_at": moment.isoformat(), "database_sha256": digest, "audit_head": head}
            _add_bytes(tar, "manifest.json", json.dumps(told).encode())
            tar.add(dumped, "database.sql")
            for name in FOLDERS:
                held = configuring.CONFIG.data / name
                if held.exists():
                    tar.add(held, name)
        writer.finish()
    except BaseException:
        writer.abandon()
        raise
    return path


def remove_old(now: datetime) -> int:
    """Of the folder of backups only: copies that were carried elsewhere are the operator's. Returns how many."""
    oldest = f"ringtrue-{now - timedelta(days=KEPT_DAYS):%Y%m%dT%H%M%S%f}.backup"
    old = [path for path in backups() if path.name < oldest]
    for path in old:
        path.unlink()
    return len(old)


def _audit_head() -> dict[str, Any] | None:
    from ringtrue.core.models import AuditEntry

    head = AuditEntry.objects.order_by("-seq").first()
    return {"seq": head.seq, "hash": head.hash} if head else None


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    tar.addfile(entry, io.BytesIO(data))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="ringtrue backup", description=__doc__)
    parser.add_argument("--to", type=Path, help="a folder; the configured one where it is not given")
    given = parser.parse_args(argv)
    path = back_up(given.to)
    if given.to is None:
        remove_old(datetime.now(UTC))
    print(f"Written: {path} ({path.stat().st_size / 1e6:.1f} MB)")
    print(f"The keys are not in it. Copy {configuring.CONFIG.keys} to another place: without secrets.json no backup can be read.")
    return 0
