"""Whole imports, from the bytes of a file to leads, consents and the report."""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import Any

import pytest

from ringtrue.leads import importing, uploading
from ringtrue.leads.mapping import Consent, Mapping
from ringtrue.leads.models import Lead, LeadList, RejectedRow, Upload, UploadPiece
from ringtrue.leads.tests.sheets import HEADINGS, MAPPED, csv_of, person, rotten
from ringtrue.privacy.models import ConsentEvent

LONG = bool(os.environ.get("RINGTRUE_LONG"))
ROWS = 100_000 if LONG else 4_000
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
