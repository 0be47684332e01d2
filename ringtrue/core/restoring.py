"""`ringtrue restore FILE`: puts back a backup, whole or not at all, and erases again whoever was erased since it was made."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ringtrue.core import audit, checkpoints, configuring, database_dump, preparing, starting
from ringtrue.core.backing_up import FOLDERS, FORMAT
from ringtrue.core.sealed_file import Unreadable, pieces

SCRATCH = "ringtrue_restore_test"


class Opened(NamedTuple):
    folder: Path
    manifest: dict[str, Any]

    @property
    def database(self) -> Path:
        return self.folder / "database.sql"


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The backup in a folder of its own, checked to its last byte. Raises Unreadable."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".restore-") as name:
        folder = Path(name)
        plain = folder / "backup.tar"
        with plain.open("wb") as file:
            for piece in pieces(path):
                file.write(piece)
        with tarfile.open(plain) as tar:
            tar.extractall(folder, filter="data")
        plain.unlink()
        manifest = json.loads((folder / "manifest.json").read_text())
        with (folder / "database.sql").open("rb") as dumped:
            digest = hashlib.file_digest(dumped, "sha256").hexdigest()
        if manifest.get("format") != FORMAT or digest != manifest["database_sha256"]:
            raise Unreadable(path.name)
        yield Opened(folder, manifest)


def restore(path: Path) -> dict[str, int]:
    """{"rows"}. The database is replaced in one transaction; recordings are put where they were. Then, before anything opens,
    erasures are repeated. Raises Unreadable, database_dump.DumpFailed."""
    from django.db import connections

    with opened(path) as held:
        connections.close_all()
        database_dump.load(held.database, database_dump.name())
        for name in FOLDERS:
            if (held.folder / name).exists():
                shutil.copytree(held.folder / name, configuring.CONFIG.data / name, dirs_exist_ok=True)
        preparing.migrate()
        checkpoints.note_restored(held.manifest["audit_head"])
        audit.record("installation.restored", actor="system:restore", made_at=held.manifest["made_at"])
        preparing.resume()
    return {"rows": sum(database_dump.counts(database_dump.name()).values())}


def rehearse(path: Path) -> dict[str, int]:
    """Restore into a scratch database and count; nothing else is touched. {"tables", "rows", "files"}. Raises as `restore`, and
    Unreadable for a backup without a row."""
    with opened(path) as held:
        database_dump.drop(SCRATCH)
        database_dump.make(SCRATCH)
        try:
            database_dump.load(held.database, SCRATCH)
            found = database_dump.counts(SCRATCH)
        finally:
            database_dump.drop(SCRATCH)
        files = sum(1 for name in FOLDERS for file in (held.folder / name).rglob("*") if file.is_file())
    if not sum(found.values()):
        raise Unreadable(path.name)
    result = {"tables": len(found), "rows": sum(found.values()), "files": files}
    audit.record("backup.rehearsed", actor="system:restore", target=path.name, found=result)
    return result


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="ringtrue restore", description=__doc__)
    parser.add_argument("backup", type=Path)
    parser.add_argument("--rehearse", action="store_true", help="only into a scratch database, to see that it can be restored")
    given = parser.parse_args(argv)
    if not given.rehearse and starting.running(configuring.CONFIG.data) is not None:
        print("Ringtrue runs from this data folder. Stop it first.", file=sys.stderr)
        return 2
    try:
        done = rehearse(given.backup) if given.rehearse else restore(given.backup)
    except (Unreadable, database_dump.DumpFailed, OSError) as problem:
        print(f"Not restored: {problem}", file=sys.stderr)
        return 1
    print(
        ", ".join(f"{number} {name}" for name, number in done.items())
        + (" could be restored." if given.rehearse else " are back.")
    )
    return 0
