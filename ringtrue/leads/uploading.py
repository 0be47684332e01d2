"""Taking a file in and giving it out again. It is kept as sealed pieces under a key of its own, until it has been imported or a
day has passed; then the key is destroyed, and with it every copy."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.utils import timezone

from ringtrue.accounts.models import User
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.leads.mapping import Mapping
from ringtrue.leads.models import LeadList, RejectedRow, Upload, UploadPiece
from ringtrue.leads.reading_tables import FileRefused, beginning, form_of
from ringtrue.privacy import declaring
from ringtrue.privacy.keystore import store
from ringtrue.privacy.vault import open_sealed, seal

PIECE = 1024 * 1024
PLACE = "leads.UploadPiece"
WAITS = timedelta(days=1)  # a file that nobody imports
REPORTED = timedelta(days=7)  # rejected rows, for correcting


def receive(lead_list: LeadList, data: bytes, by: User | None) -> Upload:
    """Needs the workspace's scope. Raises FileRefused; then nothing is kept."""
    workspace_id = lead_list.workspace_id
    try:
        declaring.require_agreement(workspace_id, lead_list.workspace.name)
    except declaring.NotSigned as missing:
        raise FileRefused(str(missing)) from None
    form = form_of(data)
    beginning(data, form, 1)
    upload = Upload(workspace_id=workspace_id, lead_list=lead_list, form=msgspec.to_builtins(form), created_by=by)
    store().make(workspace_id, upload.id)
    upload.save()
    UploadPiece.objects.bulk_create(
        UploadPiece(
            workspace_id=workspace_id, upload=upload, place=i,
            sealed=seal(workspace_id, upload.id, PLACE, f"{upload.id}:{i}", data[at : at + PIECE]),
        )
        for i, at in enumerate(range(0, len(data), PIECE))
    )  # fmt: skip
    return upload


def content(upload: Upload) -> bytes:
    """The file. Needs the workspace's scope. Raises FileRefused when it is gone."""
    pieces = UploadPiece.objects.filter(upload=upload).order_by("place")
    data = b"".join(
        open_sealed(upload.workspace_id, upload.id, PLACE, f"{upload.id}:{piece.place}", piece.sealed) for piece in pieces
    )
    if not data:
        raise FileRefused("The file is not kept any more. Upload it again.")
    return data


def begin(upload: Upload, mapping: Mapping) -> None:
    """From now on `jobs.import_upload` works on it. Needs the workspace's scope. Raises FileRefused when the file is gone."""
    content(upload)
    upload.mapping, upload.state = msgspec.to_builtins(mapping), "importing"
    upload.save(update_fields=["mapping", "state"])


def forget_file(upload: Upload) -> None:
    """Needs the workspace's scope. The key goes too, unless rejected rows still need it."""
    UploadPiece.objects.filter(upload=upload).delete()
    if not RejectedRow.objects.filter(upload=upload).exists():
        store().destroy(upload.id, upload.workspace_id)


def forget_old(now: datetime | None = None) -> int:
    """Files that nobody imported, and rejected rows that nobody corrected in time. Returns how many uploads."""
    now = now or timezone.now()
    with system_scope("old uploads of all workspaces"):
        waiting = Upload.objects.filter(state="waiting", created_at__lt=now - WAITS)
        done = Upload.objects.filter(finished_at__lt=now - REPORTED, rejected__isnull=False).distinct()
        old: list[tuple[UUID, UUID]] = [*waiting.values_list("id", "workspace_id"), *done.values_list("id", "workspace_id")]
    for upload_id, workspace_id in old:
        with workspace_scope(workspace_id):
            upload = Upload.objects.select_for_update().get(id=upload_id)
            RejectedRow.objects.filter(upload=upload).delete()
            forget_file(upload)
            if upload.state == "waiting":
                upload.state = "gone"
                upload.save(update_fields=["state"])
    return len(old)
