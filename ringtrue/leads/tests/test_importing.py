"""Whole imports, from the bytes of a file to leads, consents and the report."""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ringtrue.leads import importing, jobs, uploading
from ringtrue.leads.data_map import export_leads
from ringtrue.leads.mapping import Consent, Mapping
from ringtrue.leads.models import Lead, LeadList, RejectedRow, Upload, UploadPiece
from ringtrue.leads.reading import card
from ringtrue.leads.reading_tables import FileRefused
from ringtrue.leads.tests.sheets import HEADINGS, MAPPED, csv_of, person, rotten
from ringtrue.privacy.erasing import erase
from ringtrue.privacy.keystore import KeyDestroyed, store
from ringtrue.privacy.models import ConsentEvent, Subject
from ringtrue.privacy.vault import blind

LONG = bool(os.environ.get("RINGTRUE_LONG"))
ROWS = 100_000 if LONG else 2_500
AGREED = Consent(purpose="marketing.call", wording="You may call me about offers.", given_on="")


def made_list(workspace: Any, name: str = "Autumn fair") -> LeadList:
    return LeadList.objects.create(workspace=workspace, name=name, default_country="US", provenance="Visitors who signed a card")


def begun(lead_list: LeadList, text: str, columns: list[str] | None = None, consent: Consent = AGREED) -> Upload:
    upload = uploading.receive(lead_list, text.encode(), None)
    mapping = Mapping(headings=list(HEADINGS), columns=columns or MAPPED, country="US", consent=consent)
    uploading.begin(upload, mapping)
    return upload


def run(upload: Upload) -> Upload:
    importing.import_upload(upload.id, upload.workspace_id)
    upload.refresh_from_db()
    return upload


@pytest.mark.slow
@pytest.mark.promise("P-CLX-2-3")
def test_a_large_file_with_five_in_a_hundred_rotten_rows_is_imported_with_a_true_report(dental):
    expected: Counter[str] = Counter()
    rows = []
    for i in range(ROWS):
        if i % 20 == 7:
            row, problem = rotten(i // 20)
            expected[problem] += 1
            rows.append(row)
        else:
            rows.append(person(i))
    upload = begun(made_list(dental.workspace), csv_of(rows))
    began, cpu = time.monotonic(), time.process_time()
    run(upload)
    took = time.monotonic() - began
    print(f"{ROWS} rows in {took:.1f} s, of which {time.process_time() - cpu:.1f} s here")
    assert (upload.state, upload.trouble, upload.next_row) == ("imported", "", ROWS)
    assert upload.counts == expected
    assert upload.added == ROWS - expected.total() == Lead.objects.filter(lead_list=upload.lead_list).count()
    assert RejectedRow.objects.filter(upload=upload).count() == expected.total() == ROWS // 20
    assert ConsentEvent.objects.filter(purpose="marketing.call", method="imported").count() == upload.added
    assert not UploadPiece.objects.filter(upload=upload).exists()


def test_an_import_that_is_killed_goes_on_where_it_was(dental, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 10)
    rows = [person(i) for i in range(35)]
    rows[3], rows[30] = rotten(0)[0], person(1)
    upload = begun(made_list(dental.workspace), csv_of(rows))
    whole, calls = importing._keep_rejected, []

    def killed(*given: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt  # the rows of this batch are written, but not committed
        whole(*given)

    monkeypatch.setattr(importing, "_keep_rejected", killed)
    with pytest.raises(KeyboardInterrupt):
        importing.import_upload(upload.id, upload.workspace_id)
    upload.refresh_from_db()
    assert (upload.state, upload.next_row, Lead.objects.count()) == ("importing", 20, 19)

    jobs.take_up(0)  # what is too young is left to its worker
    upload.refresh_from_db()
    assert upload.next_row == 20
    Upload.objects.filter(id=upload.id).update(worked_at=timezone.now() - jobs.LEFT_BEHIND - timedelta(seconds=1))
    jobs.take_up(0)
    upload.refresh_from_db()
    assert (upload.state, upload.next_row, upload.added) == ("imported", 35, 33)
    assert upload.counts == {"no_number": 1, "twice": 1}
    assert Lead.objects.count() == 33
    assert ConsentEvent.objects.filter(method="imported").count() == 33
    importing.import_upload(upload.id, upload.workspace_id)  # a job that comes late changes nothing
    assert Lead.objects.count() == 33


def test_who_is_on_the_list_is_not_added_twice_and_other_lists_do_not_matter(dental):
    first, second = made_list(dental.workspace), made_list(dental.workspace, "Spring fair")
    assert run(begun(first, csv_of([person(0), person(1)]))).added == 2
    again = run(begun(first, csv_of([person(1), person(2)])))
    assert (again.added, again.counts) == (1, {"there": 1})
    assert run(begun(second, csv_of([person(1)]))).added == 1
    number_hash = blind(dental.workspace.id, "number", "+17132000000")
    assert Subject.objects.filter(handle_hash=number_hash).count() == 1
    assert Lead.objects.filter(number_hash=number_hash).count() == 2


def test_rows_beyond_the_limit_are_told(dental, monkeypatch):
    monkeypatch.setattr(importing, "MOST_ROWS", 3)
    upload = run(begun(made_list(dental.workspace), csv_of(person(i) for i in range(3))))
    assert (upload.added, upload.trouble) == (3, "")
    upload = run(begun(upload.lead_list, csv_of(person(i) for i in range(10, 15))))
    assert (upload.added, upload.trouble) == (3, importing.TOO_MANY)


def test_a_file_that_breaks_off_keeps_what_was_read_and_says_so(dental):
    text = csv_of([person(0)]) + '"open,' + "x" * 200_000
    upload = run(begun(made_list(dental.workspace), text))
    assert upload.state == "stopped"
    assert "never closed" in upload.trouble


def test_a_file_and_its_rejected_rows_are_sealed_and_forgotten(dental):
    upload = begun(made_list(dental.workspace), csv_of([person(0), rotten(1)[0]]))
    piece = UploadPiece.objects.get(upload=upload)
    assert b"Person Nr" not in bytes(piece.sealed)
    run(upload)
    assert not UploadPiece.objects.filter(upload=upload).exists()
    row = RejectedRow.objects.get(upload=upload)
    assert b"Person Nr" not in bytes(row.sealed)
    uploading.forget_old(timezone.now() + uploading.REPORTED - timedelta(minutes=1))
    assert RejectedRow.objects.filter(upload=upload).exists()
    uploading.forget_old(timezone.now() + uploading.REPORTED + timedelta(minutes=1))
    assert not RejectedRow.objects.filter(upload=upload).exists()
    with pytest.raises(KeyDestroyed):
        store().get(upload.workspace_id, upload.id)

    waiting = uploading.receive(upload.lead_list, csv_of([person(5)]).encode(), None)
    uploading.forget_old(timezone.now() + uploading.WAITS + timedelta(minutes=1))
    waiting.refresh_from_db()
    assert waiting.state == "gone"
    with pytest.raises(FileRefused, match="not kept any more"):
        uploading.content(waiting)


def test_erasing_a_person_removes_them_from_all_lists_and_waiting_files(dental):
    upload = run(begun(made_list(dental.workspace), csv_of([person(0), person(1), person(0)])))
    run(begun(made_list(dental.workspace, "Spring fair"), csv_of([person(0)])))
    waiting = uploading.receive(upload.lead_list, csv_of([person(0)]).encode(), None)
    lead = Lead.objects.filter(lead_list=upload.lead_list, country="US", state="NY").get()
    assert [row["list"] for row in export_leads(lead.subject)] == ["Autumn fair", "Spring fair"]
    assert RejectedRow.objects.get().subject_id == lead.subject_id
    erase(lead.subject, reason="request", requested_by="user:test")
    assert [card(lead).name for lead in Lead.objects.all()] == ["Person Nr1"]
    assert not RejectedRow.objects.exists()
    waiting.refresh_from_db()
    assert waiting.state == "gone"
