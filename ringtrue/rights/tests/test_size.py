"""Erasing and exporting one person among ten thousand calls of others takes less than a minute. Whole with RINGTRUE_LONG=1."""

import io
import json
import os
import time
import zipfile

import pytest

from ringtrue.calls.models import Call, CallEventRow
from ringtrue.calls.tests.making import a_call, conversation, with_recording
from ringtrue.privacy import backing_up_keys, erasing
from ringtrue.privacy.models import Subject
from ringtrue.rights import archive
from ringtrue.rights.tests.seeding import seed

LONG = bool(os.environ.get("RINGTRUE_LONG"))
CALLS, PEOPLE, OWN = (10_000, 2_000, 40) if LONG else (300, 60, 4)
MOST_S = 60


@pytest.mark.slow
@pytest.mark.promise("P-LEX-6-3", "P-LEX-6-1")
def test_one_person_among_thousands_of_calls_is_exported_whole_and_erased_within_a_minute(dental):
    others = seed(a_call(dental, number="+18565550199"), CALLS, PEOPLE)
    for _ in range(OWN):
        mine = with_recording(a_call(dental))
    backing_up_keys.back_up()
    subject = Subject.objects.get(id=mine.subject_id)

    began = time.monotonic()
    packed = zipfile.ZipFile(io.BytesIO(archive.archive_of(subject, business="Riverside Dental")))
    exported_s = time.monotonic() - began
    calls = json.loads(packed.read("data/calls_call.json"))
    assert {call["call"]["id"] for call in calls} == {
        str(pk) for pk in Call.objects.filter(subject=subject).values_list("id", flat=True)
    }
    said = [line["text"] for call in calls for line in call["transcript"]]
    assert sum("my crown fell out" in text for text in said) == OWN
    assert len([name for name in packed.namelist() if name.startswith("recordings/")]) == OWN

    began = time.monotonic()
    erasure = erasing.erase_subject(subject, "request", "user:test")
    erased_s = time.monotonic() - began
    assert erasing.verify(erasure.certificate)
    assert not Call.objects.filter(subject=subject).exists()
    assert Call.objects.filter(subject_id__in=others).count() == CALLS, "nobody else lost a call"
    assert CallEventRow.objects.count() == (CALLS + 1) * len(conversation())
    print(f"\n{CALLS} calls: exported in {exported_s:.1f} s, erased in {erased_s:.1f} s")
    if LONG:  # a figure of the whole count: the reduced one proves nothing about it
        assert exported_s < MOST_S
        assert erased_s < MOST_S
