import json
import resource
import subprocess
import sys

import pytest
from django.db import connection

from ringtrue.core import audit, checkpoints, hardening
from ringtrue.core.models import AuditCheckpoint, AuditEntry
from ringtrue.core.signing import is_signed, public_key, sign


@pytest.fixture(autouse=True)
def own_heads(db, tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoints, "heads_file", lambda: tmp_path / "audit-heads.jsonl")


def chain(length=6):
    for n in range(length):
        audit.record("thing.done", actor="system:test", target=f"thing:{n}", count=n)


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_sound_chain_has_no_faults():
    assert checkpoints.checkpoint() is None
    chain()
    assert checkpoints.checkpoint().seq == AuditEntry.objects.count()
    assert checkpoints.checkpoint() is None, "nothing new to sign"
    chain(2)
    assert checkpoints.faults() == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE core_auditentry SET detail = '{}' WHERE seq = 3",
        "UPDATE core_auditentry SET actor = 'user:other' WHERE seq = 3",
        "DELETE FROM core_auditentry WHERE seq = 3",
        "UPDATE core_auditentry SET seq = 300 WHERE seq = 3; UPDATE core_auditentry SET seq = 3 WHERE seq = 4; "
        "UPDATE core_auditentry SET seq = 4 WHERE seq = 300",
    ],
)
def test_a_change_a_loss_and_a_reordering_are_noticed_at_their_place(tampering):
    chain()
    run(tampering)
    assert audit.first_fault() == 3
    assert "Entry 3" in checkpoints.faults()[0]


def test_a_tail_that_was_cut_is_noticed_by_the_signed_head():
    chain()
    checkpoints.checkpoint()
    run("DELETE FROM core_auditentry WHERE seq > 4")
    assert audit.first_fault() is None, "the chain alone does not notice"
    assert "was cut" in checkpoints.faults()[0]


def test_a_tail_that_was_cut_with_its_head_is_noticed_by_the_copy_among_the_keys():
    chain()
    checkpoints.checkpoint()
    run("DELETE FROM core_auditentry WHERE seq > 4; DELETE FROM core_auditcheckpoint")
    (fault,) = checkpoints.faults()
    assert "audit-heads.jsonl" in fault


def test_a_rewritten_chain_does_not_carry_the_signature():
    chain()
    checkpoints.checkpoint()
    AuditCheckpoint.objects.update(hash="f" * 64)
    assert any("does not carry our signature" in fault for fault in checkpoints.faults())


def test_a_head_cut_off_by_a_crash_is_left_out(tmp_path):
    chain()
    checkpoints.checkpoint()
    with checkpoints.heads_file().open("a") as file:
        file.write('{"seq": 7, "ha')
    assert checkpoints.faults() == []
    assert json.loads(checkpoints.heads_file().read_text().splitlines()[0])["seq"] == 6


def test_a_signature_is_of_its_content_and_its_key():
    value = {"b": 1, "a": "ü"}
    signature = sign(value)
    assert is_signed({"a": "ü", "b": 1}, signature, public_key())
    assert not is_signed({"a": "u", "b": 1}, signature)
    assert not is_signed(value, signature, "00" * 32)
    assert not is_signed(value, "not hex")


def test_a_hardened_process_makes_no_core_and_keeps_temporary_files_to_itself(tmp_path):
    program = (
        "import sys, os, resource, tempfile; from pathlib import Path; from ringtrue.core.hardening import harden;"
        "harden(Path(sys.argv[1])); f = tempfile.NamedTemporaryFile();"
        "print(resource.getrlimit(resource.RLIMIT_CORE), os.stat(f.name).st_mode & 0o077, f.name)"
    )
    said = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True).stdout
    assert said.startswith("(0, 0) 0 " + str(tmp_path / "tmp"))
    assert resource.getrlimit(resource.RLIMIT_CORE) is not None


def test_what_a_crash_left_in_the_temporary_folder_is_cleared(tmp_path):
    (tmp_path / "tmp" / "left").mkdir(parents=True)
    (tmp_path / "tmp" / "over.wav").write_bytes(b"sound")
    assert hardening.clear_temporary_folder(tmp_path) == 2
    assert list((tmp_path / "tmp").iterdir()) == []
