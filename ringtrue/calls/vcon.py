"""A call as a vCon, the conversation container of the IETF (draft-ietf-vcon-vcon-core-04, September 2026; not yet an RFC): who spoke,
what was said, the recording, the summary, and what the person agreed to.

What the storage mode did not keep is not in it. The version field is left out: the draft has deprecated it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

from ringtrue.calls import reading
from ringtrue.calls.listening import NoRecording
from ringtrue.calls.models import Call
from ringtrue.privacy.consent_records import records_of

VENDOR = "Ringtrue"
CALLER, AGENT = 0, 1  # places in `parties`


def vcon_of(call: Call, *, recording_at: str = "") -> dict[str, Any]:
    """JSON-able. `recording_at`: where the recording lies beside the container; without it, it is held inside. Needs the scope."""
    return {
        "uuid": str(call.id),
        "created_at": call.created_at.isoformat(),
        "subject": f"Call of {call.created_at:%Y-%m-%d}",
        "parties": _parties(call),
        "dialog": [*_recording(call, recording_at), *_lines(call)],
        "analysis": _summary(call),
        "attachments": _attachments(call),
    }


def _parties(call: Call) -> list[dict[str, Any]]:
    numbers = reading.numbers(call)
    ours, theirs = ("to_number", "from_number") if call.direction == "inbound" else ("from_number", "to_number")
    document = call.agent_version.document
    caller = {"role": "caller" if call.direction == "inbound" else "called", "uuid": str(call.subject_id)}
    agent = {"role": "agent", "name": f"{document.get('business', '')} (AI assistant)"}
    return [
        {**caller, **({"tel": numbers[theirs]} if numbers.get(theirs) else {})},
        {**agent, **({"tel": numbers[ours]} if numbers.get(ours) else {})},
    ]


def _recording(call: Call, recording_at: str) -> list[dict[str, Any]]:
    try:
        sound = b"".join(reading.wav(call).read())
    except NoRecording:
        return []
    held = {
        "type": "recording", "start": _at(call, 0), "duration": round(call.duration_ms / 1000, 3), "parties": [CALLER, AGENT],
        "mediatype": "audio/x-wav", "filename": f"{call.id}.wav",
        "content_hash": f"sha512-{_base64(hashlib.sha512(sound).digest())}",
    }  # fmt: skip
    return [held | ({"url": recording_at} if recording_at else {"body": _base64(sound), "encoding": "base64url"})]


def _lines(call: Call) -> list[dict[str, Any]]:
    return [
        {
            "type": "text", "start": _at(call, line.start_ms), "duration": round((line.end_ms - line.start_ms) / 1000, 3),
            "parties": [CALLER, AGENT], "originator": AGENT if line.speaker == "agent" else CALLER, "mediatype": "text/plain",
            "body": line.text, "encoding": "none",
        }
        for line in reading.transcript(call)
        if line.kept and line.speaker != "colleague"  # what they did is told by the events
    ]  # fmt: skip


def _summary(call: Call) -> list[dict[str, Any]]:
    held = reading.summary(call)
    if not held.kept:
        return []
    return [
        {"type": "summary", "vendor": VENDOR, "product": held.made_by, "mediatype": "text/plain", "body": held.text, "encoding": "none"}
    ]  # fmt: skip


def _attachments(call: Call) -> list[dict[str, Any]]:
    """Consents of the person as they stand, and what is known of the call in every storage mode."""
    records = [("consent", CALLER, record) for record in records_of(call.subject)]
    return [
        {
            "purpose": purpose, "start": _at(call, 0), "party": party, "mediatype": "application/json",
            "body": json.dumps(held, default=str), "encoding": "json",
        }
        for purpose, party, held in [*records, ("call_record", AGENT, reading.basics(call))]
    ]  # fmt: skip


def _at(call: Call, ms: int) -> str:
    return ((call.answered_at or call.created_at) + timedelta(milliseconds=ms)).isoformat()


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
