"""What the desk of the SIP gateway does with what it is told."""

from __future__ import annotations

from typing import Any

import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import starter_workspace
from ringtrue.calls.models import Call
from ringtrue.media.serving_sip import answer_call, note_dial, note_state
from ringtrue.numbers import line_states
from ringtrue.numbers.connecting import connect, credentials_of, give_number
from ringtrue.numbers.models import LineAccount
from ringtrue.reception.answering import open_call
from ringtrue.voice.ending_words import ENDING_WORDS
from ringtrue.voice.lines.sip.desk_talk import DialEnded, Incoming, State, Trunk
from ringtrue.voice.lines.sip.verdicts import WHY

NUMBER, OTHER = "+18565550100", "+18565550101"


def a_trunk(started: Any, host: str, number: str = "", **given: str) -> LineAccount:
    with workspace_scope(started.workspace.id):
        entries = {"name": "PBX", "kind": "ip", "host": host, "allowed": "192.0.2.0/24", **given}
        account = connect(started.workspace.id, "sip", entries, actor="user:1")
        if number:
            give_number(account, number, started.agent.id, actor="user:1")
    return account


def asked(to: str, *accounts: LineAccount) -> Incoming:
    return Incoming(ask=1, trunks=[str(account.id) for account in accounts], from_user="+12025550123", to_user=to, ref="")


def test_a_call_that_may_come_by_several_trunks_is_answered_by_whose_number_it_is(dental: Any) -> None:
    other = starter_workspace("dental", owner_email="owner@other.example", slug="other-desk")
    first, second = a_trunk(dental, "192.0.2.1", NUMBER), a_trunk(other, "192.0.2.2", OTHER)
    for number, owner, account in ((NUMBER, dental, first), (OTHER, other, second)):
        answer = answer_call(asked(number, first, second))
        assert answer.ticket
        assert answer.trunk == str(account.id)
        with workspace_scope(owner.workspace.id):
            assert Call.objects.filter(line="sip").count() == 1
    # A number that two workspaces claim is nobody's, unless the trunk is known.
    with workspace_scope(other.workspace.id):
        give_number(second, NUMBER, other.agent.id, actor="user:1")
    assert answer_call(asked(NUMBER, first, second)).code == "claimed_twice"
    assert answer_call(asked(NUMBER, second)).trunk == str(second.id)
    assert answer_call(asked("+18565550109", first, second)).code == "no_number"


def test_why_a_call_was_not_answered_is_told_apart(dental: Any) -> None:
    for status in (*WHY, 0, 503):
        with workspace_scope(dental.workspace.id):
            call, _ = open_call(dental.agent, line="sip", from_number=NUMBER, to_number=OTHER, direction="outbound")
            Call.objects.filter(id=call.id).update(provider_ref=str(call.id))
        note_dial(DialEnded(ref=str(call.id), answered=False, status=status, cause="" if status else "silent"))
        with workspace_scope(dental.workspace.id):
            kept = Call.objects.get(id=call.id)
        assert (kept.state, kept.end_reason) == ("ended", WHY.get(status, "line_failed"))
        assert ENDING_WORDS[kept.end_reason]
        broken = kept.end_reason in ("line_failed", "no_common_codec", "login_refused", "carrier_refused")
        assert kept.outcome == ("failed" if broken else "not_reached")


def test_the_page_says_how_the_line_is_and_what_to_do(dental: Any, client: Any) -> None:
    account = a_trunk(dental, "sip.example.com", kind="account", user="100", password="secret")
    client.force_login(dental.owner)
    page = f"/w/{dental.workspace.slug}/settings/lines/"
    for code, detail, words in (
        ("registered", "", "Registered"),
        ("registration_failed", "401", "the user name or password is wrong"),
        ("registration_failed", "403", "forbids this login"),
        ("registration_failed", "certificate", "certificate was not accepted"),
        ("registration_failed", "", "no answer"),
        ("registration_failed", "513", "SIP 513"),
        ("port_taken", "5060", "another program uses port 5060"),
        ("waiting", "", "Waits until no call is up"),
    ):
        note_state(State(trunk=str(account.id), code=code, detail=detail))
        shown = client.get(page).content.decode()
        assert words in shown
        assert line_states.told(code, detail).to_do.replace("'", "&#x27;") in shown


def test_encrypted_sound_goes_with_tls(dental: Any) -> None:
    account = a_trunk(dental, "sip.example.com", transport="tls+srtp")
    trunk = Trunk(id="x", **credentials_of(account))
    assert (trunk.transport, trunk.encrypted_media) == ("tls", True)
    assert not Trunk(id="x", **credentials_of(a_trunk(dental, "pbx.example.com", transport="tls"))).encrypted_media
    with pytest.raises(ValueError, match="not an address"):
        a_trunk(dental, "192.0.2.10:5061", transport="tls")
    with pytest.raises(ValueError, match="UDP, TCP or TLS"):
        a_trunk(dental, "sip.example.com", transport="udp+zrtp")
