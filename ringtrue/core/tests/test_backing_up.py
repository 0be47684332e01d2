"""A backup is one encrypted file without keys; what it brings back is erased again where it has to be."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from ringtrue.accounts.models import Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.agents.starters import starter_workspace
from ringtrue.calls.models import Call
from ringtrue.core import backing_up, checkpoints, configuring, database_dump, restoring
from ringtrue.core.models import AuditEntry
from ringtrue.core.sealed_file import PIECE, SealedWriter, Unreadable, pieces
from ringtrue.privacy import backing_up_keys, closing, erasing
from ringtrue.privacy.models import Subject
from ringtrue.privacy.scanning import scan
from ringtrue.privacy.tests import playing
from ringtrue.privacy.tests.playing import TEXTS, Play

VOICE = (playing.SPOKEN_SENTENCE, playing.SPOKEN_NAME, playing.SPOKEN_NUMBER, playing.SPOKEN_LATER)


@pytest.fixture
def started(transactional_db, only_own_keys, settings):
    settings.EMAIL_BACKEND = "ringtrue.notifications.mail_folder.MailFolder"
    made = starter_workspace("dental", owner_email="owner@backup.example", slug="dental-backup")
    yield made
    for name in ("mail", "recordings"):
        shutil.rmtree(configuring.CONFIG.data / name, ignore_errors=True)
    checkpoints.heads_file().unlink(missing_ok=True)


def put_back(path):
    restoring.restore(path)
    connections.close_all()


@pytest.mark.promise("P-LDX-8-5")
def test_whoever_was_erased_after_an_older_backup_is_not_in_it_any_more_once_it_is_restored(started, tmp_path):
    gone, stays = Play(started).whole(), Play(started, number="+16095550199")
    stays.opening()  # and says nothing that the other said
    stays.consent()
    stays.second(playing.AFTER)
    stays.end()
    canaries = [*TEXTS, *(gone.sounds.canary(f"voice {second}", second) for second in VOICE)]
    keys_then = backing_up_keys.back_up()
    carried = shutil.copy(keys_then, tmp_path / keys_then.name)
    checkpoints.checkpoint()
    old = backing_up.back_up(tmp_path / "backups")
    put_back(old)
    shutil.rmtree(configuring.CONFIG.data / "mail")  # no backup holds mail
    assert scan(canaries).names() == {canary.name for canary in canaries}, "with its keys the backup gives it all"

    with workspace_scope(started.workspace.id):
        subject = Subject.objects.get(id=gone.call.subject_id)
    erasing.erase_subject(subject, "request", "user:test")
    put_back(old)

    with workspace_scope(started.workspace.id):
        assert list(Call.objects.values_list("id", flat=True)) == [stays.call.id], "the others are back"
        assert Subject.objects.get(id=gone.call.subject_id).erased_at is not None
    assert not (configuring.CONFIG.data / "recordings" / str(gone.call.id)).exists()
    assert (configuring.CONFIG.data / "recordings" / str(stays.call.id)).exists()
    hits = scan(canaries, extra_backups=[carried], also=[tmp_path]).hits
    assert hits == [], "not in the database, the files, the log, nor in the backup itself"
    assert checkpoints.faults() == [], "that a shorter chain was put back is said in a signed line"
    AuditEntry.objects.filter(action="installation.restored").delete()
    assert checkpoints.faults(), "and a cut is still noticed"


def test_without_the_replay_the_restored_backup_brings_the_person_back(started, tmp_path, monkeypatch):
    play = Play(started).whole()
    old = backing_up.back_up(tmp_path)
    with workspace_scope(started.workspace.id):
        erasing.erase_subject(Subject.objects.get(id=play.call.subject_id), "request", "user:test")
    monkeypatch.setattr(restoring.preparing, "resume", lambda: None)
    put_back(old)
    with workspace_scope(started.workspace.id):
        assert Call.objects.filter(id=play.call.id).exists()


def test_a_workspace_that_was_closed_since_is_taken_away_again(started, tmp_path):
    old = backing_up.back_up(tmp_path)
    with workspace_scope(started.workspace.id):
        closure = closing.close(started.workspace.id, started.owner, "owner")
    assert closing.finish(started.workspace.id, closure.grace_until)
    put_back(old)
    with system_scope("a test looks"):
        assert not Workspace.objects.filter(id=started.workspace.id).exists()
    assert AuditEntry.objects.filter(action="workspace.deleted_again").exists()


@pytest.mark.promise("P-ALX-5-1", "P-LDX-10-1", "P-NEJ-5-1")
def test_a_backup_holds_nothing_that_can_be_read_and_a_changed_one_is_refused(started, tmp_path):
    Play(started).whole()
    path = backing_up.back_up(tmp_path)
    raw = path.read_bytes()
    assert b"owner@backup.example" not in raw
    assert b"CREATE TABLE" not in raw
    with restoring.opened(path) as held:
        dumped = held.database.read_text()
        assert "owner@backup.example" in dumped
        assert not any((held.folder / name).exists() for name in ("mail", "keys", "secrets.json"))
    assert list(tmp_path.iterdir()) == [path], "nothing is left beside it"
    rows = AuditEntry.objects.count()
    for wrong in (raw[:-1], raw[:40] + bytes([raw[40] ^ 1]) + raw[41:], raw[:16]):
        path.write_bytes(wrong)
        with pytest.raises(Unreadable):
            restoring.restore(path)
    assert AuditEntry.objects.count() == rows


def test_pieces_cannot_be_cut_off_swapped_or_dropped(tmp_path):
    writer = SealedWriter(tmp_path / "x")
    data = bytes(range(256)) * (PIECE // 128)
    writer.write(data)
    writer.finish()
    assert b"".join(pieces(tmp_path / "x")) == data
    raw = (tmp_path / "x").read_bytes()
    one, two = raw[16 : 16 + PIECE + 16], raw[16 + PIECE + 16 :]
    for wrong in (raw[:16] + one, raw[:16] + two + one, raw[:16] + two):
        (tmp_path / "y").write_bytes(wrong)
        with pytest.raises(Unreadable):
            list(pieces(tmp_path / "y"))


def test_a_rehearsal_restores_into_a_scratch_database_and_leaves_the_other_alone(started, tmp_path, monkeypatch):
    path = backing_up.back_up(tmp_path)
    before = AuditEntry.objects.count()
    found = restoring.rehearse(path)
    assert found["rows"] > 20
    assert AuditEntry.objects.count() == before + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [restoring.SCRATCH])
        assert cursor.fetchone() == (0,)
    monkeypatch.setattr(database_dump, "load", lambda *a: None)
    with pytest.raises(Unreadable):
        restoring.rehearse(path)


def test_backups_older_than_seven_days_go(tmp_path, monkeypatch):
    monkeypatch.setattr(backing_up, "folder", lambda: tmp_path)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    for days in (8, 6):
        (tmp_path / f"ringtrue-{now - timedelta(days=days):%Y%m%dT%H%M%S%f}.backup").write_bytes(b"x")
    assert backing_up.remove_old(now) == 1
    assert len(backing_up.backups()) == 1
