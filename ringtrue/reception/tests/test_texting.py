"""Text messages at a stand-in of Twilio: the confirmation that a caller wanted, and what people write to our numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.models import AgentVersion
from ringtrue.agents.publishing import current
from ringtrue.calendars import booking
from ringtrue.calendars.models import Booking, Calendar
from ringtrue.calls.models import Call
from ringtrue.calls.recording import CALL
from ringtrue.dialing.models import DialingSettings
from ringtrue.dialing.stopping import stop_calling_number
from ringtrue.dialing.tests.grounds import LEAD, OURS, agree
from ringtrue.media.scribe import Scribe
from ringtrue.notifications.models import Mail
from ringtrue.notifications.queueing import MAIL
from ringtrue.privacy import data_map, deleting_elsewhere
from ringtrue.privacy.models import OptOut, PolicySetting, ProviderDeletion, Subject
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.vault import open_json, seal_json
from ringtrue.reception import texting
from ringtrue.reception.models import TextMessage
from ringtrue.reception.tests.conftest import Ring
from ringtrue.reception.tests.test_detecting_machines import ticket_in
from ringtrue.reception.tests.twilio_rest import TwilioRest


@pytest.fixture
def booked(shop: Any, tells: Any) -> tuple[Scribe, str]:
    """A call that came in, in which an appointment was made; (scribe, id of the call)."""
    with workspace_scope(shop.workspace.id):
        texting.switch(shop.agent, True)
    _, document = tells("CA" + "5" * 32, "voice", Direction="inbound", From=LEAD, To=OURS)
    scribe = Scribe()
    order = scribe.redeem(ticket_in(document), "twilio")
    assert order.offers_text
    with workspace_scope(shop.workspace.id):
        call = Call.objects.select_related("subject").get()
        calendar = Calendar.objects.get()
        start = booking.free_slots(
            calendar, order.agent.hours, order.agent.time_zone, minutes=30, day=None, part="", at=None, now=timezone.now()
        )[0]
        booking.book(
            calendar, order.agent.hours, order.agent.time_zone, service="Check-up and cleaning", minutes=30, start=start,
            subject=call.subject, name="Jo", number=LEAD, call_id=call.id, now=timezone.now(),
        )  # fmt: skip
    return scribe, order.call_id


def messages(shop: Any) -> list[TextMessage]:
    with workspace_scope(shop.workspace.id):
        return list(TextMessage.objects.order_by("created_at"))


def letters(shop: Any) -> list[dict[str, str]]:
    with workspace_scope(shop.workspace.id):
        mails = Mail.objects.order_by("created_at")
        return [open_json(mail.workspace_id, mail.subject_id, MAIL, mail.id, mail.sealed) for mail in mails]


def wanted(booked: tuple[Scribe, str], shop: Any) -> TextMessage:
    scribe, call = booked
    for _ in range(2):  # asked and answered once, whatever comes twice
        assert scribe.use(call, "text_me", {"wanted": "true"}) == {"kept": "true"}
    [row] = messages(shop)
    return row


def test_who_says_yes_gets_their_appointment_once_and_its_way_is_followed(
    shop: Any, rest: TwilioRest, booked: Any, tells: Any
) -> None:
    assert booked[0].use(booked[1], "text_me", {"wanted": ""}) == {"kept": ""}
    assert messages(shop) == []
    row = wanted(booked, shop)
    assert LEAD[2:] not in str(bytes(row.sealed))
    assert texting.send(row.id) == "sent"
    assert texting.send(row.id) == ""
    [sent] = rest.messages.values()
    assert (sent["to"], sent["from"]) == (LEAD, OURS)
    assert "Check-up and cleaning" in sent["body"]
    assert sent["body"].endswith("Reply STOP to get no more messages.")
    for status in ("delivered", "sent", "delivered"):  # in any order, and twice
        assert tells("x", "text-status", MessageSid=sent["sid"], MessageStatus=status, From=OURS, To=LEAD)[0] == 200
    assert messages(shop)[0].state == "delivered"


def test_with_a_model_it_goes_to_the_number_of_the_call_and_to_no_other(shop: Any, booked: Any) -> None:
    """A model may have put any number into the booking."""
    with workspace_scope(shop.workspace.id):
        version = current(shop.agent)
        assert version is not None
        AgentVersion.objects.filter(id=version.id).update(document={**version.document, "brain": "model"})
        made, call = Booking.objects.get(), Call.objects.get()
        who = {**booking.who(made), "number": "+12125550177"}
        Booking.objects.update(sealed=seal_json(made.workspace_id, made.subject_id, booking.BOOKING, made.id, who))
        assert texting.offers(call)
        assert texting.confirm_booking(call)
        assert texting.what_it_says(TextMessage.objects.get())["number"] == LEAD
        Call.objects.update(sealed=seal_json(call.workspace_id, call.subject_id, CALL, call.id, {"to_number": OURS}))
        withheld = Call.objects.get()
        assert (texting.offers(withheld), texting.confirm_booking(withheld)) == (False, False)


@pytest.mark.parametrize("why", ["stopped", "abroad"])
def test_nothing_leaves_for_who_opted_out_or_where_nobody_may_be_reached(
    shop: Any, rest: TwilioRest, booked: Any, why: str
) -> None:
    row = wanted(booked, shop)
    if why == "stopped":
        stop_calling_number(shop.workspace.id, LEAD, "console")
    else:
        with workspace_scope(shop.workspace.id):
            DialingSettings.objects.update(countries=["GB"])
    assert texting.send(row.id) == "refused"
    assert messages(shop)[0].code == ("opted_out" if why == "stopped" else "place_not_allowed")
    assert rest.messages == {}


@pytest.mark.parametrize(
    ("fault", "first", "then", "sent"),
    [
        ("429", "waiting", "sent", 1),
        ("lost", "unknown", "unknown", 1),
        ("500", "unknown", "unknown", 0),
        ("21610", "failed", "failed", 0),
    ],
)
def test_a_message_is_handed_over_once_whatever_the_carrier_does(
    shop: Any, rest: TwilioRest, booked: Any, fault: str, first: str, then: str, sent: int
) -> None:
    row = wanted(booked, shop)
    rest.fails("POST", "Messages", fault)
    assert texting.send(row.id) == first
    texting.take_up(timezone.now() + timedelta(minutes=20))
    assert (messages(shop)[0].state, len(rest.messages)) == (then, sent)
    with workspace_scope(shop.workspace.id):
        assert OptOut.objects.exists() == (fault == "21610")
        assert (messages(shop)[0].code == "opted_out") == (fault == "21610"), "the page knows our word, not a carrier's"


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("", "", True),
        ("notifications.detail", "link_only", False),
        ("storage.mode", "excluding_pii", False),
        ("storage.mode", "metadata_only", False),
    ],
)
def test_the_business_gets_a_mail_that_says_no_more_than_mails_may(
    shop: Any, tells: Any, key: str, value: str, told: bool
) -> None:
    if key:
        with workspace_scope(shop.workspace.id):
            PolicySetting.objects.create(workspace=shop.workspace, key=key, value=value)
    for _ in range(2):
        assert tells("x", "text", MessageSid="SM7", Direction="inbound", From=LEAD, To=OURS, Body="Canary at nine?")[0] == 200
    [letter] = letters(shop)
    assert letter["subject"] == "Riverside Dental: a text message came in"
    assert ("From: " + LEAD in letter["text"], "It says: Canary at nine?" in letter["text"]) == (told, told)
    assert (LEAD[2:] in letter["text"], "Canary" in letter["text"]) == (told, told)
    assert f"/w/{shop.workspace.slug}/calendar/texts/" in letter["text"]


@pytest.mark.promise("P-LEX-6-6")
def test_who_writes_stop_is_on_the_list_for_everything_at_once(shop: Any, ring: Ring, tells: Any) -> None:
    for n, words in enumerate(["STOP", " stop. ", "Unsubscribe", "please stop calling me"]):
        sender = f"+1212555016{n}"
        agree(shop.workspace.id, sender)
        for _ in range(2):
            told = {"MessageSid": f"SM{n}", "Direction": "inbound", "From": sender, "To": OURS, "Body": words}
            status, answer = tells("x", "text", **told)
            assert (status, "<Message>" in answer) == (200, False)
        assert ring(sender)[1].state == "refused", words
    assert [(row.direction, row.state, row.code) for row in messages(shop)] == [("in", "received", "opt_out")] * 4
    assert letters(shop) == [], "the list has it; nobody needs a mail"
    with workspace_scope(shop.workspace.id):
        assert set(OptOut.objects.values_list("source", flat=True)) == {"text"}


def test_what_people_write_is_kept_sealed_shown_exported_and_forgotten(
    shop: Any, rest: TwilioRest, tells: Any, client: Client
) -> None:
    body = "Is the car park open on Sundays?"
    assert tells("x", "text", MessageSid="SM2", Direction="inbound", From=LEAD, To=OURS, Body=body)[0] == 200
    [row] = messages(shop)
    assert (row.code, body.encode() in bytes(row.sealed)) == ("", False)
    client.force_login(shop.owner)
    shown = client.get(f"/w/{shop.workspace.slug}/calendar/texts/").content.decode()
    assert body in shown
    [store] = [one for one in data_map.stores() if one.store == "reception_textmessage"]
    with workspace_scope(shop.workspace.id):
        assert not OptOut.objects.exists()
        subject: Subject = subject_for_number(shop.workspace.id, LEAD)
        assert store.export is not None
        assert [one["text"] for one in store.export(subject)] == [body]
        assert store.erase is not None
        store.erase(subject)
        assert ProviderDeletion.objects.get().kind == "text"
    rest.messages["SM2"] = {"sid": "SM2"}
    assert deleting_elsewhere.carry_out() == 1
    assert (rest.messages, messages(shop)) == ({}, [])
