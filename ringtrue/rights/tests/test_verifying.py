"""Whoever has not shown who they are learns nothing, and cannot learn whether somebody is known."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ringtrue.core.models import AuditEntry
from ringtrue.rights import answering, receiving, verifying
from ringtrue.rights.models import RequestStep, RightsRequest
from ringtrue.rights.tests.conftest import EMAIL, NUMBER, code_of


@pytest.mark.promise("P-ALX-7.1-3", "P-LDX-9-8", "P-NEJ-8-7")
def test_unverified_requests_yield_nothing(ada, asked):
    for kind in ("access", "know", "portability", "correction", "deletion", "restriction", "child"):
        request = asked(kind, verified=False)
        assert request.subject is None
        with pytest.raises(answering.NotYet):
            answering.answer(request, "user:x", corrections={"name": "x"})
        with pytest.raises(answering.NotYet):
            answering.download(request, "x", "user:x")
    ada.refresh_from_db()
    assert ada.erased_at is None


def test_the_code_in_the_mail_opens_the_request_once(ada, asked, mails):
    request = asked("access")
    assert (request.state, request.verified_how, request.subject_id) == ("open", "email_code", ada.id)
    assert not verifying.check(request, code_of(mails[-1])), "the same code does not work twice"
    assert mails[0].to == [EMAIL]
    assert code_of(mails[0]).replace(" ", "") not in mails[0].subject


@pytest.mark.parametrize("trouble", ["wrong", "late", "six tries"])
def test_a_wrong_or_old_code_opens_nothing(ada, asked, mails, trouble, monkeypatch):
    request = asked("access", verified=False)
    right = code_of(mails[-1]).replace(" ", "")
    wrong = f"{(int(right) + 1) % 10**8:08}"
    if trouble == "wrong":
        assert not verifying.check(request, wrong)
        assert verifying.check(request, right), "a slip of the finger is forgiven"
        return
    if trouble == "late":
        later = timezone.now() + timedelta(hours=49)
        monkeypatch.setattr(verifying.timezone, "now", lambda: later)
    else:
        assert not any(verifying.check(request, wrong) for _ in range(5))
    assert not verifying.check(request, right)
    assert RightsRequest.objects.get(id=request.id).state == "unverified"


def test_a_stranger_with_their_own_address_and_adas_number_gets_nothing_of_adas(ada, asked):
    """The address that was proved decides whose data it is, not the number that was named."""
    request = asked("access", email="mallory@example.org", number=NUMBER)
    assert request.subject is None
    assert answering.answer(request, "user:x").answer == answering.NOTHING
    with pytest.raises(answering.NotYet):
        answering.download(request, "x", "user:x")


def test_a_known_and_an_unknown_address_cannot_be_told_apart_before_the_code(ada, asked, mails):
    known, unknown = asked("access", verified=False), asked("access", verified=False, email="nobody@example.org")
    assert len(mails[0].body) == len(mails[1].body)
    told = [[(s.what, sorted(s.detail)) for s in RequestStep.objects.filter(request=r)] for r in (known, unknown)]
    assert told[0] == told[1]
    assert (known.state, known.subject_id) == (unknown.state, unknown.subject_id)


def test_by_number_the_person_on_the_telephone_says_the_code_that_the_page_shows(ada, dental):
    request, _ = receiving.receive(dental.workspace.id, "access", channel="web", number="(609) 555-0173", place="US-CA")
    code = verifying.begin(request, business="x")
    assert len(code) == 8
    assert not verifying.check(request, code), "typing it into the page proves nothing"
    assert verifying.check(request, code, how="call_back", by="user:x")
    assert request.subject_id == ada.id


@pytest.mark.promise("P-NEJ-8-8")
def test_an_agent_needs_the_signed_permission_and_the_persons_own_word(ada, asked, mails):
    request = asked("deletion", agent="Privacy Helpers Inc.", verified=False)
    verifying.see_permission(request, "user:x")
    with pytest.raises(answering.NotYet):
        answering.answer(request, "user:x")
    assert mails[-1].to == [EMAIL], "the code goes to the person, not to the agent"
    other = asked("deletion", agent="Privacy Helpers Inc.")
    with pytest.raises(answering.NotYet):
        answering.answer(other, "user:x")
    verifying.see_permission(other, "user:x")
    assert answering.answer(other, "user:x").state == "answered"


def test_opting_out_needs_no_proof(ada, asked):
    request = asked("opt_out_sale", verified=False, place="US-CA")
    assert (request.state, request.verified_how, request.subject_id) == ("open", "not_needed", ada.id)


def test_every_step_is_in_the_audit_chain_and_holds_no_content(ada, asked):
    request = asked("access", name="Ada Lovelase", words="the call about my crown")
    answering.answer(request, "user:x")
    steps = list(RequestStep.objects.filter(request=request).values_list("what", flat=True))
    assert steps == ["received", "code_mailed", "verified", "answered"]
    entries = AuditEntry.objects.filter(target=f"request:{request.id}")
    assert [entry.action for entry in entries.order_by("seq")] == [f"rights.{step}" for step in steps]
    for entry in entries:
        said = f"{entry.detail} {entry.actor}"
        assert "Ada" not in said
        assert EMAIL not in said
        assert "crown" not in said
    assert b"Ada" not in bytes(RightsRequest.objects.get(id=request.id).sealed)
