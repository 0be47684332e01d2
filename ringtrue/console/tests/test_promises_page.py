"""What is promised, where it comes from, and what a change would do: before it is made."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ringtrue.accounts.models import Membership, User
from ringtrue.calls.models import Call
from ringtrue.console.tests.showing import play_call, said
from ringtrue.privacy import announcing, changing, installation
from ringtrue.privacy.models import Closure, Hold, PolicyChange
from ringtrue.privacy.policy import effective

CHANGE = "settings/privacy/change/"


@pytest.fixture
def nejix(dental, monkeypatch, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(installation, "declared_region", lambda: "us-east-1")
    changing.change(dental.workspace.id, "profile", "nejix", "user:x")
    return dental


def member(of, role):
    user = User.objects.create_user(f"{role}@dental.example")
    Membership.objects.create(workspace=of.workspace, user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def test_the_page_tells_what_how_long_who_and_from_where(signed_in, nejix, at):
    page = signed_in.get(at("settings/promises/")).content.decode()
    for words in ("What is kept of a call", "How long it is kept", "Who gets it", "12 months", "Stripe, Twilio, Anthropic", "Nejix §4",
                 "where its policy is silent", "privacy@nejix.com", "14 days", "From the law"):  # fmt: skip
        assert words in page, words
    assert "24 months" in page, "no reason, no perpetuity"


def test_two_profiles_stand_side_by_side_with_what_they_keep_how_long_and_who_gets_it(signed_in, nejix, at):
    page = signed_in.get(at("settings/promises/compare/?left=nejix&right=strict")).content.decode()
    kept = re.search(r"<tr data-differs>\s*<th[^>]*>Recordings.*?</tr>", page, re.S)
    assert kept, "marked as different"
    cells = re.findall(r"<td>([^<]*)", kept.group())
    assert cells == ["12 months", "None kept; what is left from before: 30 days"]
    assert "Stripe, Twilio, Anthropic" in page
    assert page.count("(in use)") >= 1
    other = signed_in.get(at("settings/promises/compare/?left=nothing&right=%3Cb%3E")).content.decode()
    assert '<option value="nejix" selected>' in other, "an unknown name is this workspace's own"
    assert not PolicyChange.objects.exists(), "looking changes nothing"


@pytest.mark.promise("P-NEJ-4-4")
def test_keeping_without_end_needs_a_reason_and_is_announced_with_a_warning(signed_in, nejix, at, monkeypatch):
    assert effective(nejix.workspace.id, "retention.call_metadata").value == "P24M"
    sent = {"key": "retention.reason", "value": "Disputes about treatments reach back decades."}
    warned = signed_in.post(at(CHANGE), sent).content.decode()
    assert "protects your callers less" in warned
    signed_in.post(at(CHANGE), {**sent, "sure": "1"})
    change = PolicyChange.objects.get()
    assert effective(nejix.workspace.id, "retention.call_metadata").value == "P24M"
    announcing.apply_due(change.effective_at)
    held = effective(nejix.workspace.id, "retention.call_metadata")
    assert (held.value, held.origin) == ("perpetual", "profile nejix §4")
    from ringtrue.privacy import retention, reviewing

    call = play_call(nejix, said(("caller", "Hello.")), recorded=False)
    retention.expire(timezone.now() + timedelta(days=50 * 365))
    assert Call.objects.filter(id=call.id).exists(), "fifty years later it is there"
    year = timezone.now() + timedelta(days=370)
    assert reviewing.due(nejix.workspace.id, timezone.now()) is None
    assert "Disputes about treatments" in reviewing.due(nejix.workspace.id, year)
    reviewing.confirm(nejix.workspace.id, f"user:{nejix.owner.id}", year)
    assert reviewing.due(nejix.workspace.id, year + timedelta(days=300)) is None


def test_a_preview_of_a_profile_says_what_is_deleted_and_when(signed_in, dental, at, monkeypatch):
    monkeypatch.setattr(installation, "declared_region", lambda: "eu-west-1")
    call = play_call(dental, said(("caller", "Hello.")), recorded=False)
    Call.objects.filter(id=call.id).update(created_at=timezone.now() - timedelta(days=100))
    page = signed_in.post(at(CHANGE), {"key": "profile", "value": "strict"}).content.decode()
    assert "12 months becomes 30 days" in page
    assert "older and will be removed in the night of" in page
    assert "protects your callers less" not in page
    assert Call.objects.filter(id=call.id).exists()
    assert effective(dental.workspace.id, "profile").value == "default"
    signed_in.post(at(CHANGE), {"key": "profile", "value": "strict", "sure": "1"})
    assert effective(dental.workspace.id, "profile").value == "strict"


def test_a_weaker_change_is_the_owners_is_shown_to_everybody_and_can_be_taken_back(signed_in, nejix, at):
    changing.change(nejix.workspace.id, "storage.mode", "excluding_pii", "user:x")
    sent = {"key": "storage.mode", "value": "everything", "sure": "1"}
    dpo = member(nejix, "dpo")
    assert "Only an owner" in dpo.post(at(CHANGE), sent, follow=True).content.decode()
    assert not PolicyChange.objects.exists()
    assert (
        "14 days from now, not before"
        in signed_in.post(at(CHANGE), {k: v for k, v in sent.items() if k != "sure"}).content.decode()
    )
    signed_in.post(at(CHANGE), sent)
    change = PolicyChange.objects.get()
    viewer = member(nejix, "viewer")
    assert "A change of what is promised" in viewer.get(at("calls/")).content.decode()
    assert effective(nejix.workspace.id, "storage.mode").value == "excluding_pii"
    signed_in.post(at(f"settings/promises/{change.id}/withdraw/"))
    assert "A change of what is promised" not in viewer.get(at("calls/")).content.decode()


def test_a_profile_that_this_installation_cannot_keep_says_what_is_missing(signed_in, dental, at):
    page = signed_in.get(at("settings/promises/")).content.decode()
    assert "Callixo promises that data lies in eu-central-1" in page
    answer = signed_in.post(at(CHANGE), {"key": "profile", "value": "callixo", "sure": "1"}, follow=True).content.decode()
    assert "RINGTRUE_REGION" in answer
    assert effective(dental.workspace.id, "profile").value == "default"


def test_the_workspace_is_closed_by_typing_its_name_and_taken_up_again(signed_in, dental, at):
    assert "90 days" in signed_in.get(at("settings/close/")).content.decode()
    assert signed_in.post(at("settings/close/"), {"name": "something"}).status_code == 422
    assert not Closure.objects.exists()
    signed_in.post(at("settings/close/"), {"name": dental.workspace.name})
    assert "This workspace is closed." in signed_in.get(at("calls/")).content.decode()
    signed_in.post(at("settings/close/"), {"do": "take_up"})
    assert "This workspace is closed." not in signed_in.get(at("calls/")).content.decode()
    assert effective(dental.workspace.id, "voice.enabled").value is True


def test_a_hold_is_placed_and_lifted(signed_in, dental, at):
    day = (timezone.now() + timedelta(days=90)).date().isoformat()
    assert signed_in.post(at("settings/holds/"), {"reason": "dispute", "law": "", "review": day}).status_code == 422
    assert signed_in.post(at("settings/holds/"), {"reason": "dispute", "law": "No. 7", "review": ""}).status_code == 422
    signed_in.post(at("settings/holds/"), {"reason": "dispute", "law": "No. 7", "review": day})
    assert "No. 7" in signed_in.get(at("settings/holds/")).content.decode()
    signed_in.post(at(f"settings/holds/{Hold.objects.get().id}/lift/"))
    assert "Nothing is on hold" in signed_in.get(at("settings/holds/")).content.decode()
