import os
import subprocess
import sys


def test_processes_that_start_at_once_agree_on_a_new_secret(tmp_path):
    environment = {**os.environ, "RINGTRUE_KEYS": str(tmp_path / "keys"), "RINGTRUE_DATA": str(tmp_path / "data")}
    code = "from ringtrue.core.configuring import secret; print(secret('root-key'), secret('other'))"
    started = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True) for _ in range(8)
    ]
    told = {process.communicate()[0] for process in started}
    assert len(told) == 1
    assert (tmp_path / "keys" / "secrets.json").stat().st_mode & 0o077 == 0
    assert len(set(told.pop().split())) == 2
