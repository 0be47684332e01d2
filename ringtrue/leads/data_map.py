"""What this feature keeps about leads, declared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

import msgspec

from ringtrue.leads.models import Lead, RejectedRow, Upload, UploadPiece
from ringtrue.leads.reading import card
from ringtrue.privacy.data_map import Instant, Removed, declare
from ringtrue.privacy.models import Subject


def erase_leads(subject: Subject) -> Removed:
    rows, _ = Lead.objects.filter(subject=subject).delete()
    return Removed(rows=rows)


class HeldLead(TypedDict):
    id: str
    subject_id: str
    number: str
    name: str
    email: str
    company: str
    fields: dict[str, str]
    proof: str
    country: str
    state: str
    time_zone: str
    list: str
    provenance: str
    added_at: Instant


def export_leads(subject: Subject) -> Iterable[Any]:
    for lead in Lead.objects.filter(subject=subject).select_related("lead_list").order_by("created_at"):
        yield {
            **msgspec.to_builtins(card(lead)),
            "list": lead.lead_list.name,
            "provenance": lead.lead_list.provenance,
            "added_at": lead.created_at,
        }


def erase_rejected(subject: Subject) -> Removed:
    rows, _ = RejectedRow.objects.filter(subject=subject).delete()
    return Removed(rows=rows)


def erase_waiting_files(subject: Subject) -> Removed:
    """Nobody can tell who is in a file that waits for its import: all that wait go, and are uploaded again."""
    waiting = Upload.objects.filter(workspace_id=subject.workspace_id, state="waiting")
    rows, _ = UploadPiece.objects.filter(upload__in=waiting).delete()
    waiting.update(state="gone")
    return Removed(rows=rows)


declare(
    store="leads_lead", what="people whom the business wants to call: name, number, e-mail, company, own fields, sealed",
    category="contact", subject="caller", retention="while_active", purpose="calling leads", erase=erase_leads,
    export=export_leads, shape=HeldLead,
)  # fmt: skip
declare(
    store="leads_rejectedrow", what="rows of an uploaded file that were not imported, sealed, for a week", category="contact",
    subject="caller", retention="none", purpose="correcting an upload", erase=erase_rejected,
)  # fmt: skip
declare(
    store="leads_uploadpiece", what="an uploaded file until it is imported, at most a day, sealed", category="contact",
    subject="caller", retention="none", purpose="importing leads", erase=erase_waiting_files,
)  # fmt: skip
declare(
    store="leads_upload", what="which columns an upload had, and how many rows were taken", category="configuration",
    subject="none", retention="while_active", purpose="importing leads",
)  # fmt: skip
declare(
    store="leads_leadlist", what="names of lists and where their data came from", category="configuration", subject="none",
    retention="while_active", purpose="calling leads",
)  # fmt: skip
declare(
    store="leads_segment", what="saved filters over leads", category="configuration", subject="none",
    retention="while_active", purpose="calling leads",
)  # fmt: skip
