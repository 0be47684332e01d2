"""An import whose process is killed with kill -9 goes on in another, and nobody is added twice or left out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import connection
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import starter_workspace
from ringtrue.leads import jobs
from ringtrue.leads.models import Lead, RejectedRow, Upload
from ringtrue.leads.tests.sheets import csv_of, person, rotten
from ringtrue.leads.tests.test_importing import begun, made_list
from ringtrue.privacy.models import ConsentEvent, Subject

ROWS = 1500
IMPORTS = """
import sys, django
django.setup()
from ringtrue.leads import importing
importing.BATCH = 50
importing.import_upload(*sys.argv[1:])
"""


def next_row(upload: Upload) -> int:
    with workspace_scope(upload.workspace_id):
        upload.refresh_from_db()
        return upload.next_row


def test_an_import_that_is_killed_goes_on_in_another_process(transactional_db: Any) -> None:
    made = starter_workspace("dental", owner_email="killed@dental.example", slug="killed-import")
    rows = [rotten(i // 20)[0] if i % 20 == 7 else person(i) for i in range(ROWS)]
    with workspace_scope(made.workspace.id):
        upload = begun(made_list(made.workspace), csv_of(rows))
    parts = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"]))
    env = {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "ringtrue.core.settings"}
    command = [sys.executable, "-c", IMPORTS, str(upload.id), str(upload.workspace_id)]
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
        while next_row(upload) < 300:
            assert worker.poll() is None
            time.sleep(0.005)
        worker.send_signal(signal.SIGKILL)
    killed_at = next_row(upload)
    assert 300 <= killed_at < ROWS
    with workspace_scope(made.workspace.id):
        assert upload.state == "importing"
        assert Lead.objects.count() == upload.added == killed_at - upload.rejected.count()
        Upload.objects.filter(id=upload.id).update(worked_at=timezone.now() - jobs.LEFT_BEHIND - timedelta(seconds=1))
    jobs.take_up(0)
    assert next_row(upload) == ROWS
    with workspace_scope(made.workspace.id):
        assert (upload.state, upload.added, sum(upload.counts.values())) == ("imported", ROWS * 19 // 20, ROWS // 20)
        assert Lead.objects.values("number_hash").distinct().count() == Lead.objects.count() == upload.added
        assert Subject.objects.filter(kind="lead").count() == ConsentEvent.objects.count() == upload.added
        assert RejectedRow.objects.count() == ROWS // 20
