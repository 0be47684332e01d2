"""What this feature keeps about people who ask, declared."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from django.db.models import Q

from ringtrue.privacy.data_map import Instant, Removed, declare
from ringtrue.privacy.keystore import store as key_store
from ringtrue.privacy.models import Subject
from ringtrue.rights.models import RightsRequest
from ringtrue.rights.receiving import read


def erase_requests(subject: Subject) -> Removed:
    """What they wrote goes; that there was a request, and when it was answered, is kept for 24 months."""
    rows = RightsRequest.objects.filter(Q(subject=subject) | Q(requester=subject)).exclude(sealed=b"")
    for request in rows:
        key_store().destroy(request.requester_id, request.workspace_id)
    return Removed(rows=rows.update(sealed=b""))


def expire_requests(workspace_id: UUID, cutoff: datetime) -> Removed:
    old = RightsRequest.objects.filter(workspace_id=workspace_id, closed_at__lt=cutoff)
    requesters = list(old.values_list("requester_id", flat=True))
    for requester in requesters:
        key_store().destroy(requester, workspace_id)
    rows, _ = Subject.objects.filter(id__in=requesters).delete()
    return Removed(rows=rows)


class HeldRequest(TypedDict):
    kind: str
    received_at: Instant
    due_at: Instant
    state: str
    answer: str
    name: NotRequired[str]
    email: NotRequired[str]
    number: NotRequired[str]
    words: NotRequired[str]
    purposes: NotRequired[list[str]]
    agent: NotRequired[str]


def export_requests(subject: Subject) -> Iterable[Any]:
    for request in (
        RightsRequest.objects.filter(Q(subject=subject) | Q(requester=subject)).exclude(sealed=b"").order_by("received_at")
    ):
        yield {
            "kind": request.kind, "received_at": request.received_at, "due_at": request.due_at, "state": request.state,
            "answer": request.answer, **read(request),
        }  # fmt: skip


declare(
    store="rights_rightsrequest",
    what="requests of people about their data: who asked is sealed, what was done is not",
    category="consent",
    subject="caller",
    retention="requests",
    purpose="answering people about their data, and showing that it was done",
    erase=erase_requests,
    expire=expire_requests,
    count=lambda workspace_id, cutoff: RightsRequest.objects.filter(workspace_id=workspace_id, closed_at__lt=cutoff).count(),
    export=export_requests,
    shape=HeldRequest,
)
declare(
    store="rights_requeststep",
    what="steps of those requests: names and counts",
    category="operations",
    subject="none",
    retention="requests",
    purpose="showing what was done with a request",
)


declare(
    store="rights_disclosure",
    what="to whom outside data of a person was given, why, and who approved it",
    category="operations",
    subject="caller",
    retention="law",
    purpose="showing what was disclosed to whom",
    kept_because="a register of disclosures must show them (GDPR Art. 5(2)); it holds stores and reasons, nothing about the person",
)
for store, what in (
    ("rights_handover", "that the workspace is to pass to another company, and whether somebody objected"),
    ("rights_incident", "breaches: what was touched, when it was noticed, who was told"),
):
    declare(
        store=store, what=what, category="operations", subject="none", retention="law", purpose="showing what was done and when"
    )
