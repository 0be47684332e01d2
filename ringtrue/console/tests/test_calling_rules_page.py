"""Countries, do-not-call lists and answers about reassigned numbers, from the page to the permit."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.core.models import AuditEntry
from ringtrue.dialing.gathering import gather
from ringtrue.dialing.permitting import permit
from ringtrue.dialing.proposal import Allow
from ringtrue.dialing.rules_pack import current_pack
from ringtrue.dialing.tests.grounds import NOON, OURS, make_ground
from ringtrue.privacy import ledger
from ringtrue.privacy.subjects import subject_for_number

LISTED, OTHER = "+12145550142", "+12145550143"  # Dallas


@pytest.fixture
def ground(db, fast_passwords):
    made = make_ground("calling-rules", countries=[])
    with workspace_scope(made.workspace.id):
        for number in (LISTED, OTHER):
            subject = subject_for_number(made.workspace.id, number, kind="lead")
            ledger.record(subject, "marketing.call", True, "web", "I agree to calls.", at=NOON - timedelta(days=30))
    with time_machine.travel(NOON, tick=True):
        client = Client()
        client.force_login(made.owner)
        yield made, client


def refused_by(made, number):
    with workspace_scope(made.workspace.id):
        verdict = permit(gather(made.workspace.id, number=number, purpose="sales", caller_id=OURS, at=NOON), current_pack())
    return set() if isinstance(verdict, Allow) else {reason.rule for reason in verdict.reasons}


def send(client, what, data=b"", **fields):
    file = {"file": SimpleUploadedFile("file.txt", data)} if data else {}
    return client.post(f"/w/calling-rules/settings/calling/{what}/", {**fields, **file}, follow=True)


def test_what_is_set_on_the_page_is_what_the_permit_goes_by(ground):
    made, client = ground
    assert refused_by(made, LISTED) == refused_by(made, OTHER) == {"ALLOW-01", "US-08-TX", "US-09"}
    assert "May be called: United States." in send(client, "countries", countries=["US", "XX"]).text
    assert (
        "2 answers noted"
        in send(client, "answers", b"number,answer,asked\n2145550142,no,2026-11-20\n2145550143,NO,2026-11-20\n").text
    )
    assert refused_by(made, OTHER) == {"US-08-TX"}
    page = send(client, "list", b"214,5550142\n", name="us.tx", published="2026-11-20").text
    assert "Imported: 1 line." in page
    assert "Published 20 November 2026" in page
    assert "Good until 19 February 2027" in page  # 92 days by the pack, in the time of New York
    assert refused_by(made, LISTED) == {"US-08-TX"}
    assert refused_by(made, OTHER) == set()
    noted = AuditEntry.objects.filter(workspace_id=made.workspace.id, action__startswith="dialing.")
    assert [entry.action for entry in noted.order_by("seq")] == [
        "dialing.countries_chosen", "dialing.answers_imported", "dialing.list_imported",
    ]  # fmt: skip
    assert {entry.actor for entry in noted} == {f"user:{made.owner.id}"}


def test_what_is_wrong_with_a_file_is_said_and_nothing_is_lost(ground, monkeypatch):
    made, client = ground
    send(client, "countries", countries=["US"])
    send(client, "answers", b"2145550143,no,2026-11-20\n")
    send(client, "list", b"214,5550142\n", name="us.tx", published="2026-11-19")
    monkeypatch.setattr("ringtrue.console.views.settings_calling.LARGEST", 30)
    given = {"name": "us.tx", "published": "2026-11-20"}
    for what, data, fields, words in (
        ("list", b"214,5550143\nhello\n", given, "line 2 is no number"),
        ("list", b"214,5550199\n" * 3, given, "The file is larger than"),
        ("list", b"", given, "Choose a file"),
        ("list", b"214,5550143\n", {**given, "published": "2026-02-30"}, "on which day"),
        ("list", b"214,5550143\n", {**given, "published": "2026-11-01"}, "newer publication"),
        ("list", b"214,5550143\n", {**given, "name": "us.nowhere"}, "There is no list"),
        ("answers", b"2145550143,yes,2026-11-21\n2145550142,perhaps,2026-11-21\n", {}, "Line 2: the answer must be"),
        ("answers", b"2145550143,yes,21.11.2026\n", {}, "Line 1: write the day"),
        ("answers", b"2145550143;yes;2026-11-21\n2145550143;yes;2026-11-21\n", {}, "Line 2 does not hold"),
        ("answers", b"\xff\xfe", {}, "not a CSV file"),
    ):  # fmt: skip
        answer = send(client, what, data, **fields)
        assert (answer.status_code, words in answer.text) == (422, True), words
    assert refused_by(made, OTHER) == set()
    assert "US-08-TX" in refused_by(made, LISTED)
