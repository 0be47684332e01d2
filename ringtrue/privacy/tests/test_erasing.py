import json
from datetime import UTC, datetime, timedelta

import pytest

from ringtrue.calls import recording
from ringtrue.calls.models import Call
from ringtrue.contacts import gathering
from ringtrue.core.models import AuditEntry
from ringtrue.core.signing import public_key
from ringtrue.privacy import backing_up_keys, erasing
from ringtrue.privacy.keystore import KeyDestroyed, store
from ringtrue.privacy.models import Erasure, OptOut, Subject
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.vault import open_sealed, seal

NUMBER = "+16095550173"


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs."""


@pytest.fixture
def call(dental):
    made = recording.begin_call(dental.version, line="simulated", from_number=NUMBER)
    gathering.remember(made.subject, name="Ada Lovelace", number=NUMBER, at=datetime.now(UTC))
    return made


def erase(call):
    return erasing.erase_subject(Subject.objects.get(id=call.subject_id), "request", "user:somebody")


def test_an_erasure_removes_rows_destroys_the_key_and_says_so_in_a_certificate_that_verifies(call):
    subject = call.subject
    sealed = seal(call.workspace_id, subject.id, "x", "y", b"told in confidence")
    certificate = erase(call).certificate
    assert not Call.objects.filter(id=call.id).exists()
    with pytest.raises(KeyDestroyed):
        open_sealed(call.workspace_id, subject.id, "x", "y", sealed)
    with pytest.raises(KeyDestroyed):
        store().make(call.workspace_id, subject.id)
    assert erasing.verify(certificate)
    assert erasing.verify(json.loads(json.dumps(certificate)), public_key())
    assert certificate["keys_destroyed"] == 1
    done = {entry["store"]: entry["rows"] for entry in certificate["stores"]}
    assert done["calls_call"] == 1
    assert done["contacts_contact"] + done["contacts_searchtoken"] >= 0
    assert AuditEntry.objects.filter(seq=certificate["audit"]["seq"], hash=certificate["audit"]["hash"]).exists()
    assert NUMBER not in json.dumps(certificate)
    assert "Ada" not in json.dumps(certificate)


@pytest.mark.parametrize("change", [{"reason": "closure"}, {"keys_destroyed": 2}, {"exceptions": []}, {"signature": "00"}])
def test_a_certificate_that_was_altered_does_not_verify(call, change):
    assert not erasing.verify({**erase(call).certificate, **change})


@pytest.mark.promise("P-LDX-9-3", "P-LDX-9-9")
def test_an_opt_out_outlives_the_erasure_and_is_named_as_an_exception(call, dental):
    handle = call.subject.handle_hash
    OptOut.objects.create(workspace_id=dental.workspace.id, number_hash=handle)
    certificate = erase(call).certificate
    assert OptOut.objects.filter(number_hash=handle).exists()
    kept = {entry["store"]: entry["why"] for entry in certificate["exceptions"]}
    assert "do-not-call" in kept["privacy_optout"]
    assert all(kept.values())


def test_whoever_calls_again_is_somebody_new(call, dental):
    erase(call)
    again = subject_for_number(dental.workspace.id, NUMBER)
    assert again.id != call.subject_id
    assert seal(dental.workspace.id, again.id, "x", "y", b"hello")


def test_erasing_twice_gives_the_same_certificate(call):
    first, second = erase(call), erase(call)
    assert first.certificate == second.certificate
    assert Erasure.objects.count() == 1


@pytest.mark.parametrize("step", range(6))
def test_an_erasure_that_was_killed_goes_on_where_it_was(call, monkeypatch, step):
    steps = 0

    def mortal(function):
        def run(*args, **kw):
            nonlocal steps
            steps += 1
            if steps > step:
                raise Killed
            return function(*args, **kw)

        return run

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "_walk", mortal(erasing._walk))
        patched.setattr(erasing, "_destroy_keys", mortal(erasing._destroy_keys))
        with pytest.raises(Killed):
            erase(call)
    assert Erasure.objects.get().signature == ""
    assert erasing.resume() == 1
    assert erasing.verify(Erasure.objects.get().certificate)
    assert not Call.objects.filter(id=call.id).exists()
    assert erasing.resume() == 0


def test_a_store_that_still_gives_something_out_keeps_the_erasure_open(call, monkeypatch):
    real = erasing.stores
    monkeypatch.setattr(erasing, "_walk", lambda *args: None)
    with pytest.raises(erasing.ErasureIncomplete, match="calls_call"):
        erase(call)
    monkeypatch.undo()
    assert real()
    assert Erasure.objects.get().signature == ""


@pytest.mark.promise("P-LDX-8-5")
def test_a_restored_backup_of_the_data_is_erased_again_before_anybody_reads_it(call):
    before = Subject.objects.values().get(id=call.subject_id)
    row = Call.objects.values().get(id=call.id)
    erase(call)
    # What a restore of an old dump brings back: the rows as they were, and no trace of the erasure.
    Erasure.objects.all().delete()
    Subject.objects.filter(id=call.subject_id).update(**before)
    Call.objects.create(**row)
    assert recording.kept_numbers(Call.objects.get(id=call.id)) == {}, "unreadable even before"
    assert erasing.resume() == 1
    assert not Call.objects.filter(id=call.id).exists()
    assert Subject.objects.get(id=call.subject_id).erased_at is not None


def test_the_scan_of_promised_steps_is_in_the_audit_chain_without_content(call):
    erase(call)
    actions = list(AuditEntry.objects.order_by("seq").values_list("action", flat=True))
    assert "subject.erasure_begun" in actions
    assert "subject.erased" in actions
    assert not any("Ada" in json.dumps(e.detail) + e.target for e in AuditEntry.objects.all())


# Backups of the keys


@pytest.fixture
def clean_backups():
    import shutil

    yield
    for folder in (backing_up_keys.folder(), backing_up_keys.wrapping_folder()):
        shutil.rmtree(folder, ignore_errors=True)


def test_a_backup_brings_back_a_lost_key_and_never_a_destroyed_one(call, dental, clean_backups):
    other = subject_for_number(dental.workspace.id, "+16095550174")
    sealed = seal(dental.workspace.id, other.id, "x", "y", b"still mine")
    backup = backing_up_keys.back_up()
    store()._open().execute("DELETE FROM keys WHERE id = ?", [f"subject:{other.id}"])  # a lost disk
    store().destroy(call.subject_id)
    assert backing_up_keys.restore(backup) == 1
    assert open_sealed(dental.workspace.id, other.id, "x", "y", sealed) == b"still mine"
    with pytest.raises(KeyDestroyed):
        store().get(dental.workspace.id, call.subject_id)


def test_an_erasure_rewrites_backups_and_makes_copies_that_were_carried_away_unreadable(call, clean_backups, tmp_path):
    backup = backing_up_keys.back_up()
    copy = tmp_path / backup.name
    copy.write_bytes(backup.read_bytes())
    assert erase(call).certificate["key_backups_rewritten"] == 1
    with pytest.raises(backing_up_keys.BackupUnreadable):
        backing_up_keys.read(copy)
    (kept,) = backing_up_keys.backups()
    names = {row[0] for row in backing_up_keys.read(kept)}
    assert f"subject:{call.subject_id}" not in names
    assert f"workspace:{call.workspace_id}" in names


def test_backups_are_kept_for_seven_days(clean_backups, db):
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    for days in (9, 7, 6, 0):
        backing_up_keys.back_up(now - timedelta(days=days))
    backing_up_keys.remove_old(now)
    assert len(backing_up_keys.backups()) == len(list(backing_up_keys.wrapping_folder().glob("*.key"))) == 3


def test_a_backup_holds_no_key_that_can_be_read_without_its_wrapping_key(call, clean_backups):
    backup = backing_up_keys.back_up()
    rows = store().dump()
    assert rows
    assert not any(wrapped in backup.read_bytes() for _, _, wrapped, _ in rows)
    assert backup.stat().st_mode & 0o077 == 0
