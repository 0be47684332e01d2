"""What people type, click and paste by mistake is said in words, and changes nothing."""

from __future__ import annotations

import pytest

from ringtrue.campaigns.models import Target
from ringtrue.concierge.keeping import plan_of, write_down
from ringtrue.concierge.planning import Plan
from ringtrue.console.tests.planting_parts import plant_campaign
from ringtrue.console.tests.showing import show
from ringtrue.contacts import gathering
from ringtrue.contacts.models import Contact
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.privacy.models import Hold
from ringtrue.privacy.register_models import PolicyVersion


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-31", "soon"])
def test_a_day_that_no_calendar_has_breaks_no_page(signed_in, at, day):
    for path in (f"calendar/?day={day}", f"calls/?since={day}&until={day}"):
        assert signed_in.get(at(path)).status_code == 200
    for path, form in (
        ("settings/holds/", {"reason": "dispute", "law": "No. 7", "review": day}),
        ("settings/policies/", {"kind": "privacy", "day": day}),
        ("settings/subprocessors/", {"name": "Company", "agreed_on": day}),
    ):
        assert signed_in.post(at(path), form).status_code == 422, path
    assert not Hold.objects.exists()
    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize("time", ["2020-01-01T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "soon"])
def test_nobody_is_called_back_at_a_time_that_is_over(signed_in, dental, at, time):
    call = show(dental).message
    campaign = plant_campaign(dental.workspace, call.subject, dental.agent, call.id, "Check-ups")
    target = Target.objects.get(campaign=campaign)
    answer = signed_in.post(at(f"campaigns/{campaign.id}/leads/{target.id}/call-back/"), {"at": time}, follow=True)
    assert answer.status_code == 200
    assert "Choose" in answer.content.decode()
    assert Target.objects.get(campaign=campaign).callback is False


def test_what_is_no_address_of_mail_is_not_kept_for_a_contact(signed_in, dental, at):
    contact = Contact.objects.get(subject=show(dental).message.subject)
    answer = signed_in.post(at(f"contacts/{contact.id}/"), {"name": "Maria", "number": "", "email": "maria@", "note": ""})
    assert answer.status_code == 422
    assert "This does not look like an e-mail address." in answer.content.decode()
    assert gathering.read(contact).get("email", "") == ""


def test_a_number_is_removed_only_after_a_second_question(signed_in, dental, at):
    account = LineAccount.objects.create(workspace=dental.workspace, line="sip", account_ref="office", name="Office")
    number = PhoneNumber.objects.create(workspace=dental.workspace, line_account=account, number="+12125550142")
    page = signed_in.get(at("settings/lines/")).content.decode()
    asked = page[page.index(f'<dialog class="sheet-dialog" id="take{number.id}"') :]
    assert f'data-opens="take{number.id}"' in page
    assert page.count(f"settings/numbers/{number.id}/remove/") == 1
    assert f"settings/numbers/{number.id}/remove/" in asked[: asked.index("</dialog>")]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"most": "lots"}, "Write an amount, such as 160"),
        ({"latest": "2020-02-01"}, "This day is over."),
        ({"earliest": "2199-02-01", "latest": "2199-01-01"}, "This is before the first day."),
        ({"number": "the office"}, "This is not a telephone number."),
        ({"whom": "Harbor Plumbing\n(212) 555-0143\nBob 555 01432"}, "This is not a telephone number: Bob 555 01432"),
    ],
)
def test_an_errand_is_not_started_with_what_was_not_understood(signed_in, dental, at, typed, words):
    errand = write_down(dental.agent, Plan(task="Drains", wish="a drain cleaning", on_behalf_of="Sam", most=90.0), dental.owner)
    form = {"wish": "a drain cleaning", "name": "Sam", "whom": "Harbor +1 212 555 0143", "most": "$90", "do": "start"} | typed
    answer = signed_in.post(at(f"errands/{errand.id}/plan/"), form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert all(value.splitlines()[-1] in page for value in typed.values()), "what was typed is still there"
    errand.refresh_from_db()
    assert (errand.state, plan_of(errand).most) == ("draft", 90.0), "a limit is never lifted by a slip"
