"""Deleting one call, or part of it: rows, files, search words, mails, webhook bodies. When nothing else is left of the person,
their key is destroyed too, so that no backup of the data can bring the call back (P-ALX-6-5, P-NEJ-4-5)."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

from django.db import transaction

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calendars.models import Booking
from ringtrue.calls import counting, searching
from ringtrue.calls.models import Call, CallEventRow, Message, RecordingPiece
from ringtrue.calls.recording import CALL, kept_numbers, recordings_folder
from ringtrue.contacts.gathering import typed_by_a_person
from ringtrue.contacts.models import Contact
from ringtrue.core import audit
from ringtrue.notifications.forgetting import forget_call
from ringtrue.privacy import deleting_elsewhere, legal_holds
from ringtrue.privacy.data_map import Removed
from ringtrue.privacy.models import Subject
from ringtrue.privacy.vault import seal_json


class CallIsLive(Exception):
    """A call cannot be deleted while somebody speaks in it."""


def delete_call(call: Call, *, actor: str, reason: str = "request") -> Removed:
    """`actor` as in the audit chain: "user:<id>", "key:<id>", "system:retention". Opens its own scope.

    Raises CallIsLive; legal_holds.OnHold where somebody asks for it while the person's data must be kept."""
    with workspace_scope(call.workspace_id):
        locked = Call.objects.select_for_update().filter(id=call.id).first()
        if locked is None:
            return Removed()
        if locked.state == "live":
            raise CallIsLive
        hold = legal_holds.on(locked.subject) if reason == "request" else None
        if hold is not None:
            raise legal_holds.OnHold(hold)
        if reason == "retention":
            counting.add(locked)
        removed = delete_recording(locked) + forget_call(locked.id)
        removed += Removed(rows=searching.forget("call", locked.id))
        subject = locked.subject
        deleting_elsewhere.ask(
            call.workspace_id, provider=locked.line, kind="call", reference=locked.provider_ref, call_id=locked.id,
            subject_id=subject.id,
        )  # fmt: skip
        rows, _ = Call.objects.filter(id=locked.id).delete()
        removed += Removed(rows=rows)
        _lessen_contact(subject)
        audit.record(
            "call.deleted", actor=actor, workspace_id=call.workspace_id, target=f"call:{call.id}",
            reason=reason, rows=removed.rows, files=removed.files,
        )  # fmt: skip
        if reason != "erasure" and nothing_left_of(subject):
            _erase_person(subject, actor, reason)
    return removed


def delete_recording(call: Call) -> Removed:
    """Only the audio. Needs the workspace's scope; the files go when the transaction is through."""
    folder = recordings_folder() / str(call.id)
    removed = _measure(folder)
    rows, _ = RecordingPiece.objects.filter(call_id=call.id).delete()
    if rows:
        Call.objects.filter(id=call.id).update(recorded=False)
        call.recorded = False
    # Rows first: a file without a row is unreadable garbage that reconciling removes, a row without a file would promise sound.
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))
    return removed + Removed(rows=rows)


def delete_transcript(call: Call) -> Removed:
    """What was said, and what was made of it: texts, messages, summary, search words. The structure of the call stays."""
    emptied = CallEventRow.objects.filter(call_id=call.id).exclude(sealed=b"").update(sealed=b"")
    gone, _ = Message.objects.filter(call_id=call.id).delete()
    words = searching.forget("call", call.id)
    numbers = kept_numbers(call)
    call.sealed = seal_json(call.workspace_id, call.subject_id, CALL, call.id, numbers) if numbers else b""
    call.save(update_fields=["sealed"])
    return Removed(rows=emptied + gone + words)


def nothing_left_of(subject: Subject) -> bool:
    """Whether no call, booking, message or contact of this person is kept. Needs the workspace's scope."""
    kept = (
        Call.objects.filter(subject=subject),
        Message.objects.filter(subject=subject),
        Booking.objects.filter(subject=subject),
        Contact.objects.filter(subject=subject),
    )
    return not any(rows.exists() for rows in kept)


def _lessen_contact(subject: Subject) -> None:
    """A contact that only calls made does not outlive the last of them; one that a person wrote in, or that is booked, stays."""
    contact = Contact.objects.filter(subject=subject).first()
    if contact is None:
        return
    contact.call_count = Call.objects.filter(subject=subject).count()
    contact.save(update_fields=["call_count"])
    booked = Booking.objects.filter(subject=subject).exists()
    if contact.call_count == 0 and not booked and not typed_by_a_person(contact):
        searching.forget("contact", contact.id)
        contact.delete()


def _erase_person(subject: Subject, actor: str, reason: str) -> None:
    from ringtrue.privacy.erasing import erase

    erase(subject, reason="call_deleted" if reason == "request" else reason, requested_by=actor)


def _measure(folder: Path) -> Removed:
    files = list(folder.glob("*")) if folder.exists() else []
    return Removed(files=len(files), bytes=sum(path.stat().st_size for path in files))


def orphans() -> list[UUID]:
    """Folders of recordings whose call has no row any more: a crash came between commit and removal."""
    from ringtrue.accounts.scoping import system_scope

    folder = recordings_folder()
    names = [path.name for path in folder.iterdir() if path.is_dir()] if folder.exists() else []
    found = [UUID(name) for name in names if len(name) == 36]
    with system_scope("which recordings still belong to a call"):
        known = set(Call.objects.filter(id__in=found).values_list("id", flat=True))
    return [call_id for call_id in found if call_id not in known]
