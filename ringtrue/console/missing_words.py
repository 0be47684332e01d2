"""Why something is not on a call's page, in plain words. What is missing on purpose must not look like a fault."""

from __future__ import annotations

from collections.abc import Sequence

from ringtrue.calls.folding import Told, last
from ringtrue.calls.models import UNASKED, Call


def of(call: Call, told: Sequence[Told]) -> dict[str, str]:
    """{"recording", "transcript", "all"}: a sentence or two for each that applies; `all` stands at the top of the page."""
    found: dict[str, str] = {}
    if call.subject.erased_at is not None:
        found["all"] = (
            "This person was erased. What they said, their number and the recording are gone for good, and nobody can bring them back."
        )
        return found
    if call.storage_mode == "metadata_only":
        found["all"] = (
            "This call was stored as “only that it happened”: when, how long and how it ended. Nothing that the caller said was kept, so "
            "there is no recording, no transcript and no summary. That is meant to be so."
        )
        return found
    if call.storage_mode == "excluding_pii":
        found["all"] = (
            "Names, numbers, addresses and the like were taken out before anything was stored. You see [gaps] in the text and hear "
            "silence in the recording where they were."
        )
    if call.state == "ended" and not call.recorded:
        found["recording"] = _why_unrecorded(call, told)
    if call.state == "ended" and not any(event.kind == "heard" for event in told):
        found["transcript"] = "The caller did not say anything that could be understood."
    return found


def _why_unrecorded(call: Call, told: Sequence[Told]) -> str:
    consent = last(told, "consent")
    method = str(consent.fields.get("method")) if consent else ""
    if call.recording_flow == UNASKED:
        return (
            "The law of a place on this line, or an earlier no, wants this person asked before a recording, and the company that held "
            "the call cannot ask. So it was held without recording."
        )
    if call.recording_flow == "off" or method == "off":
        return (
            "Recording is switched off for this agent, so there is no audio. The transcript was written while the call went on."
        )
    if method == "withdrawn":
        return "The caller asked not to be recorded, and the audio was not kept. The call went on without it."
    if method == "asked" and consent is not None and not consent.fields.get("granted"):
        return "The caller was asked and said no, so nothing was recorded. No audio of this call was ever written to a disk."
    if not consent:
        return "The call ended before the caller had been told about recording, so nothing was recorded."
    return "There is no audio of this call any more: its time was up, or it was deleted."
