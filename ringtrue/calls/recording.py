"""Writing the record of a call: the row, its events, its audio. Everything that comes here has passed the privacy gate.

Each function opens the call's workspace scope itself, so the scribe needs none, and each is safe to repeat: an event or a
piece that is already stored is not stored twice (the scribe sends again what was not acknowledged).
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.models import AgentVersion
from ringtrue.calls.models import Call, CallEventRow, RecordingPiece
from ringtrue.privacy.models import Subject
from ringtrue.privacy.modes import keeps
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.vault import open_json, seal, seal_json
from ringtrue.voice.events import CONTENT

CALL = "calls.Call"
EVENT = "calls.CallEventRow"
PIECE = "calls.RecordingPiece"


def begin_call(
    version: AgentVersion,
    *,
    line: str,
    from_number: str = "",
    to_number: str = "",
    direction: str = "inbound",
    storage_mode: str = "everything",
    recording_flow: str = "announce",
    provider_ref: str = "",
    is_test: bool = False,
    subject: Subject | None = None,
) -> Call:
    """The row of a call that is ringing. The numbers (E.164) are kept, sealed, only where the storage mode keeps who a person
    is; the subject is found by a keyed hash in every mode, so that an opt-out or an erasure finds this call too."""
    with workspace_scope(version.workspace_id):
        about = subject or subject_for_number(version.workspace_id, from_number if direction == "inbound" else to_number)
        call = Call(
            workspace_id=version.workspace_id,
            agent_version=version,
            subject=about,
            line=line,
            direction=direction,
            provider_ref=provider_ref,
            storage_mode=storage_mode,
            recording_flow=recording_flow,
            is_test=is_test,
        )
        numbers = {"from_number": from_number, "to_number": to_number}
        if not keeps(storage_mode).number:
            numbers.pop("from_number" if direction == "inbound" else "to_number")
        call.sealed = seal_json(call.workspace_id, about.id, CALL, call.id, numbers)
        call.save(force_insert=True)
    return call


def store_event(
    call: Call, seq: int, kind: str, fields: Mapping[str, Any], content: Mapping[str, Any] | None = None
) -> CallEventRow | None:
    """One event, as `msgspec.to_builtins` gives it (with or without "kind"), or as the gate gives it (`Kept.fields` with
    `at_ms`, `Kept.content`). Content fields may be missing: the gate dropped them. Returns None when this `seq` is already
    stored."""
    from ringtrue.calls.following import follow

    content_names = CONTENT.get(kind, ())
    kept = {name: value for name, value in fields.items() if name not in ("kind", "at_ms")}
    sealed = {name: kept.pop(name) for name in content_names if name in kept} | dict(content or {})
    if not keeps(call.storage_mode).text:
        sealed = {}  # the gate has dropped it; that it can never be stored here is a second wall
    row = CallEventRow(
        workspace_id=call.workspace_id,
        call_id=call.id,
        seq=seq,
        at_ms=int(fields.get("at_ms", 0)),
        kind=kind,
        fields=msgspec.to_builtins(kept),
    )
    if sealed:
        row.sealed = seal_json(call.workspace_id, call.subject_id, EVENT, row.id, sealed)
    with workspace_scope(call.workspace_id):
        if CallEventRow.objects.filter(call_id=call.id, seq=seq).exists():
            return None
        row.save(force_insert=True)
        follow(call, kind, {**kept, **sealed})
    return row


def store_piece(call: Call, seq: int, start_ms: int, duration_ms: int, sample_rate: int, pcm: bytes) -> RecordingPiece | None:
    """Two-channel PCM16 little endian (caller, agent), sealed into a file of its own. When this returns, the bytes are on the
    disk (fsync of file and folder) and the row is committed. Raises OSError when the disk refuses: the caller tells a gap."""
    if not keeps(call.storage_mode).audio or not pcm:
        return None
    with workspace_scope(call.workspace_id):
        if RecordingPiece.objects.filter(call_id=call.id, seq=seq).exists():
            return None
    row_id = uuid.uuid4()
    name = f"{call.id}/{seq:06d}.sealed"
    _write_durably(recordings_folder() / name, seal(call.workspace_id, call.subject_id, PIECE, row_id, pcm))
    with workspace_scope(call.workspace_id):
        piece = RecordingPiece.objects.create(
            id=row_id,
            workspace_id=call.workspace_id,
            call_id=call.id,
            seq=seq,
            start_ms=start_ms,
            duration_ms=duration_ms,
            sample_rate=sample_rate,
            file_name=name,
        )
        if not call.recorded:
            call.recorded = True
            Call.objects.filter(id=call.id).update(recorded=True)
    return piece


def end_call(call: Call) -> Call:
    """Fold the events into summary, outcome, contact and search words, and tell the business. Safe to repeat: a call that is
    ended stays as it is. Returns the call as it now is in the database."""
    from ringtrue.calls.closing import close

    with workspace_scope(call.workspace_id):
        locked = Call.objects.select_for_update().select_related("agent_version").get(id=call.id)
        if locked.state != "ended":
            close(locked)
    return locked


def kept_numbers(call: Call) -> dict[str, str]:
    """{"from_number", "to_number"} as far as they were kept; {} after an erasure."""
    held = open_json(call.workspace_id, call.subject_id, CALL, call.id, call.sealed)
    return {name: str(held[name]) for name in ("from_number", "to_number") if held.get(name)}


def recordings_folder() -> Path:
    return Path(settings.DATA_DIR) / "recordings"


def moment(posix: float) -> datetime:
    return datetime.fromtimestamp(posix, tz=UTC) if posix else timezone.now()


def _write_durably(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
