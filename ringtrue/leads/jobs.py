"""Background work on leads. Arguments are ids only: jobs are kept in a table that is not sealed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from ringtrue.accounts.scoping import system_scope
from ringtrue.leads import importing, unused, uploading
from ringtrue.leads.models import Upload

LEFT_BEHIND = timedelta(minutes=2)  # a batch takes a second


@app.task(name="leads.import_upload", pass_context=False)
def import_upload(upload_id: str, workspace_id: str) -> None:
    importing.import_upload(UUID(upload_id), UUID(workspace_id))


@app.periodic(cron="* * * * *")
@app.task(name="leads.take_up", queueing_lock="leads.take_up", pass_context=False)
def take_up(timestamp: int) -> None:
    """Imports that a dead worker left behind go on."""
    long_ago = timezone.now() - LEFT_BEHIND
    quiet = Q(worked_at__lt=long_ago) | Q(worked_at__isnull=True, created_at__lt=long_ago)
    with system_scope("imports of whatever workspace whose process died"):
        left = list(Upload.objects.filter(quiet, state="importing").values_list("id", "workspace_id"))
    for upload_id, workspace_id in left:
        importing.import_upload(upload_id, workspace_id)


@app.task(name="leads.erase_unused", pass_context=False)
def erase_unused(subject_ids: list[str], workspace_id: str, by: str) -> None:
    unused.erase_unused(UUID(workspace_id), [UUID(each) for each in subject_ids], by)


@app.periodic(cron="23 * * * *")
@app.task(name="leads.forget_old", queueing_lock="leads.forget_old", pass_context=False)
def forget_old(timestamp: int) -> None:
    uploading.forget_old()
