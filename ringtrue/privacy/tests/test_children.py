"""A child on the line: noticed by what they say, nothing more kept, what there is deleted soon after, unless a parent agreed."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from ringtrue.calls import forgetting_children
from ringtrue.calls.models import Call
from ringtrue.core.models import AuditEntry
from ringtrue.media import gating
from ringtrue.media.scribe import Scribe
from ringtrue.privacy import ages, changing, ledger, legal_holds, minors
from ringtrue.privacy.tests import test_gate

SAYS = {
    "I am 12": 12, "I'm twelve years old": 12, "well I'm only nine": 9, "i'm 13, and I want": 13, "Im 11": 11,
    "I'm fifteen and a half": 15, "I turned sixteen": 16, "I am 12 but my mom is here": 12,
}  # fmt: skip
SAYS_NOT = (
    "I am 12 minutes late", "I'm 30", "I'm eight miles away", "I am calling for my son who is 12", "it's at 12", "I'm one of three",
    "I'm 15 percent sure", "I was 12 when I moved here", "I'm ten minutes out",
)  # fmt: skip


@pytest.mark.parametrize(("words", "age"), SAYS.items())
def test_an_age_is_heard(words, age):
    assert ages.age_said(words) == age


@pytest.mark.parametrize("words", SAYS_NOT)
def test_no_age_is_heard_where_none_is_said(words):
    assert ages.age_said(words) is None


@pytest.mark.promise("P-LDX-13-1")
def test_the_least_age_is_the_higher_of_policy_and_local_law(dental):
    of = dental.workspace.id
    changing.change(of, "profile", "leadiumx", "user:x")
    assert [minors.least_age(of, c) for c in ("US", "DE", "FR", "ES", "GB", "ZZ")] == [13, 16, 15, 14, 13, 13]
    changing.change(of, "profile", "callixo", "user:x")
    assert [minors.least_age(of, c) for c in ("US", "DE", "ZZ")] == [18, 18, 18]


def test_from_then_on_nothing_is_kept():
    g = test_gate.gate(least_age=13)
    test_gate.grant(g)
    assert test_gate.heard(g, "hello my name is Ada", 2000, 3000).content
    g.let_audio(0, 3000, test_gate.RATE, test_gate.tone(1))
    assert test_gate.heard(g, "I'm twelve", 4000, 5000).content == {}
    assert g.must_delete_prior
    assert test_gate.heard(g, "and I live at 4 Elm Street", 6000, 7000).content == {}
    assert g.let_audio(1, 5000, test_gate.RATE, test_gate.tone(1)) == []
    assert g.let_facts({"name": "Ada"}) == {}
    assert g.close() == []
    older = test_gate.gate(least_age=13)
    test_gate.grant(older)
    assert test_gate.heard(older, "I'm fourteen", 4000, 5000).content


@pytest.fixture
def call(dental):
    from ringtrue.reception.answering import open_call

    made, token = open_call(dental.agent, line="simulated", from_number="+12125550133", to_number="+12125550100")
    return made, token


def play(dental, call, token, *said):
    from ringtrue.voice.events import Answered, Consent, Ended, Heard

    scribe = Scribe()
    scribe.redeem(token, "simulated")
    events = [
        Answered(at_ms=0, started_at=time.time(), line="simulated", sample_rate=8000),
        Consent(at_ms=500, granted=True, method="announced", wording="Recorded."),
    ]
    for n, text in enumerate(said):
        events.append(
            Heard(
                at_ms=2000 + n * 1000,
                turn=n + 1,
                start_ms=1500 + n * 1000,
                end_ms=2000 + n * 1000,
                text=text,
                words=[],
                confidence=0.9,
            )
        )
    for seq, event in enumerate(events):
        scribe.event(str(call.id), seq, event)
    return scribe, len(events), Ended(at_ms=9000, reason="caller_hung_up", duration_ms=9000, goal="")


@pytest.mark.promise("P-CLX-10-2", "P-NEJ-9-2", "P-ALX-8-3", "P-LDX-13-2", "P-ALX-8-4", "P-LDX-13-3", "P-NEJ-9-4")
def test_what_a_child_told_is_gone_minutes_after_the_call(dental, call):
    made, token = call
    scribe, seq, ended = play(dental, made, token, "this is Zebulon", "I'm 12 years old", "the violet heron")
    assert AuditEntry.objects.filter(action="minor.noticed").count() == 1
    assert forgetting_children.forget_due() == 0  # still on the line
    scribe.event(str(made.id), seq, ended)
    scribe.end(str(made.id))
    Call.objects.filter(id=made.id).update(state="ended")
    made.subject.refresh_from_db()
    assert made.subject.erased_at is None
    assert forgetting_children.forget_due() == 1
    made.subject.refresh_from_db()
    assert made.subject.erased_at - timezone.now() < timedelta(hours=72)
    assert forgetting_children.forget_due() == 0


@pytest.mark.promise("P-ALX-8-3")
def test_with_a_parents_consent_the_child_is_an_ordinary_caller(dental, call):
    made, _ = call
    minors.notice(made.subject, made.id)
    ledger.record(made.subject, "parental", True, "signed", "I am the parent and agree.")
    assert forgetting_children.forget_due() == 0
    made.subject.refresh_from_db()
    assert made.subject.erased_at is None
    gate = gating.gate_for(made, _snapshot(dental))
    assert (gate.minor, gate.call.least_age) == (False, 0)


def test_a_scribe_that_is_started_again_still_knows_that_it_is_a_child(dental, call):
    made, _ = call
    minors.notice(made.subject, made.id)
    assert gating.gate_for(made, _snapshot(dental)).minor
    changing.change(dental.workspace.id, "profile", "default", "user:x")
    held = legal_holds.place(
        dental.workspace.id, "legal", "a court", dental.owner, timezone.now() + timedelta(days=9), made.subject
    )
    Call.objects.filter(id=made.id).update(state="ended")
    assert forgetting_children.forget_due() == 0  # a court needs it
    legal_holds.lift(held, "user:x")
    assert forgetting_children.forget_due() == 1


def _snapshot(dental):
    from ringtrue.agents.publishing import snapshot_of

    return snapshot_of(dental.version)
