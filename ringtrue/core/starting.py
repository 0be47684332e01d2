"""What must hold before anything starts. Each fault is one sentence that says what to do."""

from __future__ import annotations

import os
import shutil
import socket
import time
from pathlib import Path

from ringtrue.core.configuring import Config

NEEDED_BYTES = 1_000_000_000


class CannotStart(Exception):
    """`str(self)` is a sentence for the person at the terminal."""


def check(config: Config) -> list[str]:
    """Raises CannotStart. Returns sentences worth saying all the same."""
    remarks = []
    if os.geteuid() == 0:
        remarks.append(
            "Running as root. PostgreSQL gets a user of its own (embedded_postgres); for real use, run Ringtrue as an ordinary user."
        )
    _folder(config.data)
    _folder(config.keys)
    _space(config.data)
    _already_running(config)
    _ports(config)
    remarks += _half_written(config)
    return remarks


def _folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".probe-{os.getpid()}"
        probe.write_text("")
        probe.unlink()
    except OSError as problem:
        raise CannotStart(
            f"Ringtrue cannot write to {path} ({problem.strerror}). Give this user the right to, or choose another folder with "
            "RINGTRUE_DATA=/path/to/data (and RINGTRUE_KEYS=/path/to/keys)."
        ) from problem


def _space(path: Path) -> None:
    free = shutil.disk_usage(path).free
    if free < NEEDED_BYTES:
        raise CannotStart(
            f"Only {free // 1_000_000} MB are free on the disk of {path}; Ringtrue needs at least {NEEDED_BYTES // 1_000_000} MB. "
            "Free some space, or choose another disk with RINGTRUE_DATA=/path/to/data."
        )


def _already_running(config: Config) -> None:
    pid = running(config.data)
    if pid is not None:
        raise CannotStart(
            f"Ringtrue already runs from {config.data} (process {pid}), console at {config.public_url}. Stop that one first."
        )


def running(data: Path) -> int | None:
    """The process id of the `ringtrue run` that serves this data folder."""
    path = data / "run" / "ringtrue.pid"
    try:
        pid = int(path.read_text())
        if pid != os.getpid():
            os.kill(pid, 0)
            command = Path(f"/proc/{pid}/cmdline")
            if not command.exists() or b"ringtrue" in command.read_bytes():
                return pid
    except (OSError, ValueError):
        return None
    return None


def _ports(config: Config) -> None:
    for port, name in ((config.port, "RINGTRUE_PORT"), (config.media_port, "RINGTRUE_MEDIA_PORT")):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((config.host, port))
            except PermissionError:
                raise CannotStart(
                    f"This user may not listen on port {port}. Choose one above 1024: {name}=8010 make run"
                ) from None
            except OSError as problem:
                free = _free_port(config.host)
                raise CannotStart(
                    f"Port {port} is taken by another program ({problem.strerror}). Stop that, or choose another: {name}={free} make run"
                ) from None


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _half_written(config: Config) -> list[str]:
    """A first start that was cut off leaves a database without our mark. It held nothing of anyone's; it is set aside, not deleted."""
    if config.database_url:
        return []
    database, mark = config.data / "postgres", config.data / "ready"
    has_keys = (config.keys / "subject-keys.sqlite").exists()
    if mark.exists():
        if not database.exists():
            raise CannotStart(
                f"{config.data} was in use, but its folder postgres is gone. Put it back from a backup, or start anew with an "
                "empty folder: RINGTRUE_DATA=/path/to/new make run"
            )
        if not (config.keys / "secrets.json").exists():
            raise CannotStart(
                f"The keys in {config.keys} are missing; without them nothing in {config.data} can be read. Put them back from a backup "
                "(RINGTRUE_KEYS names their folder), or start anew with an empty folder: RINGTRUE_DATA=/path/to/new make run"
            )
        return []
    if database.exists() and any(database.iterdir()) and not has_keys:
        aside = config.data / f"postgres.interrupted-{int(time.time())}"
        database.rename(aside)
        return [
            f"An earlier first start was interrupted; its unfinished database was moved to {aside.name} and a new one is made."
        ]
    return []
