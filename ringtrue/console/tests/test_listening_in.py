"""Listening to a running call: who gets a ticket, what it is good for, why it is refused, and what of it stands in the record."""

from __future__ import annotations

import pytest
from django.test import Client

from ringtrue.accounts.models import Membership
from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls import reading
from ringtrue.calls.models import Call
from ringtrue.console.tests.showing import HELLO, play_call, said
from ringtrue.core.models import AuditEntry
from ringtrue.media.scribe import Scribe
from ringtrue.privacy import changing
from ringtrue.privacy.policy import profile_names
from ringtrue.reception import joining_tickets
from ringtrue.reception.answering import open_call
from ringtrue.reception.tickets import TicketRefused
from ringtrue.voice.events import Answered, Consent, Ended, ListenedIn, TakenOver, Whispered


@pytest.fixture
def allowed(dental):
    changing.change(dental.workspace.id, "recording.listening", "after_notice", f"user:{dental.owner.id}")
    return dental


@pytest.fixture
def running(dental):
    """A call that a scribe takes from a loop."""
    scribe = Scribe()
    call, token = open_call(dental.agent, line="twilio", from_number="+12025550123")
    scribe.redeem(token, "twilio")
    scribe.event(str(call.id), 1, Answered(at_ms=0, started_at=1_780_000_000.0, line="twilio", sample_rate=8000))
    return scribe, Call.objects.get(id=call.id)


def ticket_of(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()["url"].rpartition("ticket=")[2]


def test_it_is_off_until_somebody_allows_it_and_the_page_says_so(signed_in, dental, running, at):
    _, call = running
    page = signed_in.get(at(f"calls/{call.id}/")).content.decode()
    assert "Listening to running calls is not allowed here" in page
    assert 'data-testid="listen"' not in page
    refused = signed_in.post(at(f"calls/{call.id}/listen/"))
    assert (refused.status_code, "not allowed here" in refused.json()["error"]) == (409, True)
    changing.change(dental.workspace.id, "recording.listening", "after_notice", f"user:{dental.owner.id}")
    page = signed_in.get(at(f"calls/{call.id}/")).content.decode()
    assert 'data-testid="listen"' in page
    assert ticket_of(signed_in.post(at(f"calls/{call.id}/listen/")))


def test_a_profile_whose_policy_does_not_speak_of_it_forbids_it(signed_in, allowed, running, at):
    _, call = running
    others = [name for name in profile_names() if name != "default"]
    for name in others:
        changing.change(allowed.workspace.id, "profile", name, f"user:{allowed.owner.id}")
        refused = signed_in.post(at(f"calls/{call.id}/listen/"))
        assert refused.status_code == 409, name
        assert f"the profile “{name}" in refused.json()["error"]
    assert len(others) == 6


def test_where_nothing_is_recorded_nobody_is_told_and_nobody_may_listen(signed_in, allowed, at):
    call = play_call(allowed, said(*HELLO), flow="off", recorded=False, end=False)
    refused = signed_in.post(at(f"calls/{call.id}/listen/"))
    assert (refused.status_code, "nothing of it is recorded" in refused.json()["error"]) == (409, True)


def test_a_ticket_works_once_and_only_as_long_as_its_member_may(signed_in, allowed, running, at):
    scribe, call = running
    token = ticket_of(signed_in.post(at(f"calls/{call.id}/listen/")))
    who = scribe.admit(token, again=False)
    assert who == {"call": str(call.id), "member": str(allowed.owner.id), "speaks": "true"}
    with pytest.raises(TicketRefused, match="unknown"):
        scribe.admit(token, again=False)
    with pytest.raises(TicketRefused, match="unknown"):
        scribe.admit("made-up", again=True)
    member = Membership.objects.filter(user=allowed.owner)
    member.update(role="qa")
    assert scribe.admit(token, again=True)["speaks"] == "", "quality may listen, and neither whisper nor take over"
    member.update(role="viewer")
    with pytest.raises(TicketRefused, match="not_allowed"):
        scribe.admit(token, again=True)
    member.update(role="owner")
    with pytest.raises(TicketRefused, match="unknown"):
        scribe.admit(token, again=True)  # who was sent away comes back only with a new ticket


def test_signing_out_ends_it(allowed, running, at, fast_passwords):
    scribe, call = running
    client = Client()
    client.force_login(allowed.owner)
    token = ticket_of(client.post(at(f"calls/{call.id}/listen/")))
    scribe.admit(token, again=False)
    client.logout()
    with pytest.raises(TicketRefused, match="signed_out"):
        scribe.admit(token, again=True)


def test_callers_are_told_when_it_is_allowed_and_only_then(signed_in, dental, at):
    def order():
        _, token = open_call(dental.agent, line="twilio", from_number="+12025550123")
        return Scribe().redeem(token, "twilio")

    heard = "a colleague may listen in"
    assert not order().listening
    assert heard not in signed_in.get(at(f"agents/{dental.agent.slug}/try/")).content.decode()
    changing.change(dental.workspace.id, "recording.listening", "after_notice", f"user:{dental.owner.id}")
    assert order().listening
    assert heard in signed_in.get(at(f"agents/{dental.agent.slug}/try/")).content.decode()


def test_what_a_member_did_stands_in_the_transcript_the_timeline_and_the_audit_log(signed_in, allowed, running, at):
    scribe, call = running
    who = str(allowed.owner.id)
    events = [
        Consent(at_ms=4000, granted=True, method="announced", wording="This call is recorded, and a colleague may listen in."),
        ListenedIn(at_ms=5000, member=who, on=True),
        Whispered(at_ms=6000, member=who, text="Offer her the Zebulon room.", followed=True),
        TakenOver(at_ms=7000, member=who, on=True),
        TakenOver(at_ms=9000, member=who, on=False),
        ListenedIn(at_ms=9500, member=who, on=False),
        Ended(at_ms=9900, reason="caller_hung_up", duration_ms=9900),
    ]
    for seq, event in enumerate(events, 2):
        scribe.event(str(call.id), seq, event)
    call.refresh_from_db()
    assert [line.text for line in reading.transcript(call) if line.speaker == "colleague"] == [
        "listens in", "takes over from the agent and speaks with the caller", "speaks with the caller no longer", "listens no longer",
    ]  # fmt: skip
    page = signed_in.get(at(f"calls/{call.id}/")).content.decode()
    assert "A colleague whispered to the agent: “Offer her the Zebulon room.”" in page
    noted = AuditEntry.objects.filter(target=f"call:{call.id}", actor=f"user:{who}").order_by("seq")
    assert [(entry.action, entry.detail) for entry in noted] == [
        ("call.listened_in", {"on": True}), ("call.whispered", {}), ("call.taken_over", {"on": True}), ("call.taken_over", {"on": False}),
        ("call.listened_in", {"on": False}),
    ]  # fmt: skip
    assert not call.pieces.exists(), "listening stores no sound"
    with workspace_scope(allowed.workspace.id), pytest.raises(TicketRefused, match="not_live"):
        joining_tickets.issue(call, allowed.workspace, allowed.owner, "session")
