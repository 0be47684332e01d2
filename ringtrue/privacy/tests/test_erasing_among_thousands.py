"""Exporting and erasing one person among ten thousand calls of others takes less than a minute each, and leaves nothing of them that
a search through everything finds. The whole count, and the search, with RINGTRUE_LONG=1."""

from __future__ import annotations

import io
import json
import os
import shutil
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.models import Call, CallEventRow
from ringtrue.calls.tests.making import a_call, conversation, with_recording
from ringtrue.privacy import backing_up_keys, erasing
from ringtrue.privacy.canaries import Canary
from ringtrue.privacy.models import Subject
from ringtrue.privacy.scanning import scan
from ringtrue.privacy.tests import playing
from ringtrue.privacy.tests.playing import NUMBER, TEXTS, Play
from ringtrue.privacy.tests.seeding import seed
from ringtrue.rights import archive

LONG = bool(os.environ.get("RINGTRUE_LONG"))
CALLS, PEOPLE, OWN = (10_000, 200, 40) if LONG else (300, 60, 4)
MOST_S = 60


@pytest.mark.slow
@pytest.mark.promise("P-LEX-6-3", "P-LEX-6-1")
def test_one_person_among_thousands_of_calls_is_exported_whole_and_erased_within_a_minute(started: Any, tmp_path: Path) -> None:
    play = Play(started).whole()
    with workspace_scope(started.workspace.id):
        others = seed(a_call(started, number="+18565550199"), CALLS, PEOPLE)
        for _ in range(OWN - 1):
            with_recording(a_call(started, number=NUMBER))
        subject = Subject.objects.get(id=play.call.subject_id)
    backup = backing_up_keys.back_up()
    shutil.copy(backup, tmp_path / backup.name)
    canaries = [*TEXTS, play.sounds.canary("voice", playing.SPOKEN_SENTENCE)]
    if LONG:
        assert looked_for(canaries, tmp_path) == {canary.name for canary in canaries}

    with workspace_scope(started.workspace.id):
        began = time.monotonic()
        packed = zipfile.ZipFile(io.BytesIO(archive.archive_of(subject, business="Riverside Dental")))
        exported_s = time.monotonic() - began
        calls = json.loads(packed.read("data/calls_call.json"))
        assert {call["call"]["id"] for call in calls} == {
            str(pk) for pk in Call.objects.filter(subject=subject).values_list("id", flat=True)
        }
    said = [line["text"] for call in calls for line in call["transcript"]]
    assert sum("my crown fell out" in text for text in said) == OWN - 1
    assert {playing.SENTENCE, playing.LATER} <= set(said)
    assert len([name for name in packed.namelist() if name.startswith("recordings/")]) == OWN

    began = time.monotonic()
    erasure = erasing.erase_subject(subject, "request", "user:test")
    erased_s = time.monotonic() - began
    assert erasing.verify(erasure.certificate)
    with workspace_scope(started.workspace.id):
        assert not Call.objects.filter(subject=subject).exists()
        assert Call.objects.filter(subject_id__in=others).count() == CALLS, "nobody else lost a call"
        assert CallEventRow.objects.count() == (CALLS + 1) * len(conversation())
    print(f"\n{CALLS} calls: exported in {exported_s:.1f} s, erased in {erased_s:.1f} s")
    if LONG:  # a figure of the whole count: the reduced one proves nothing about it
        assert exported_s < MOST_S
        assert erased_s < MOST_S
        assert looked_for(canaries, tmp_path) == set()


def looked_for(canaries: list[Canary], carried: Path) -> set[str]:
    began = time.monotonic()
    report = scan(canaries, extra_backups=list(carried.iterdir()), also=[carried])
    print(
        f"\n{report.bytes / 1e6:.0f} MB and {report.rows} rows searched with {report.keys} keys in {time.monotonic() - began:.0f} s"
    )
    return report.names()
