"""Background work on dials. Arguments are ids only: jobs are kept in a table that is not sealed."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ringtrue.accounts.scoping import system_scope
from ringtrue.dialing.models import Attempt
from ringtrue.dialing.placing import LOST_AFTER, close_lost


@app.periodic(cron="*/10 * * * *")
@app.task(name="dialing.close_lost", queueing_lock="dialing.close_lost", pass_context=False)
def close_lost_attempts(timestamp: int) -> None:
    before = timezone.now() - LOST_AFTER
    with system_scope("attempts of whatever workspace whose process died"):
        rows = Attempt.objects.filter(closed_at__isnull=True, at__lt=before)
        workspaces = list(rows.values_list("workspace_id", flat=True).distinct())
    for workspace_id in workspaces:
        close_lost(workspace_id, before)
