"""What carriers tell us, over Django's own request path: signatures first, everything once, in any order."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from twilio.request_validator import RequestValidator

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call
from ringtrue.numbers.connecting import connect, give_number
from ringtrue.privacy.models import PolicySetting, Subject
from ringtrue.reception.models import LineWebhook, Ticket
from ringtrue.reception.tickets import redeem

SID, TOKEN = "AC" + "a" * 32, "0123456789abcdef" * 2
OTHER_TOKEN = "fedcba9876543210" * 2
OURS, CALLER = "+18565550100", "+12025550123"


@pytest.fixture
def number(dental: Any) -> Any:
    account = connect(dental.workspace.id, "twilio", {"account_sid": SID, "auth_token": TOKEN}, actor="user:1")
    return give_number(account, OURS, dental.agent.id, actor="user:1")


def form(**changes: str) -> dict[str, str]:
    return {
        "CallSid": "CA" + "1" * 32,
        "AccountSid": SID,
        "From": CALLER,
        "To": OURS,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
        **changes,
    }


def post(client: Any, what: str, fields: dict[str, str], *, token: str = TOKEN, signature: str | None = None) -> Any:
    url = f"{settings.PUBLIC_URL}/hooks/twilio/{what}"
    made = RequestValidator(token).compute_signature(url, fields) if signature is None else signature
    headers = {"X-Twilio-Signature": made} if made else {}
    return client.post(
        f"/hooks/twilio/{what}", urlencode(fields), content_type="application/x-www-form-urlencoded", headers=headers
    )


def ticket_in(answer: Any) -> str:
    found = re.search(r'<Parameter name="ticket" value="([^"]+)"', answer.content.decode())
    assert found, answer.content
    return found[1]


def nothing_stored() -> bool:
    return not (Call.objects.exists() or Ticket.objects.exists() or Subject.objects.exists() or LineWebhook.objects.exists())


def test_a_signed_webhook_opens_a_call_and_connects_it(client: Any, number: Any, dental: Any) -> None:
    answer = post(client, "voice", form())
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/xml")
    text = answer.content.decode()
    assert f'<Stream url="{settings.MEDIA_SOCKET_URL}/twilio">' in text
    assert "ticket=" not in text  # never in an address
    call = Call.objects.get()
    assert (call.line, call.provider_ref, call.agent_version_id) == ("twilio", "CA" + "1" * 32, dental.version.id)
    assert redeem(ticket_in(answer), "twilio")[1] == call.id


@pytest.mark.parametrize("signature", ["", "bm90IGEgc2lnbmF0dXJl"])
def test_unsigned_or_badly_signed_is_refused_and_stores_nothing(client: Any, number: Any, signature: str) -> None:
    assert post(client, "voice", form(), signature=signature).status_code == 403
    assert post(client, "status", form(CallStatus="completed"), signature=signature).status_code == 403
    assert nothing_stored()


def test_a_changed_field_is_refused(client: Any, number: Any) -> None:
    url = f"{settings.PUBLIC_URL}/hooks/twilio/voice"
    made = RequestValidator(TOKEN).compute_signature(url, form())
    assert post(client, "voice", form(From="+12025550999"), signature=made).status_code == 403
    assert nothing_stored()


def test_an_account_that_nobody_connected_is_refused(client: Any, number: Any) -> None:
    assert post(client, "voice", form(AccountSid="AC" + "b" * 32)).status_code == 403


def test_a_workspace_that_claims_the_account_without_its_key_gets_nothing(client: Any, number: Any, other_workspace: Any) -> None:
    """isolation: the account's reference is no secret; only its key is believed."""
    with workspace_scope(other_workspace.workspace.id):
        claimed = connect(other_workspace.workspace.id, "twilio", {"account_sid": SID, "auth_token": OTHER_TOKEN}, actor="user:2")
        give_number(claimed, OURS, other_workspace.agent.id, actor="user:2")
    assert post(client, "voice", form()).status_code == 200
    with workspace_scope(other_workspace.workspace.id):
        assert not Call.objects.exists()
    assert Call.objects.count() == 1
    # Signed with their own key, it is their number that is called, never ours.
    assert post(client, "voice", form(CallSid="CA" + "2" * 32), token=OTHER_TOKEN).status_code == 200
    assert Call.objects.count() == 1


def test_an_unknown_number_is_answered_politely(client: Any, number: Any) -> None:
    answer = post(client, "voice", form(To="+18565550999"))
    assert answer.status_code == 200
    assert b"<Say>" in answer.content
    assert b"<Hangup/>" in answer.content
    assert nothing_stored()


@pytest.mark.promise("P-LDX-2.1-5")
def test_with_voice_switched_off_nothing_of_a_call_is_stored(client: Any, number: Any, dental: Any) -> None:
    PolicySetting.objects.create(workspace_id=dental.workspace.id, key="voice.enabled", value=False)
    answer = post(client, "voice", form())
    assert b"<Connect" not in answer.content
    assert b"<Hangup/>" in answer.content
    assert nothing_stored()


def test_the_same_webhook_twice_is_one_call_and_only_the_newer_ticket_works(client: Any, number: Any) -> None:
    first, second = post(client, "voice", form()), post(client, "voice", form())
    call = Call.objects.get()
    from ringtrue.reception.tickets import TicketRefused

    with pytest.raises(TicketRefused, match="unknown"):
        redeem(ticket_in(first), "twilio")
    assert redeem(ticket_in(second), "twilio")[1] == call.id
    assert b"<Connect" not in post(client, "voice", form()).content  # it is being served


def test_status_callbacks_twice_and_out_of_order(client: Any, number: Any) -> None:
    post(client, "voice", form())
    for status, number_in_row in (("completed", "2"), ("ringing", "0"), ("completed", "2"), ("in-progress", "1")):
        answer = post(client, "status", form(CallStatus=status, SequenceNumber=number_in_row))
        assert answer.status_code == 200
    call = Call.objects.get()
    assert (call.state, call.end_reason) == ("ended", "caller_hung_up")
    assert call.events.filter(kind="ended").count() == 1
    assert LineWebhook.objects.filter(event_key__startswith="twilio:status").count() == 3


def test_a_call_that_ended_before_it_was_announced_is_not_opened(client: Any, number: Any) -> None:
    post(client, "status", form(CallStatus="completed", SequenceNumber="3"))
    answer = post(client, "voice", form())
    assert b"<Connect" not in answer.content
    assert not Call.objects.exists()


def test_a_finished_status_leaves_a_call_that_is_served_alone(client: Any, number: Any) -> None:
    redeem(ticket_in(post(client, "voice", form())), "twilio")
    post(client, "status", form(CallStatus="completed", SequenceNumber="2"))
    assert Call.objects.get().state == "ringing"  # the media process ends it, with what was said


def test_a_caller_whom_nobody_could_serve_hears_it_said(client: Any, number: Any) -> None:
    post(client, "voice", form())
    answer = post(client, "after", form(CallStatus="in-progress"))
    assert b"<Say>" in answer.content
    call = Call.objects.get()
    assert (call.state, call.outcome) == ("ended", "failed")
    assert b"<Say>" not in post(client, "after", form(CallStatus="in-progress")).content


def test_a_withheld_number_makes_a_new_subject_each_time(client: Any, number: Any) -> None:
    for digit in "12":
        post(client, "voice", form(From="anonymous", CallSid="CA" + digit * 32))
    assert Subject.objects.count() == 2


def test_the_same_caller_is_the_same_subject(client: Any, number: Any) -> None:
    for digit in "12":
        post(client, "voice", form(CallSid="CA" + digit * 32))
    assert Subject.objects.count() == 1


@pytest.mark.parametrize("path", ["/hooks/nosuch/voice", "/hooks/twilio/nosuch"])
def test_other_addresses_are_not_there(client: Any, number: Any, path: str) -> None:
    url = f"{settings.PUBLIC_URL}{path}"
    made = RequestValidator(TOKEN).compute_signature(url, form())
    answer = client.post(
        path, urlencode(form()), content_type="application/x-www-form-urlencoded", headers={"X-Twilio-Signature": made}
    )
    assert answer.status_code == 404
    assert client.get("/hooks/twilio/voice").status_code == 405


def test_an_oversized_or_strange_body_is_refused(client: Any, number: Any) -> None:
    for body in (b"\xff\xfe=1", b"x=" + b"y" * 70_000, b"&".join(b"a%d=1" % n for n in range(500))):
        answer = client.post("/hooks/twilio/voice", body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 403
