"""Whenever the process that stores is killed between the answer and the consent, nothing that was heard or said is on the disk.
200 kills with RINGTRUE_LONG=1."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls import recording
from ringtrue.calls.models import CallEventRow
from ringtrue.media.tests.processes import database_url
from ringtrue.privacy.canaries import number_canary
from ringtrue.privacy.scanning import scan
from ringtrue.privacy.tests.playing import BEFORE_CONSENT, NUMBER, STATED, TEXTS, Sounds
from ringtrue.reception import tickets

KILLS = 200 if os.environ.get("RINGTRUE_LONG") else 4
LATEST_S = 0.4  # after the answer
LOOKED_FOR = [
    *(canary for canary in TEXTS if canary.name in ("sentence", "later sentence")),
    number_canary("number told", STATED),
    Sounds().canary("voice", BEFORE_CONSENT),
]


def kill_scribes(started: Any, kills: int, *arguments: str) -> None:
    pick = random.Random(20261122)
    command = [sys.executable, "-m", "ringtrue.privacy.tests.killed_scribe", *arguments]
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "ringtrue.core.settings"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True) as nest:
        assert nest.stdin is not None
        assert nest.stdout is not None
        assert nest.stdout.readline() == "ready\n"
        for _ in range(kills):
            call = recording.begin_call(started.version, line="simulated", from_number=NUMBER, to_number="+18565550100")
            with workspace_scope(started.workspace.id):
                token = tickets.issue(call)
            nest.stdin.write(f"{call.id} {token}\n")
            nest.stdin.flush()
            pid = int(nest.stdout.readline())
            time.sleep(pick.uniform(0, LATEST_S))
            os.kill(pid, signal.SIGKILL)
        nest.stdin.close()


@pytest.mark.slow
@pytest.mark.promise("P-LDX-6-6")
def test_killed_at_any_instant_before_consent_it_leaves_no_sound_and_no_words(started: Any) -> None:
    since = time.time() - 1
    kill_scribes(started, KILLS)
    with workspace_scope(started.workspace.id):
        assert CallEventRow.objects.filter(kind="answered").count() == KILLS
        assert CallEventRow.objects.filter(kind="heard").count() > KILLS, "that something was heard is stored, and no more"
    assert scan(LOOKED_FOR, since=since).hits == []


def test_with_the_gate_taken_out_the_same_kills_leave_what_the_search_finds(started: Any) -> None:
    kill_scribes(started, 2, "open")
    assert scan(LOOKED_FOR).names() == {"sentence", "number told", "voice"}
