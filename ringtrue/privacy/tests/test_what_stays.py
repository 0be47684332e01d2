"""What expiry leaves alone, and what stays when a person or a workspace goes."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from ringtrue.accounts.models import Membership, User, Workspace
from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.models import Agent
from ringtrue.billing import ledger as books
from ringtrue.billing.models import Line
from ringtrue.calls import counting
from ringtrue.calls.deleting import delete_call
from ringtrue.calls.models import Call, CallCount
from ringtrue.calls.tests.making import a_call
from ringtrue.core.models import AuditEntry
from ringtrue.privacy import changing, closing, erasing, legal_holds, retention
from ringtrue.privacy.models import ClosedWorkspace, Hold, PolicySetting, Subject

pytestmark = pytest.mark.usefixtures("fast_passwords")
MARCH = datetime(2024, 3, 15, tzinfo=UTC)


def old_calls(dental, number, month=MARCH):
    for index in range(number):
        call = a_call(
            dental,
            number=f"+1856555{index:04}",
            events=[("ended", {"at_ms": 60_000, "reason": "caller_hung_up", "duration_ms": 60_000})],
        )
        Call.objects.filter(id=call.id).update(created_at=month, ended_at=month, duration_ms=60_000)


@pytest.mark.promise("P-CLX-6-1", "P-ALX-6-1", "P-NEJ-4-1")
def test_ten_years_on_an_account_in_use_is_whole(dental):
    PolicySetting.objects.create(workspace=dental.workspace, key="storage.mode", value="everything")
    models = (User, Workspace, Membership, Agent, PolicySetting)
    before = {model: set(model.objects.values_list("pk", flat=True)) for model in models}
    a_call(dental)
    retention.expire(timezone.now() + timedelta(days=3653))
    assert not Call.objects.exists(), "calls went, so the run did look"
    assert {model: set(model.objects.values_list("pk", flat=True)) for model in models} == before


@pytest.mark.promise("P-LDX-8-2", "P-NEJ-4-3")
def test_books_stay_whole_when_the_call_and_the_person_they_were_kept_for_go(dental):
    gone, expired = a_call(dental), a_call(dental, number="+18565550188")
    books.top_up(dental.workspace.id, 5_000_000, "receipt-1")
    for call in (gone, expired):
        books.hold(dental.workspace.id, call.id, 900_000)
        books.settle(dental.workspace.id, call.id, 14_000, "twilio")
    lines = set(Line.objects.values_list("id", flat=True))
    assert len(lines) >= 6
    erasing.erase_subject(gone.subject, "request", "user:x")
    retention.expire(timezone.now() + timedelta(days=6 * 365))
    assert not Call.objects.exists()
    assert set(Line.objects.values_list("id", flat=True)) == lines
    assert books.faults(dental.workspace.id) == []
    assert books.standing(dental.workspace.id).spent_micros == 28_000


@pytest.mark.promise("P-ALX-6-6", "P-ALX-6-7", "P-LDX-8-4")
def test_of_expired_calls_only_their_number_by_month_stays_and_only_where_there_were_enough(dental):
    old_calls(dental, counting.FEWEST)
    old_calls(dental, counting.FEWEST - 1, month=datetime(2024, 4, 2, tzinfo=UTC))
    kept = a_call(dental)
    people = {str(pk) for pk in Subject.objects.exclude(id=kept.subject_id).values_list("id", flat=True)}
    calls = {str(pk) for pk in Call.objects.exclude(id=kept.id).values_list("id", flat=True)}
    retention.expire(timezone.now())
    assert list(Call.objects.values_list("id", flat=True)) == [kept.id]
    assert counting.months(dental.workspace.id) == {"2024-03": {"calls": counting.FEWEST, "seconds": 60 * counting.FEWEST}}
    rows = json.dumps(list(CallCount.objects.values()), default=str)
    assert not any(each in rows for each in people | calls), "nothing to join them by"
    assert {field.name for field in CallCount._meta.get_fields()} == {"id", "workspace", "month", "calls", "seconds"}
    retention.expire(timezone.now())
    assert CallCount.objects.get(month="2024-03").calls == counting.FEWEST, "counted once"


@pytest.mark.promise("P-NEJ-4-2")
@pytest.mark.parametrize(("action", "stays"), [("anonymise", True), ("delete", False)])
def test_a_closed_workspace_that_is_made_anonymous_leaves_counts_and_nothing_else(dental, action, stays, monkeypatch):
    old_calls(dental, counting.FEWEST)
    changing.change(dental.workspace.id, "closure.action", action, "user:x")
    closure = closing.close(dental.workspace.id, dental.owner, "owner")

    class Killed(BaseException):
        pass

    def killed(*given, **more):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(closing, "_certify", killed)
        with pytest.raises(Killed):
            closing.finish(dental.workspace.id, closure.grace_until)
    assert not Call.objects.exists()
    certificate = closing.finish(dental.workspace.id, closure.grace_until).certificate
    told = {"calls_call": {"2024-03": {"calls": counting.FEWEST, "seconds": 60 * counting.FEWEST}}}
    assert certificate["counts"] == (told if stays else {}), "also when the first run was killed"
    assert not CallCount.objects.exists()
    assert ClosedWorkspace.objects.count() == 1


@pytest.mark.promise("P-CLX-6-5", "P-LDX-8-3", "P-ALX-6-8")
def test_a_call_on_hold_is_deleted_neither_by_a_person_nor_by_a_key(dental):
    from ringtrue.accounts import keys

    call, other = a_call(dental), a_call(dental)  # with the last call the person would go, which a hold refuses anyway
    legal_holds.place(
        dental.workspace.id, "dispute", "Smith v. Riverside, No. 7", dental.owner, timezone.now() + timedelta(days=9)
    )
    with pytest.raises(legal_holds.OnHold):
        delete_call(call, actor="user:x")
    client = Client()
    client.force_login(dental.owner)
    answer = client.post(f"/w/{dental.workspace.slug}/calls/{call.id}/delete/")
    assert "Smith v. Riverside" in str(next(iter(get_messages(answer.wsgi_request))))
    _, token = keys.make(dental.workspace, "crm", ["calls:write"], dental.owner)
    answer = client.delete(f"/api/v1/calls/{call.id}", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("on-hold")
    assert Call.objects.filter(id=call.id).exists()
    legal_holds.lift(Hold.objects.get(), "user:x")
    delete_call(call, actor="user:x")
    assert list(Call.objects.values_list("id", flat=True)) == [other.id]


@pytest.mark.promise("P-ALX-2.3-5")
def test_after_an_erasure_the_audit_chain_holds_ids_and_what_was_used_is_gone(dental):
    call = a_call(dental)
    subject = call.subject
    before = AuditEntry.objects.count()
    erasing.erase_subject(subject, "request", "user:x")
    assert AuditEntry.objects.count() > before, "the chain grows and loses nothing"
    chain = json.dumps(list(AuditEntry.objects.values("actor", "target", "detail")), default=str)
    assert str(subject.id) in chain
    assert not any(word in chain for word in ("Marigold", "5550142", "crown"))
    with workspace_scope(dental.workspace.id):
        about = [m for m in apps.get_models() if any(f.name == "subject" for f in m._meta.local_fields)]
        left = {m._meta.label for m in about if m._default_manager.filter(subject=subject).exists()}
    assert left <= {"privacy.ConsentEvent", "privacy.Hold"}, "only what proves"
