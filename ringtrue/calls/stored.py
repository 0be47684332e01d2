"""What is stored of a call, why, and until when: the list on the call page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Sum

from ringtrue.calls.models import Call, Message
from ringtrue.calls.recording import kept_numbers, recordings_folder
from ringtrue.privacy.modes import keeps
from ringtrue.privacy.periods import PERPETUAL, subtract
from ringtrue.privacy.policy import effective


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    what: str
    amount: str  # "2 min 3 s in 13 sealed files"
    why: str
    period: str  # "12 months, from profile default"
    until: datetime | None  # None: no end is set
    origin: str


def stored(call: Call) -> list[Stored]:
    """Only what is there now. Needs the workspace's scope."""
    found = [_entry(call, "the fact of the call", _basics(call), "call_metadata", "so that the business knows its calls")]
    pieces = call.pieces.aggregate(length=Sum("duration_ms"))["length"]
    files = [row for row in call.pieces.all() if (recordings_folder() / row.file_name).exists()]
    if files:
        why = "the caller was told and stayed" if call.recording_flow == "announce" else "the caller said yes"
        found.append(_entry(call, "recording", f"{_length(pieces or 0)} in {_files(len(files))}", "recordings", why))
    texts = call.events.exclude(sealed=b"").count()
    if texts:
        found.append(_entry(call, "transcript", f"{texts} sealed entries", "transcripts", _why(call)))
    if keeps(call.storage_mode).facts and _has_summary(call):
        found.append(_entry(call, "summary", "one, made automatically", "transcripts", _why(call)))
    messages = Message.objects.filter(call=call).count()
    if messages:
        found.append(_entry(call, "message", str(messages), "transcripts", "the caller asked to leave it"))
    return found


def _entry(call: Call, what: str, amount: str, retention: str, why: str) -> Stored:
    value, origin = _period(call, f"retention.{retention}")
    until = None if value == PERPETUAL else _after(call.created_at, value)
    words = effective(call.workspace_id, f"retention.{retention}").sentence
    return Stored(what=what, amount=amount, why=why, period=words, until=until, origin=origin)


def _period(call: Call, key: str) -> tuple[Any, str]:
    found = effective(call.workspace_id, key)
    return found.value, found.origin


def _after(moment: datetime, period: str) -> datetime:
    # `periods` counts back from a moment; as far forward is the same span.
    return moment + (moment - subtract(moment, period))


def _basics(call: Call) -> str:
    number = " and number" if kept_numbers(call) else ""
    return f"time, length, outcome{number}"


def _why(call: Call) -> str:
    return f"storage mode “{call.storage_mode.replace('_', ' ')}”"


def _has_summary(call: Call) -> bool:
    from ringtrue.calls.reading import summary

    return summary(call).kept


def _length(ms: int) -> str:
    return f"{ms // 60000} min {ms // 1000 % 60} s"


def _files(count: int) -> str:
    return "one sealed file" if count == 1 else f"{count} sealed files"
