"""People are corrected and erased, privacy is changed only after saying what it means, secrets are shown once."""

from __future__ import annotations

import pytest

from ringtrue.calls.models import Call
from ringtrue.console.tests.showing import HELLO, play_call, said, show
from ringtrue.contacts import gathering
from ringtrue.contacts.models import Contact
from ringtrue.notifications.models import WebhookEndpoint
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.privacy.models import Erasure
from ringtrue.privacy.policy import effective
from ringtrue.voice.lines.about import Verdict


@pytest.fixture
def maria(dental):
    return Contact.objects.get(subject=show(dental).message.subject)


def test_what_a_person_types_is_kept_and_found(signed_in, maria, at):
    fields = {"name": "Maria Alvarez-Ruiz", "number": "+1 856 555 0142", "email": "", "note": "prefers mornings"}
    assert signed_in.post(at(f"contacts/{maria.id}/"), fields).status_code == 302
    maria.refresh_from_db()
    held = gathering.read(maria)
    assert (held["name"], held["number"]) == ("Maria Alvarez-Ruiz", "+18565550142")
    assert str(maria.id) in signed_in.post(at("contacts/"), {"q": "ruiz"}).content.decode()


def test_a_number_that_is_none_is_said_so_and_nothing_is_lost(signed_in, maria, at):
    answer = signed_in.post(at(f"contacts/{maria.id}/"), {"name": "M", "number": "soon", "email": "", "note": "typed"})
    assert answer.status_code == 422
    assert "does not look like a telephone number" in answer.content.decode()
    assert "typed" in answer.content.decode()


def test_an_erased_person_is_gone_and_a_certificate_says_so(signed_in, maria, at):
    calls = set(Call.objects.filter(subject=maria.subject).values_list("id", flat=True))
    answer = signed_in.post(at(f"contacts/{maria.id}/erase/"), follow=True)
    page = answer.content.decode()
    assert "Signed, and the signature is right" in page
    assert "Maria" not in page
    assert signed_in.get(at(f"contacts/{maria.id}/")).status_code == 404
    erasure = Erasure.objects.get()
    assert signed_in.get(at(f"contacts/erased/{erasure.id}/?form=json")).json()["keys_destroyed"] == 1
    for call in calls:
        assert b"crown" not in signed_in.get(at(f"calls/{call}/")).content


def test_a_person_on_the_line_is_not_erased(signed_in, dental, maria, at):
    play_call(dental, said(*HELLO), number="+18565550142", end=False)
    signed_in.post(at(f"contacts/{maria.id}/erase/"))
    assert Contact.objects.filter(id=maria.id).exists()


def test_privacy_says_what_a_change_means_before_it_is_made(signed_in, dental, at):
    page = signed_in.get(at("settings/privacy/")).content.decode()
    assert "With this the agent takes no messages and no bookings." in page
    asked = signed_in.post(at("settings/privacy/change/"), {"key": "storage.mode", "value": "metadata_only"}).content.decode()
    assert "takes no messages and no bookings" in asked
    assert effective(dental.workspace.id, "storage.mode").value == "everything"
    signed_in.post(at("settings/privacy/change/"), {"key": "storage.mode", "value": "metadata_only", "sure": "1"})
    assert effective(dental.workspace.id, "storage.mode").value == "metadata_only"
    assert "keeps only that a call happened" in signed_in.get(at(f"agents/{dental.agent.slug}/edit/handling/")).content.decode()
    assert "so the agent takes no messages" in signed_in.get(at()).content.decode()


@pytest.mark.parametrize(("key", "value"), [("voice.enabled", "no"), ("storage.mode", "nothing"), ("nonsense", "x")])
def test_only_what_the_page_offers_can_be_changed(signed_in, dental, at, key, value):
    answer = signed_in.post(at("settings/privacy/change/"), {"key": key, "value": value, "sure": "1"})
    assert answer.status_code == 302
    assert effective(dental.workspace.id, "storage.mode").value == "everything"
    assert effective(dental.workspace.id, "voice.enabled").value is True


def test_a_webhook_secret_is_shown_once(signed_in, dental, at):
    answer = signed_in.post(at("settings/webhooks/add/"), {"url": "https://example.com/hook", "events": ["call.ended"]})
    assert "whsec_" in answer.content.decode()
    assert "whsec_" not in signed_in.get(at("settings/webhooks/")).content.decode()
    assert WebhookEndpoint.objects.get().events == ["call.ended"]


def test_a_webhook_inside_the_network_is_refused_in_words(signed_in, dental, at):
    answer = signed_in.post(at("settings/webhooks/add/"), {"url": "https://localhost/hook"})
    assert answer.status_code == 422
    assert "https://localhost/hook" in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_a_number_is_given_to_an_agent_and_credentials_never_come_back(signed_in, dental, at, monkeypatch):
    token = "0123456789abcdef0123456789abcdef"
    monkeypatch.setattr("ringtrue.voice.lines.twilio.checking.check", lambda account, held: Verdict("good", "Accepted."))
    wrong = signed_in.post(at("settings/lines/connect/twilio/"), {"account_sid": "AC12", "auth_token": token})
    assert wrong.status_code == 422
    assert token not in wrong.content.decode()
    signed_in.post(at("settings/lines/connect/twilio/"), {"account_sid": "AC" + "a1" * 16, "auth_token": token})
    account = LineAccount.objects.get()
    signed_in.post(at("settings/numbers/"), {"account": str(account.id), "number": "(856) 555-0100", "agent": dental.agent.slug})
    assert PhoneNumber.objects.get().agent_id == dental.agent.id
    page = signed_in.get(at("settings/lines/")).content.decode()
    assert "+1 856-555-0100" in page
    assert token not in page


def test_the_start_page_leads_home_or_to_the_sign_in(client, signed_in, dental, at):
    assert client.get("/").url == "/accounts/login/"
    assert signed_in.get("/").url == at()
    assert client.get("/health").json() == {"status": "ok"}


def test_trouble_is_told_in_plain_words(signed_in, at):
    answer = signed_in.get(at("calls/00000000-0000-0000-0000-000000000000/"))
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()
