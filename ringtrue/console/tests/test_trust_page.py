"""Anybody can read what a workspace promises and what shows that it is kept; nothing of a person stands there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ringtrue.console.tests.showing import play_call, said
from ringtrue.core import audit
from ringtrue.privacy import changing, erasing, installation, promising, retention, subprocessors
from ringtrue.rights import receiving, security_reports
from ringtrue.rights.models import RightsRequest


@pytest.fixture
def read(dental, monkeypatch, tmp_path):
    monkeypatch.setattr(security_reports, "folder", lambda: tmp_path)

    def page():
        answer = Client().get(f"/privacy/{dental.workspace.slug}/trust/")
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    return page


def test_evidence_is_live(dental, read, monkeypatch):
    before = read()
    assert "not yet: it runs each night" in before
    assert "none waiting; 0 answered" in before
    assert "Twilio" not in before
    assert "Promises of this policy" not in before, "the default profile is nobody's policy"

    retention.expire(timezone.now())
    audit.record("backup.rehearsed", actor="system:restore", target="backup-1", found={})
    security_reports.make(timezone.now())
    asked, _ = receiving.receive(dental.workspace.id, "access", channel="web", email="someone@example.org")
    gone = play_call(dental, said(("caller", "Hello.")), recorded=False)
    erasing.erase(gone.subject, reason="request", requested_by="user:x")
    monkeypatch.setattr(installation, "declared_region", lambda: "us-east-1")
    changing.change(dental.workspace.id, "profile", "alex", "user:x")
    subprocessors.register(
        dental.workspace.id, provider="twilio", name="Twilio", kind="telephony", does="carries calls", region="us-east-1",
        agreement="DPA 7", agreed_on=date(2026, 1, 2), by="user:x",
    )  # fmt: skip
    page = read()
    day = f"{timezone.now().day} {timezone.now():%B %Y}"
    assert page.count(f"on {day}") >= 3, "retention, restore and security"
    assert "1 waiting, all within their time" in page
    assert "1 within a year" in page
    assert "Twilio (us-east-1): carries calls" in page
    assert "What will change" in page, "it is announced a day ahead"
    assert "Promises of this policy" in page
    assert "someone@example.org" not in page
    assert "555" not in page

    RightsRequest.objects.filter(id=asked.id).update(due_at=timezone.now() - timedelta(days=1))
    assert "<b>1 late</b>" in read()


def test_only_workspaces_that_are_there_have_one(db):
    assert Client().get("/privacy/nobody/trust/").status_code == 404


def test_promises_are_counted_as_the_page_says_them(tmp_path):
    rows = promising.register()
    first = next(row for row in rows if row.system == "Callixo")
    held = promising.proofs(rows, {first.id: ["ringtrue/x/tests/test_x.py::test_y"]})
    promising.write(rows, held, tmp_path / "promises.md")
    found = promising.written("Callixo", tmp_path / "promises.md")
    assert len(found.rows) == 55
    assert found.proved == sum(bool(held[row.id]) for row in rows if row.system == "Callixo")
    assert promising.written("Ringtrue's own", tmp_path / "promises.md") is None
