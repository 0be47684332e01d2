"""Writing the record of a call: the row, its events, its audio. Everything that comes here has passed the privacy gate.

Each function opens the call's workspace scope itself, so the scribe needs none, and each is safe to repeat: an event or a
piece that is already stored is not stored twice (the scribe sends again what was not acknowledged).
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from django.conf import settings
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.agents.models import AgentVersion
from ringtrue.calls.models import Call, CallEventRow, RecordingPiece
from ringtrue.privacy.models import Subject
from ringtrue.privacy.modes import keeps
from ringtrue.privacy.policy import reading_once
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


class NewEvent(NamedTuple):
    """An event as `msgspec.to_builtins` gives it (with or without "kind"), or as the gate gives it (`Kept.fields` with `at_ms`,
    `Kept.content`). Content fields may be missing: the gate dropped them."""

    call: Call
    seq: int
    kind: str
    fields: Mapping[str, Any]
    content: Mapping[str, Any] | None = None


class NewPiece(NamedTuple):
    """Two-channel PCM16 little endian (caller, agent)."""

    call: Call
    seq: int
    start_ms: int
    duration_ms: int
    sample_rate: int
    pcm: bytes


class _ReadyEvent(NamedTuple):
    call: Call
    row: CallEventRow
    told: dict[str, Any]


def store_event(
    call: Call, seq: int, kind: str, fields: Mapping[str, Any], content: Mapping[str, Any] | None = None
) -> CallEventRow | None:
    """Returns None when this `seq` is already stored."""
    from ringtrue.calls.following import follow

    ready = _seal_event(NewEvent(call, seq, kind, fields, content))
    with workspace_scope(call.workspace_id):
        new = _insert_events([ready])
        for event in new:
            follow(event.call, event.row.kind, event.told)
    return ready.row if new else None


def store_piece(call: Call, seq: int, start_ms: int, duration_ms: int, sample_rate: int, pcm: bytes) -> RecordingPiece | None:
    """Sealed into a file of its own. When this returns, the bytes are on the disk (fsync of file and folder) and the row is
    committed. Raises OSError when the disk refuses: the caller tells a gap."""
    if not keeps(call.storage_mode).audio or not pcm:
        return None
    with workspace_scope(call.workspace_id):
        if RecordingPiece.objects.filter(call_id=call.id, seq=seq).exists():
            return None
    row = write_piece(NewPiece(call, seq, start_ms, duration_ms, sample_rate, pcm))
    assert row is not None
    with workspace_scope(call.workspace_id):
        _insert_pieces([(call, row)])
    return row


def store_all(events: Sequence[NewEvent], pieces: Sequence[tuple[Call, RecordingPiece]]) -> None:
    """What happened in many calls, of any workspaces, in one transaction; `pieces` come from `write_piece`. What is stored already
    is left as it is. Raises KeyDestroyed, IntegrityError: then nothing of it is stored."""
    from ringtrue.calls.following import FOLLOWED, follow, keep_turns, note_turn

    ready = [_seal_event(event) for event in events]
    with system_scope("the scribe stores what happened in many calls at once; each row carries the workspace of its call"):
        spoke: dict[uuid.UUID, Call] = {}
        for event in _insert_events(ready):
            if event.row.kind == "heard":
                note_turn(event.call, event.told)
                spoke[event.call.id] = event.call
            elif event.row.kind in FOLLOWED:  # who is told of it is looked up inside the workspace
                with workspace_scope(event.call.workspace_id):
                    follow(event.call, event.row.kind, event.told)
        if spoke:
            keep_turns(spoke.values())
        _insert_pieces(pieces)


def write_piece(piece: NewPiece) -> RecordingPiece | None:
    """The sealed file, on the disk when this returns, and the row that tells of it, not saved yet. None: not to be kept. Raises
    OSError, KeyDestroyed. From any thread; touches no database."""
    call = piece.call
    if not keeps(call.storage_mode).audio or not piece.pcm:
        return None
    row = RecordingPiece(
        workspace_id=call.workspace_id,
        call_id=call.id,
        seq=piece.seq,
        start_ms=piece.start_ms,
        duration_ms=piece.duration_ms,
        sample_rate=piece.sample_rate,
        file_name=f"{call.id}/{piece.seq:06d}.sealed",
    )
    sealed = seal(call.workspace_id, call.subject_id, PIECE, row.id, piece.pcm)
    _write_durably(recordings_folder() / row.file_name, sealed)
    return row


def _seal_event(event: NewEvent) -> _ReadyEvent:
    call, fields = event.call, event.fields
    kept = {name: value for name, value in fields.items() if name not in ("kind", "at_ms")}
    sealed = {name: kept.pop(name) for name in CONTENT.get(event.kind, ()) if name in kept} | dict(event.content or {})
    if not keeps(call.storage_mode).text:
        sealed = {}  # the gate has dropped it; that it can never be stored here is a second wall
    row = CallEventRow(
        workspace_id=call.workspace_id,
        call_id=call.id,
        seq=event.seq,
        at_ms=int(fields.get("at_ms", 0)),
        kind=event.kind,
        fields=msgspec.to_builtins(kept),
    )
    if sealed:
        row.sealed = seal_json(call.workspace_id, call.subject_id, EVENT, row.id, sealed)
    return _ReadyEvent(call, row, {**kept, **sealed})


def _insert_events(events: Sequence[_ReadyEvent]) -> list[_ReadyEvent]:
    """Needs a scope. Those that were new."""
    known = _known(CallEventRow, [event.row for event in events])
    new = [event for event in events if (event.row.call_id, event.row.seq) not in known]
    if new:
        CallEventRow.objects.bulk_create([event.row for event in new])
    return new


def _insert_pieces(pieces: Sequence[tuple[Call, RecordingPiece]]) -> None:
    """Needs a scope."""
    known = _known(RecordingPiece, [row for _, row in pieces])
    new = [(call, row) for call, row in pieces if (row.call_id, row.seq) not in known]
    if new:
        RecordingPiece.objects.bulk_create([row for _, row in new])
    first = {call.id: call for call, _ in new if not call.recorded}
    if first:
        Call.objects.filter(id__in=list(first)).update(recorded=True)
        for call in first.values():
            call.recorded = True


def _known(
    model: type[CallEventRow] | type[RecordingPiece], rows: Sequence[CallEventRow | RecordingPiece]
) -> set[tuple[uuid.UUID, int]]:
    if not rows:
        return set()
    found = model.objects.filter(call_id__in={row.call_id for row in rows}, seq__in={row.seq for row in rows})
    return set(found.values_list("call_id", "seq"))


def end_call(call: Call) -> Call:
    """Fold the events into summary, outcome, contact and search words, and tell the business. Safe to repeat: a call that is
    ended stays as it is. Returns the call as it now is in the database."""
    from ringtrue.calls.closing import close

    with workspace_scope(call.workspace_id), reading_once():
        locked = (
            Call.objects.select_for_update(of=("self",)).select_related("agent_version", "subject", "workspace").get(id=call.id)
        )
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
