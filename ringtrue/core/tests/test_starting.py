"""Each fault that can meet a newcomer at the first start is a sentence that says what to do."""

import os
import shutil
import socket
import subprocess
import sys
from collections import namedtuple

import msgspec
import pytest

from ringtrue.core import starting
from ringtrue.core.configuring import read


def config(tmp_path, **more):
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        ports = {"RINGTRUE_PORT": str(one.getsockname()[1]), "RINGTRUE_MEDIA_PORT": str(two.getsockname()[1])}
    return read({"RINGTRUE_DATA": str(tmp_path / "data"), "RINGTRUE_KEYS": str(tmp_path / "keys"), **ports, **more})


def test_a_sound_installation_starts(tmp_path):
    remarks = starting.check(config(tmp_path))
    assert all("root" in remark for remark in remarks)


def test_a_taken_port_names_the_port_and_a_free_one(tmp_path):
    made = config(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", made.port))
        taken.listen()
        with pytest.raises(starting.CannotStart, match=f"Port {made.port} is taken.*RINGTRUE_PORT=\\d+ make run"):
            starting.check(made)


def test_a_full_disk_says_how_much_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: namedtuple("usage", "total used free")(10**9, 10**9, 5_000_000))
    with pytest.raises(starting.CannotStart, match=r"Only 5 MB are free .* RINGTRUE_DATA="):
        starting.check(config(tmp_path))


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(starting.CannotStart, match=r"cannot write to .*RINGTRUE_DATA="):
        starting.check(config(tmp_path))


def test_an_interrupted_first_start_is_set_aside_not_deleted(tmp_path):
    made = config(tmp_path)
    (made.data / "postgres").mkdir(parents=True)
    (made.data / "postgres" / "half").write_text("x")
    remarks = starting.check(made)
    assert any("interrupted" in remark for remark in remarks)
    assert not (made.data / "postgres").exists()
    assert [path.read_text() for path in made.data.glob("postgres.interrupted-*/half")] == ["x"]


def test_a_finished_installation_is_never_set_aside(tmp_path):
    made = config(tmp_path)
    (made.data / "postgres").mkdir(parents=True)
    (made.data / "postgres" / "PG_VERSION").write_text("18")
    (made.data / "ready").touch()
    made.keys.mkdir()
    (made.keys / "secrets.json").write_text("{}")
    starting.check(made)
    assert (made.data / "postgres" / "PG_VERSION").exists()


def test_missing_keys_are_told_before_anything_starts(tmp_path):
    made = config(tmp_path)
    (made.data / "postgres").mkdir(parents=True)
    (made.data / "ready").touch()
    with pytest.raises(starting.CannotStart, match=r"keys in .* are missing"):
        starting.check(made)


def test_a_second_start_names_the_first(tmp_path):
    made = config(tmp_path)
    (made.data / "run").mkdir(parents=True)
    (made.data / "run" / "ringtrue.pid").write_text(str(os.getppid()))
    command = starting.Path(f"/proc/{os.getppid()}/cmdline").read_bytes()
    if b"ringtrue" in command:
        with pytest.raises(starting.CannotStart, match="already runs"):
            starting.check(made)
    else:  # the number belongs to some other program by now: a stale file stops nobody
        starting.check(made)


def test_root_is_told_that_it_is_root(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert any("Running as root" in remark for remark in starting.check(config(tmp_path)))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert starting.check(config(tmp_path)) == []


def test_settings_come_from_the_environment_alone():
    made = read({"RINGTRUE_PUBLIC_URL": "https://phone.example/", "RINGTRUE_PORT": "9000"})
    assert (made.public_url, made.media_url, made.media_port) == ("https://phone.example", "wss://phone.example:9001", 9001)
    assert msgspec.structs.asdict(made)["smtp_host"] == ""


def test_a_command_that_needs_the_database_explains_itself_without_one(tmp_path):
    here = {**os.environ, "RINGTRUE_DATA": str(tmp_path / "data"), "RINGTRUE_KEYS": str(tmp_path / "keys")}
    here.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-m", "ringtrue.core.command_line", "take-mail", "--help"], env=here, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert (done.returncode, "ringtrue take-mail" in done.stdout) == (0, True), done.stderr
