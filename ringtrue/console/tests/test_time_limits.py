"""How long a call can be opened, and how long a plan keeps it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ringtrue.accounts import keys
from ringtrue.accounts.models import Membership, User
from ringtrue.calls.models import Call, RecordingPiece
from ringtrue.console.tests.showing import play_call, said
from ringtrue.privacy import announcing, changing, installation, retention
from ringtrue.privacy.models import PolicyChange
from ringtrue.privacy.policy import UnknownSetting, effective


@pytest.mark.promise("P-LDX-6-11")
def test_a_call_can_be_opened_then_is_closed_then_is_gone(dental, signed_in, at, monkeypatch):
    monkeypatch.setattr(installation, "declared_region", lambda: "us-east-1")
    changing.change(dental.workspace.id, "profile", "leadiumx", "user:x")
    call = play_call(dental, said(("caller", "Do you repair dentures on Wednesday?")))
    _, token = keys.make(dental.workspace, "crm", ["calls:read"], dental.owner)
    api = {"Authorization": f"Bearer {token}"}

    def answers():
        pages = ("", "peaks/", "audio/", "download/audio/", "download/text/", "download/json/", "download/vcon/")
        codes = {signed_in.get(at(f"calls/{call.id}/{page}")).status_code for page in pages}
        return codes | {
            Client().get(f"/api/v1/calls/{call.id}{part}", headers=api).status_code
            for part in ("", "/transcript", "/recording?purpose=legal")
        }

    def found():
        listed = signed_in.post(at("calls/"), {"q": "dentures"}, headers={"HX-Request": "true"}).content.decode()
        return str(call.id) in listed

    began = timezone.now()

    def age(days):
        Call.objects.filter(id=call.id).update(created_at=began - timedelta(days=days), ended_at=began - timedelta(days=days))
        retention.expire(timezone.now())

    age(360)
    assert answers() <= {200, 206}
    assert found()
    age(370)
    assert answers() == {410}
    assert not found()
    assert "dentures" not in signed_in.get(at("calls/")).content.decode()
    assert RecordingPiece.objects.exists(), "still there, and closed"
    age(740)
    assert not RecordingPiece.objects.exists(), "the bytes are gone"
    assert answers() == {404}


@pytest.mark.promise("P-ALX-6-4")
def test_the_plan_says_how_long_calls_are_kept_and_a_smaller_one_warns_before_it_deletes(
    dental, signed_in, at, monkeypatch, mailoutbox
):
    monkeypatch.setattr(installation, "declared_region", lambda: "us-east-1")
    changing.change(dental.workspace.id, "profile", "alex", "user:x")

    def kept():
        return effective(dental.workspace.id, "retention.recordings").value

    def calls(now):
        retention.expire(now)
        return RecordingPiece.objects.values("call_id").distinct().count()

    changing.change(dental.workspace.id, "plan", "large", "user:x")
    assert kept() == "P12M"
    now = timezone.now()
    play_call(dental, said(("caller", "Old.")))
    assert calls(now + timedelta(days=360)) == 1
    with pytest.raises(UnknownSetting):
        changing.change(dental.workspace.id, "plan", "endless", "user:x")

    Call.objects.update(created_at=now - timedelta(days=200), ended_at=now - timedelta(days=200))
    viewer = User.objects.create_user("viewer@dental.example")
    Membership.objects.create(workspace=dental.workspace, user=viewer, role="viewer")
    sure = signed_in.post(at("settings/privacy/change/"), {"key": "plan", "value": "small"}).content.decode()
    assert "12 months becomes 6 months" in sure
    assert "older and will be removed" in sure
    signed_in.post(at("settings/privacy/change/"), {"key": "plan", "value": "small", "sure": "1"})
    change = PolicyChange.objects.get()
    announcing.send_notices()
    assert {letter.to[0] for letter in mailoutbox} == {"viewer@dental.example", dental.owner.email}
    assert "12 months becomes 6 months" in mailoutbox[0].body
    assert kept() == "P12M"
    announcing.apply_due(now + timedelta(days=13))
    assert calls(now) == 1, "for two weeks nothing goes"
    announcing.apply_due(change.effective_at)
    assert kept() == "P6M"
    assert calls(now) == 0
    changing.change(dental.workspace.id, "retention.recordings", "P90D", "user:x")
    assert kept() == "P90D", "a workspace may keep less"
