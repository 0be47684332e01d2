"""The installation looks at its own measures, says so with a date, and raises an alarm when something is wrong or silent."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from ringtrue.accounts.models import Membership, User, Workspace
from ringtrue.core import audit
from ringtrue.core.configuring import CONFIG
from ringtrue.core.models import AuditEntry
from ringtrue.rights import jobs, reviewing_access, security_checks, security_reports, watching_itself

pytestmark = pytest.mark.usefixtures("fast_passwords")
NOW = datetime(2026, 11, 21, 5, 29, tzinfo=UTC)


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.setattr(security_reports, "folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def staff(db):
    return User.objects.create_user("staff@ringtrue.example", is_staff=True)


def every(task):
    """The times of a periodic job, as cron writes them."""
    registry = jobs.app.periodic_registry.periodic_tasks
    return [held.cron for (name, _), held in registry.items() if name == task]


@pytest.mark.promise("P-LEX-3-4")
def test_each_week_a_dated_report_is_made_and_a_missing_one_raises_an_alarm(dental, reports, staff, mailoutbox):
    assert every("rights.look_at_security") == ["29 5 * * 1"]
    made = security_reports.make(NOW)
    assert [path.name for path in reports.iterdir()] == ["security-2026-11-21.json"]
    assert set(made.found) >= {"row_security", "key_folder", "dependencies", "permissions", "audit_chain"}
    assert made.found["row_security"] == made.found["audit_chain"] == []
    assert not security_reports.overdue(NOW + timedelta(days=7))
    assert security_reports.overdue(NOW + timedelta(days=9))
    alarms = {odd.what for odd in watching_itself.look(NOW + timedelta(days=9))}
    assert "installation:security_report" in alarms
    assert "staff@ringtrue.example" in {letter.to[0] for letter in mailoutbox}
    security_reports.make(NOW + timedelta(days=800))
    assert [path.name for path in reports.iterdir()] == ["security-2029-01-29.json"], "kept for two years"
    path = next(reports.iterdir())
    path.write_text(json.dumps(json.loads(path.read_text()) | {"found": {}}))
    assert security_reports.newest() is None, "one that was changed by hand does not count"


@pytest.mark.promise("P-ALX-5-2")
def test_the_scan_finds_what_is_loosened_and_the_report_says_it(dental, reports, settings, monkeypatch, tmp_path):
    before = security_checks.look()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE calls_call NO FORCE ROW LEVEL SECURITY")
    loose = CONFIG.keys / "loose.key"
    loose.write_text("x")
    loose.chmod(0o644)
    gone = User.objects.create_user("gone@dental.example", is_active=False, is_superuser=True)
    Membership.objects.create(workspace=dental.workspace, user=gone, role="admin")
    entry = audit.record("something.done", actor="user:x")
    AuditEntry.objects.filter(seq=entry.seq).update(actor="user:y")
    lock = tmp_path / "lock.txt"
    lock.write_text("django==1.0 \\\n    --hash=sha256:00\nnot-installed-here==9\n")
    monkeypatch.setattr(security_checks._dependencies, "__defaults__", (lock,))
    try:
        found = security_reports.make(NOW).found
    finally:
        loose.unlink()
    assert found["row_security"] == ["The table calls_call is not kept apart by workspace."]
    assert "Other users of the machine can reach loose.key among the keys." in set(found["key_folder"]) - set(
        before["key_folder"]
    )
    assert len(set(found["permissions"]) - set(before["permissions"])) == 2
    assert found["audit_chain"] == [f"The audit chain does not fit from entry {entry.seq} on."]
    assert len(found["dependencies"]) == 1
    assert "the lock says 1.0" in found["dependencies"][0]
    assert found["passwords"], "the quick hash of the tests is told"
    assert (reports / "security-2026-11-21.json").exists()


@pytest.mark.promise("P-ALX-5-8")
def test_the_list_of_measures_names_only_what_was_found_in_force(dental, reports, settings):
    settings.PUBLIC_URL = "https://ringtrue.example"
    whole = security_reports.measures(security_reports.make(NOW))
    assert "keeps workspaces apart" in whole
    assert "over HTTPS" in whole
    assert "As found on 2026-11-21" in whole
    settings.PUBLIC_URL = "http://ringtrue.example"
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE calls_call DISABLE ROW LEVEL SECURITY")
    less = security_reports.measures(security_reports.make(NOW))
    assert "keeps workspaces apart" not in less
    assert "over HTTPS" not in less
    assert "chain of hashes" in less


@pytest.mark.promise("P-ALX-3-8")
def test_a_fault_raises_an_alarm_with_the_next_minute_and_once_an_hour(dental, staff, mailoutbox, monkeypatch):
    assert every("rights.notice") == ["* * * * *"], "looked for every minute"
    now = timezone.now()
    with connection.cursor() as cursor:  # jobs of earlier tests wait for ever: nobody works here
        cursor.execute("UPDATE procrastinate_jobs SET status = 'cancelled' WHERE status = 'todo'")
    assert watching_itself.look(now) == []
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES ('default', 'x', '{}', 'todo') RETURNING id"
        )
        job = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '6 minutes' WHERE job_id = %s", [job])
        cursor.execute("INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', now())", [job])
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, 1000))
    monkeypatch.setattr(watching_itself.starting, "running", lambda _: 1)
    monkeypatch.setattr(watching_itself.running, "answers", lambda *_: False)
    mailoutbox.clear()
    jobs.notice(timestamp=0)
    wanted = {f"installation:{name}" for name in ("disk", "jobs_failed", "jobs_waiting", "media")}
    assert set(AuditEntry.objects.filter(action="alarm.raised").values_list("target", flat=True)) == wanted
    assert [letter.to for letter in mailoutbox] == [["staff@ringtrue.example"]] * 4
    assert watching_itself.look(now + timedelta(minutes=1)) == []


@pytest.mark.promise("P-NEJ-5-2")
def test_each_quarter_the_owner_is_asked_and_the_answer_is_kept_as_a_report(dental, mailoutbox):
    now = timezone.now()
    Workspace.objects.filter(id=dental.workspace.id).update(created_at=now - timedelta(days=92))
    assert reviewing_access.ask_owners(now - timedelta(days=2)) == 0
    assert reviewing_access.ask_owners(now) == 1
    assert [letter.to for letter in mailoutbox] == [[dental.owner.email]]
    assert reviewing_access.ask_owners(now + timedelta(days=1)) == 0, "not each day"
    client = Client()
    client.force_login(dental.owner)
    page = mailoutbox[0].body.split("\n\n")[1].strip()
    path = page[page.index("/w/") :]
    assert "Owner: everything" in client.get(path).content.decode()
    assert client.post(path).status_code == 302
    report = reviewing_access.last(dental.workspace.id)
    assert (report.actor, report.detail) == (f"user:{dental.owner.id}", {"roles": {"owner": 1}, "keys": 0})
    assert not reviewing_access.is_due(dental.workspace, report.at + timedelta(days=90))
    assert reviewing_access.is_due(dental.workspace, report.at + timedelta(days=91))
