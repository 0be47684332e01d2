"""Leads in the console: from a list to a file to its report to one person's page."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ringtrue.dialing.gathering import gather
from ringtrue.leads import importing
from ringtrue.leads.models import Lead, LeadList, Segment, Upload
from ringtrue.leads.reading import card
from ringtrue.leads.tests.sheets import MAPPED, csv_of, person

pytestmark = pytest.mark.usefixtures("fast_passwords")


@pytest.fixture
def signed_in(dental: Any) -> Client:
    client = Client()
    client.force_login(dental.owner)
    return client


def begin_at(dental: Any) -> str:
    return f"/w/{dental.workspace.slug}/leads/"


def new_list(client: Client, root: str) -> LeadList:
    said = {"name": "Autumn fair", "country": "US", "provenance": "Visitors who signed a card"}
    answer = client.post(f"{root}new/", said)
    assert answer.status_code == 302, answer.content
    return LeadList.objects.get(name="Autumn fair")


def upload(client: Client, root: str, made: LeadList, text: str, **said: str) -> Upload:
    file = SimpleUploadedFile("leads.csv", text.encode())
    answer = client.post(f"{root}lists/{made.id}/upload/", {"file": file}, follow=True)
    assert b"What are these columns?" in answer.content
    address = answer.redirect_chain[-1][0]
    columns = {f"column-{i}": kind for i, kind in enumerate(MAPPED)}
    unsaid = client.post(address, columns)
    assert (unsaid.status_code, b"Choose what they agreed to" in unsaid.content) == (422, True), (
        "or nobody of them could be called"
    )
    answer = client.post(address, {**columns, "purpose": "marketing.call", "wording": "You may call me.", **said})
    assert answer.status_code == 302, answer.content
    found = Upload.objects.latest("created_at")
    importing.import_upload(found.id, found.workspace_id)  # as the job does
    found.refresh_from_db()
    return found


def test_a_file_is_uploaded_corrected_and_uploaded_again(signed_in, dental):
    root = begin_at(dental)
    made = new_list(signed_in, root)
    wrong = person(1)
    wrong[1] = "=HYPERLINK(1)"
    first = upload(signed_in, root, made, csv_of([person(0), wrong, person(0)]))
    assert (first.added, first.counts) == (1, {"number": 1, "twice": 1})
    page = signed_in.get(f"{root}uploads/{first.id}/").content.decode()
    assert "This is not a telephone number" in page
    assert "further up in the file" in page

    fetched = signed_in.get(f"{root}uploads/{first.id}/rejected/?purpose=follow_up").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(fetched)))
    assert rows[0][-1] == "What is wrong"
    assert rows[1][1] == "'=HYPERLINK(1)", "no spreadsheet may run it"
    rows[1][1] = person(1)[1]
    again = upload(signed_in, root, made, csv_of(rows[1:2], headings=rows[0]))
    assert (again.added, again.counts) == (1, {})
    assert made.leads.count() == 2
    held = card(made.leads.get(number_hash=importing.blinder(made.workspace_id, "number")("+17132000000")))
    assert (held.name, held.state, held.fields, held.proof) == ("Person Nr1", "TX", {"plan": "gold"}, "form 1")
    proposed = gather(dental.workspace.id, number="+17132000000", purpose="marketing")
    assert [(said.purpose, said.written) for said in proposed.consents or ()] == [("marketing.call", True)]


def test_a_person_is_typed_in_found_and_kept_from_being_called(signed_in, dental):
    root = begin_at(dental)
    made = new_list(signed_in, root)
    typed = {"number": "713 200 0042", "name": "Zoë Quill", "state": "Texas", "fields": "plan: gold\nlast visit: May"}
    answer = signed_in.post(f"{root}lists/{made.id}/add/", typed, follow=True)
    lead = Lead.objects.get()
    assert card(lead).fields == {"plan": "gold", "last_visit": "May"}
    assert "Added to the list Autumn fair" in answer.content.decode()
    twice = signed_in.post(f"{root}lists/{made.id}/add/", typed)
    assert twice.status_code == 422
    assert "already on the list" in twice.content.decode()

    def names(**said: str) -> bool:
        return "Zoë Quill" in signed_in.post(f"{root}all/", said).content.decode()

    assert names(text="zoe")
    assert names(text="0042")
    assert names(field="plan", value="Gold", state="TX", stopped="no", called="no")
    assert not names(field="plan", value="silver")
    assert not names(text="zo")
    signed_in.post(f"{root}segments/save/", {"segment": "Texan gold", "field": "plan", "value": "gold", "state": "tx"})
    shown = signed_in.get(f"{root}segments/{Segment.objects.get().id}/").content.decode()
    assert "Zoë Quill" in shown

    signed_in.post(f"{root}{lead.id}/stop/")
    assert gather(dental.workspace.id, number="+17132000042", purpose="marketing").on_own_list
    assert "Not to be called since" in signed_in.get(f"{root}{lead.id}/").content.decode()
    assert not names(stopped="no")

    signed_in.post(f"{root}{lead.id}/", {"name": "Zoë Feather", "state": "Atlantis"})
    assert card(Lead.objects.get()).name == "Zoë Quill", "nothing is changed by half"
    signed_in.post(f"{root}{lead.id}/", {"name": "Zoë Feather"})
    assert "Zoë Feather" in signed_in.post(f"{root}all/", {"text": "feather"}).content.decode()
    signed_in.post(f"{root}{lead.id}/erase/")
    assert not Lead.objects.exists()
