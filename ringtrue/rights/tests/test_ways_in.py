"""However a request comes, it stands in one list, and its clock runs."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from ringtrue.accounts import keys, limiting
from ringtrue.privacy import ledger, restricting
from ringtrue.rights import by_mail, disclosing, receiving
from ringtrue.rights.models import RequestStep, RightsRequest
from ringtrue.rights.tests.conftest import EMAIL, code_of

pytestmark = pytest.mark.usefixtures("fast_passwords")
MAIL = f"""From: Ada <{EMAIL}>
To: privacy@dental.example
Subject: My data
Content-Type: text/plain; charset=utf-8

Please erase all that you keep about me.
> Do not sell your ticket.
"""


@pytest.fixture(autouse=True)
def no_limits():
    for key in limiting.client().scan_iter("*limit:rights*"):
        limiting.client().delete(key)


@pytest.mark.promise("P-LEX-6-7", "P-CLX-8-6", "P-LDX-9-10")
def test_mail_form_program_and_telephone_lead_into_one_list_with_a_clock(ada, dental, mails, monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(MAIL.encode())))
    assert by_mail.main([dental.workspace.slug]) == 0
    by_letter = RightsRequest.objects.get(channel="email")
    assert by_letter.kind == "deletion"
    assert receiving.read(by_letter)["words"] == "My data\nPlease erase all that you keep about me."
    page = mails[0].body.split("here:\n\n")[1].strip()
    assert Client().post(page[page.index("/privacy/") :], {"code": code_of(mails[1])}).status_code == 302
    by_letter.refresh_from_db()
    assert (by_letter.state, by_letter.subject) == ("open", ada), "the code from the mail shows who it is"

    Client().post(f"/privacy/{dental.workspace.slug}/", {"kind": "access", "email": EMAIL, "place": "DE"})
    _, token = keys.make(dental.workspace, "help desk", ["rights:write"], dental.owner)
    asked = {"kind": "access", "number": "+16095550173", "place": "US-CA"}
    answer = Client().post(
        "/api/v1/rights-requests", asked, content_type="application/json", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 201, answer.content
    assert answer.json()["law"] == "ccpa"
    receiving.receive(dental.workspace.id, "access", channel="phone", number="+16095550173", by=f"user:{dental.owner.id}")

    held = {row.channel: row for row in RightsRequest.objects.all()}
    assert set(held) == {"email", "web", "api", "phone"}
    now = timezone.now()
    assert all(now + timedelta(days=9) < row.due_at <= now + timedelta(days=46) for row in held.values())
    desk = Client()
    desk.force_login(dental.owner)
    listed = desk.get(f"/w/{dental.workspace.slug}/rights/").content.decode()
    assert all(f"/rights/{row.id}/" in listed for row in held.values())


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Please share with me what you hold", "access"),
        ("Do not sell my data", "opt_out_sale"),
        ("I withdraw my consent to marketing", "withdrawal"),
        ("my name is wrong in your list", "correction"),
    ],
)
def test_what_a_mail_asks_for_is_read_from_its_words(words, kind):
    assert by_mail.kind_of(words) == kind


@pytest.mark.parametrize("changed", [("Subject:", "Auto-Submitted: auto-replied\nSubject:"), (f"Ada <{EMAIL}>", "<>")])
def test_an_answering_machine_opens_nothing(dental, mails, changed):
    with pytest.raises(by_mail.NotARequest):
        by_mail.take(dental.workspace, MAIL.replace(*changed).encode())
    assert not RightsRequest.objects.exists()
    assert not mails


@pytest.mark.promise("P-ALX-7.2-3", "P-NEJ-8-4")
def test_do_not_sell_is_taken_by_form_and_by_signal_and_stops_sharing(ada, dental, mails):
    public = f"/privacy/{dental.workspace.slug}/"

    def share():
        return disclosing.ask(
            dental.workspace.id, "affiliate", ada, "Sister Dental", "one booking desk", ["contacts_contact"], dental.owner
        )

    approved = share()
    disclosing.decide(approved, True, dental.owner, "owner")
    plain = Client().post(public, {"kind": "access", "email": EMAIL})
    assert plain.status_code == 302
    assert restricting.allowed(ada, "sale"), "no signal, no choice"
    answer = Client().post(public, {"kind": "access", "email": EMAIL}, headers={"Sec-GPC": "1"}, follow=True)
    assert not restricting.allowed(ada, "sale")
    assert RequestStep.objects.filter(what="opted_out").count() == 1
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "http" not in answer.headers["Content-Security-Policy"], "the page asks nobody else"
    with pytest.raises(disclosing.NotApproved):
        disclosing.hand_out(approved, dental.owner)
    with pytest.raises(disclosing.NotApproved):
        share()
    ledger.record(ada, disclosing.consent_purpose("marketing", "Acme"), True, "web")
    with pytest.raises(disclosing.NotApproved):
        disclosing.ask(dental.workspace.id, "marketing", ada, "Acme", "letters", ["contacts_contact"], dental.owner)

    restricting.lift(ada, "sale", "user:x")
    Client().post(public, {"kind": "opt_out_sale", "email": EMAIL, "place": "US-CA"})
    request = RightsRequest.objects.get(kind="opt_out_sale")
    assert request.state == "open", "no proof of identity is asked for"
    from ringtrue.rights import answering

    answering.answer(request, "user:x")
    with pytest.raises(disclosing.NotApproved):
        share()
