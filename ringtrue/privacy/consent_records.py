"""Consents of a person as records that other programs read: the parts and names of ISO/IEC TS 27560:2023 (consent record information
structure), as JSON. One record for each purpose, with everything that happened to it as events; a withdrawal is an event, not a gap."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ringtrue.accounts.models import Workspace
from ringtrue.privacy.models import ConsentEvent, Subject
from ringtrue.privacy.periods import in_words
from ringtrue.privacy.policy import effective

SCHEMA = "ISO/IEC TS 27560:2023"
# Purpose of the ledger -> what of the person it is about, and the class whose period holds.
ABOUT: dict[str, tuple[tuple[str, ...], str]] = {
    "recording": (("voice",), "retention.recordings"),
    "transcription": (("what was said",), "retention.transcripts"),
    "training": (("what was said",), "retention.transcripts"),
    "special_category": (("what was said of health, origin, belief and the like",), "retention.transcripts"),
}


def records_of(subject: Subject) -> list[dict[str, Any]]:
    """By purpose, in the order of the alphabet. Needs the subject's scope."""
    workspace = Workspace.objects.get(id=subject.workspace_id)
    events = ConsentEvent.objects.filter(subject=subject).order_by("purpose", "at", "id")
    return [_record(workspace, subject, purpose, list(of)) for purpose, of in groupby(events, key=attrgetter("purpose"))]


def _record(workspace: Workspace, subject: Subject, purpose: str, events: list[ConsentEvent]) -> dict[str, Any]:
    kinds, retention = ABOUT.get(purpose, (("telephone number", "e-mail address"), "retention.contacts"))
    contact = str(effective(workspace.id, "contact.privacy").value)
    return {
        "record_header": {
            "schema_version": SCHEMA,
            "record_id": str(uuid5(NAMESPACE_URL, f"{subject.id}/{purpose}")),
            "pii_principal_id": str(subject.id),
        },
        "pii_processing": {
            "privacy_notice": events[-1].wording,  # the words that were played or shown, the newest last
            "language": "en",
            "purposes": [
                {
                    "purpose": purpose,
                    "lawful_basis": "consent",
                    "pii_information": [
                        {"pii_type": kind, "pii_optional": True, "sensitive_pii_category": purpose == "special_category"} for kind in kinds
                    ],
                    "pii_controllers": [str(workspace.id)],
                    "collection_method": events[-1].method,
                    "storage_locations": [effective(workspace.id, "residency.at_rest").value],
                    "retention_period": in_words(effective(workspace.id, retention).value),
                }
            ],
        },
        "party_identification": [
            {"party_id": str(workspace.id), "party_name": workspace.name, "party_role": "PII controller", "party_contact": contact}
        ],
        "events": [
            {
                "event_time": event.at.isoformat(),
                "event_type": "given" if event.granted else "withdrawn" if _before(events, event.at) else "refused",
                "event_state": "active" if event is events[-1] else "superseded",
                "entity_id": str(subject.id),
                "method": event.method,
                "notice": event.wording,
                "call": str(event.call_id or ""),
            }
            for event in events
        ],
    }  # fmt: skip


def _before(events: list[ConsentEvent], at: datetime) -> bool:
    """Whether there was a consent that could be withdrawn."""
    return any(event.granted and event.at < at for event in events)
