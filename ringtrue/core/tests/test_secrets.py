import os
import subprocess
import sys

import pytest
from cryptography.fernet import InvalidToken

from ringtrue.core import encrypting
from ringtrue.core.encrypting import lock_credentials, unlock_credentials


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


@pytest.mark.promise("P-CLX-7-2")
def test_after_a_change_of_keys_old_credentials_open_and_new_ones_are_locked_with_the_new_key(monkeypatch):
    keys = {"fernet": "old"}
    monkeypatch.setattr(encrypting, "secret", keys.__getitem__)
    before = lock_credentials({"token": "t"})
    keys["fernet"] = "new,old"
    after = lock_credentials({"token": "t"})
    assert unlock_credentials(before) == {"token": "t"}
    keys["fernet"] = "new"
    assert unlock_credentials(after) == {"token": "t"}
    with pytest.raises(InvalidToken):
        unlock_credentials(before)
