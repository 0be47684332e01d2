"""A closed workspace can be taken up again for a while; then nothing of it is left, and a certificate says so."""

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from ringtrue.accounts.models import User, Workspace
from ringtrue.accounts.row_security import tables_with_workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.console.tests.planting import plant
from ringtrue.core.signing import is_signed
from ringtrue.privacy import changing, closing, legal_holds
from ringtrue.privacy.canaries import number_canary, text_canary
from ringtrue.privacy.keystore import store
from ringtrue.privacy.models import ClosedWorkspace, Closure
from ringtrue.privacy.policy import effective
from ringtrue.privacy.scanning import scan

pytestmark = pytest.mark.usefixtures("fast_passwords")


def rows_of(workspace_id):
    with system_scope("a test counts"), connection.cursor() as cursor:
        found = {}
        for table in tables_with_workspace():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE workspace_id = %s', [workspace_id])  # noqa: S608
            (found[table],) = cursor.fetchone()
    return {table: count for table, count in found.items() if count}


@pytest.mark.promise("P-ALX-6-3")
def test_a_workspace_is_taken_up_again_on_the_last_day_of_grace_and_not_after(dental, monkeypatch):
    changing.change(dental.workspace.id, "profile", "alex", "user:x")
    closure = closing.close(dental.workspace.id, dental.owner, "owner")
    assert (closure.grace_until - closure.asked_at).days in (59, 60)
    assert (closure.delete_by - closure.asked_at).days <= 90
    assert effective(dental.workspace.id, "voice.enabled").value is False, "no call is answered"
    before = rows_of(dental.workspace.id)
    monkeypatch.setattr(closing.timezone, "now", lambda: closure.grace_until - timedelta(days=1))
    assert closing.finish_due(closure.grace_until - timedelta(days=1)) == []
    assert closing.take_up(dental.workspace.id, dental.owner, "owner")
    after = rows_of(dental.workspace.id)
    assert after.pop("privacy_policysetting") == before.pop("privacy_policysetting") - 1
    assert after == before, "everything is as it was"
    assert effective(dental.workspace.id, "voice.enabled").value is True
    monkeypatch.setattr(closing.timezone, "now", lambda: closure.asked_at)
    again = closing.close(dental.workspace.id, dental.owner, "owner")
    monkeypatch.setattr(closing.timezone, "now", lambda: again.grace_until + timedelta(days=1))
    assert not closing.take_up(dental.workspace.id, dental.owner, "owner")


def test_only_an_owner_closes_and_takes_up(dental):
    for role in ("admin", "dpo"):
        with pytest.raises(closing.OnlyAnOwner):
            closing.close(dental.workspace.id, dental.owner, role)
        with pytest.raises(closing.OnlyAnOwner):
            closing.take_up(dental.workspace.id, dental.owner, role)
    assert not Closure.objects.exists()


def test_no_profile_lets_a_closed_workspace_stay_longer_than_ninety_days(dental):
    for name in ("leximo", "callixo", "alex", "leadiumx", "nejix", "strict"):
        own = {"profile": name, "closure.days": "P5Y", "closure.grace": "P5Y"}
        assert effective(dental.workspace.id, "closure.days", workspace=own).value in ("P90D", "P30D")


@pytest.mark.promise("P-CLX-6-4", "P-NEJ-4-2")
@pytest.mark.django_db(transaction=True)
def test_after_the_grace_nothing_is_left_that_can_be_read(only_own_keys, monkeypatch):
    began = time.time()
    ours, theirs = (
        plant("dental", "closed-of-a-test", "quelzeph", "0133"),
        plant("plumbing", "stays-of-a-test", "staysquill", "0244"),
    )
    canaries = [
        text_canary(word, word) for word in ours.words if word.startswith(("quelzephsaid", "quelzephheard", "quelzephreason"))
    ]
    canaries += [text_canary("name", ours.name), number_canary("number", ours.number)]
    assert scan(canaries, since=began).names() == {c.name for c in canaries}, "all of it was there"
    with workspace_scope(ours.workspace.id):
        closure = closing.close(ours.workspace.id, ours.owner, "owner")
    before = rows_of(theirs.workspace.id)
    recordings = Path(settings.DATA_DIR) / "recordings" / str(ours.values["call_id"])
    assert list(recordings.glob("*"))

    class Killed(BaseException):
        pass

    real = closing._certify
    monkeypatch.setattr(closing, "_certify", lambda *a, **k: (_ for _ in ()).throw(Killed()))
    with pytest.raises(Killed):
        closing.finish_due(closure.grace_until)
    monkeypatch.setattr(closing, "_certify", real)
    assert closing.finish_due(closure.grace_until) == [ours.workspace.id]
    assert closing.finish_due(closure.grace_until) == []

    assert rows_of(ours.workspace.id) == {}
    assert not Workspace.objects.filter(id=ours.workspace.id).exists()
    assert not User.objects.filter(id=ours.owner.id).exists()
    assert not list(recordings.glob("*"))
    assert not [key for key in store().dump() if key[1] == str(ours.workspace.id)]
    assert rows_of(theirs.workspace.id) == before
    assert scan(canaries, since=began).names() == set()

    certificate = ClosedWorkspace.objects.get(id=ours.workspace.id).certificate
    signature = certificate.pop("signature")
    assert is_signed(certificate, signature)
    assert not is_signed({**certificate, "rows": 0}, signature)
    assert certificate["in_time"]
    assert certificate["people"] >= 1
    assert ours.name not in json.dumps(certificate)


def test_a_dispute_keeps_its_person_and_only_them_until_it_is_over(dental):
    from ringtrue.calls import recording
    from ringtrue.calls.models import Call

    held, other = (
        recording.begin_call(dental.version, line="simulated", from_number=n) for n in ("+16095550173", "+16095550174")
    )
    Call.objects.update(state="ended")
    hold = legal_holds.place(
        dental.workspace.id, "dispute", "No. 7", dental.owner, timezone.now() + timedelta(days=9), held.subject
    )
    closure = closing.close(dental.workspace.id, dental.owner, "owner")
    assert closing.finish_due(closure.grace_until) == []
    assert list(Call.objects.values_list("id", flat=True)) == [held.id]
    assert other.id
    legal_holds.lift(hold, "user:x")
    assert closing.finish_due(closure.grace_until) == [dental.workspace.id]
