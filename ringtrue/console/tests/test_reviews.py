"""People with the quality role review calls, and that they did stands in the audit chain."""

import pytest
from django.test import Client
from django.utils import timezone

from ringtrue.accounts.tests.people import member
from ringtrue.calls import reviewing
from ringtrue.calls.models import Call, CallReview
from ringtrue.console.tests.showing import show
from ringtrue.core.models import AuditEntry
from ringtrue.privacy import data_map, restricting

pytestmark = [pytest.mark.promise("P-LEX-2-3", "P-LDX-6-2"), pytest.mark.usefixtures("fast_passwords")]


def browser_of(dental, role):
    client = Client()
    client.force_login(member(dental.workspace, f"{role}@dental.example", role))
    return client


def noted(action):
    return list(AuditEntry.objects.filter(action=action).order_by("seq").values_list("actor", "target"))


@pytest.fixture
def shown(dental):
    """Calls, of which the one with a message went badly; none of the others is in the sample."""
    made = show(dental)
    Call.objects.update(outcome="answered", is_test=False, answered_at=timezone.now())
    Call.objects.filter(id=made.message.id).update(outcome="not_understood")
    return made


def test_quality_reviews_a_call_and_both_steps_are_recorded(dental, shown, at, monkeypatch):
    monkeypatch.setattr(reviewing, "ONE_IN", 10**40)
    quality = browser_of(dental, "qa")
    me = f"user:{quality.session['_auth_user_id']}"
    page = quality.get(at("calls/to-review/"))
    assert [row.call.id for row in page.context["rows"]] == [shown.message.id]
    assert noted("call.opened") == []
    opened = quality.get(at(f"calls/{shown.message.id}/")).content.decode()
    assert noted("call.opened") == [(me, f"call:{shown.message.id}")]
    assert all(question in opened for question in reviewing.QUESTIONS.values())
    answers = {"understood": "no", "polite": "yes", "right": "perhaps", "note": "It heard Tuesday for Thursday."}
    assert quality.post(at(f"calls/{shown.message.id}/review/"), answers).status_code == 302
    assert noted("call.reviewed") == [(me, f"call:{shown.message.id}")]
    row = CallReview.objects.get()
    assert (row.answers, reviewing.note_of(row)) == ({"understood": "no", "polite": "yes"}, "It heard Tuesday for Thursday.")
    assert b"Thursday" not in bytes(row.sealed)
    after = quality.get(at("calls/to-review/")).content.decode()
    assert "Nothing is waiting to be reviewed." in after
    assert "0 of 1 yes" in after
    assert "It heard Tuesday for Thursday." in quality.get(at(f"calls/{shown.message.id}/")).content.decode()
    store = data_map.store_named("calls_callreview")
    assert [held["note"] for held in store.export(row.subject)] == ["It heard Tuesday for Thursday."]
    store.erase(row.subject)
    assert not CallReview.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "builder", "dpo", "billing"])
def test_others_review_nothing(dental, shown, at, role):
    other = browser_of(dental, role)
    assert other.get(at("calls/to-review/")).status_code == 403
    assert other.post(at(f"calls/{shown.message.id}/review/"), {"understood": "yes"}).status_code == 403
    assert not CallReview.objects.exists()
    assert noted("call.reviewed") == []


def test_the_sample_is_the_same_whenever_one_looks_and_leaves_out_who_objected(dental, shown, monkeypatch):
    monkeypatch.setattr(reviewing, "ONE_IN", 1)
    everybody = [call.id for call in reviewing.waiting(dental.workspace.id)]
    assert shown.message.id in everybody
    assert everybody == [call.id for call in reviewing.waiting(dental.workspace.id)]
    restricting.restrict(shown.message.subject, "improvement", "user:x")
    assert shown.message.id not in [call.id for call in reviewing.waiting(dental.workspace.id)]


def test_where_names_are_left_out_of_a_call_no_words_about_it_are_kept(dental, shown):
    shown.message.storage_mode = "excluding_pii"
    row = reviewing.review(shown.message, dental.owner, {"right": "yes"}, "Maria asked twice.")
    assert (row.answers, bytes(row.sealed)) == ({"right": "yes"}, b"")
