"""Answering a request: what each right does. Nothing is done before identity is shown, and for an agent before both the signed
permission and the person's own word are there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from ringtrue.contacts.models import Contact
from ringtrue.privacy import erasing, ledger, legal_holds, restricting
from ringtrue.privacy.models import ConsentEvent
from ringtrue.privacy.periods import add
from ringtrue.rights import archive, correcting, incidents
from ringtrue.rights.laws import LAWS, authority
from ringtrue.rights.models import RightsRequest
from ringtrue.rights.receiving import read, step

DOWNLOAD_LASTS = timedelta(days=30)
NOTHING = "Nothing is kept under the address or number that you proved to be yours."


class NotYet(Exception):
    """Identity, or an agent's permission, is not shown; or the request is closed."""


def is_ready(request: RightsRequest) -> bool:
    return (
        request.state == "open"
        and request.verified_at is not None
        and (not request.by_agent or request.permission_seen_at is not None)
    )


def answer(request: RightsRequest, by: str, *, words: str = "", corrections: Mapping[str, str] | None = None) -> RightsRequest:
    """Do what was asked. `words`: our answer to an appeal. Needs the workspace's scope. Raises NotYet, KeyError (correcting)."""
    if not is_ready(request):
        raise NotYet
    if request.kind == "appeal":
        return _close(request, by, "answered", words or "Your appeal was looked at by somebody else.")
    if request.subject is None:
        return _close(request, by, "answered", NOTHING)
    if request.kind in ("access", "know", "portability"):
        return _close(request, by, "answered", "Your data is ready to be downloaded for 30 days.")
    if request.kind == "correction":
        return _correct(request, by, corrections or {})
    if request.kind in ("deletion", "child"):
        return _delete(request, by)
    return _protect(request, by)


def refuse(request: RightsRequest, by: str, why: str) -> RightsRequest:
    """Raises ValueError without a reason, NotYet when it is closed. The person hears whom to complain to."""
    if not why.strip():
        raise ValueError("say why: the person is told")
    if request.state not in ("open", "unverified"):
        raise NotYet
    return _close(request, by, "refused", f"{why.strip()} You can appeal here, or complain to {authority(request.place)}.")


def extend(request: RightsRequest, by: str, why: str) -> RightsRequest:
    """Once, by what the law knows, with a reason. Raises ValueError."""
    longer = LAWS[request.law].extension
    if not longer or request.extended_at is not None or request.state not in ("open", "unverified"):
        raise ValueError("this request cannot be made longer")
    if not why.strip():
        raise ValueError("say why: the person is told")
    request.extended_at, request.due_at = timezone.now(), add(request.due_at, longer)
    request.answer, request.warned = why.strip(), []
    request.save(update_fields=["extended_at", "due_at", "answer", "warned"])
    step(request, by, "extended", due_at=request.due_at.isoformat())
    return request


def download(request: RightsRequest, business: str, by: str) -> bytes:
    """The archive of an answered request, made anew each time: no copy of it is kept.

    Raises NotYet, incidents.Frozen."""
    fresh = request.closed_at is not None and timezone.now() - request.closed_at < DOWNLOAD_LASTS
    if (
        request.state != "answered"
        or request.kind not in ("access", "know", "portability")
        or request.subject is None
        or not fresh
    ):
        raise NotYet
    incidents.refuse_while_frozen(request.workspace_id)
    made = archive.archive_of(request.subject, business=business)
    step(request, by, "downloaded", bytes=len(made))
    return made


def _correct(request: RightsRequest, by: str, corrections: Mapping[str, str]) -> RightsRequest:
    assert request.subject is not None
    if not corrections:
        raise ValueError("say what is right")
    try:
        done = correcting.correct(request.subject, corrections)
    except Contact.DoesNotExist:
        return _close(request, by, "answered", NOTHING)
    step(request, by, "corrected", **done)
    return _close(request, by, "answered", f"Corrected: {', '.join(done['fields']) or 'nothing was different'}.")


def _delete(request: RightsRequest, by: str) -> RightsRequest:
    assert request.subject is not None
    try:
        erasure = erasing.erase(request.subject, reason="request", requested_by=by)
    except legal_holds.OnHold as held:
        request.exceptions = [{"store": "everything of this person", "why": held.law}]
        return refuse(request, by, f"Not deleted, because it must be kept for now: {held.law}.")
    request.erasure_id, request.exceptions = erasure.id, erasure.certificate.get("exceptions", [])
    kept = "; ".join(sorted({entry["why"] for entry in request.exceptions}))
    return _close(
        request, by, "answered", f"Deleted. A signed certificate says so. Kept, without anything readable about you: {kept}."
    )


def _protect(request: RightsRequest, by: str) -> RightsRequest:
    assert request.subject is not None
    purposes = read(request).get("purposes") or []
    if request.kind == "withdrawal":
        given = ConsentEvent.objects.filter(subject=request.subject, granted=True).values_list("purpose", flat=True).distinct()
        taken = purposes or sorted({*given, "recording", "training", "marketing.call", "marketing.email"})
        for purpose in taken:
            ledger.record(request.subject, purpose, False, "web", "I take back my consent.")
        return _close(request, by, "answered", f"Taken back: {', '.join(taken)}.")
    wanted: list[str] = {
        "restriction": ["all"],
        "opt_out_sale": ["sale"],
        "limit_sensitive": ["sensitive"],
        "objection": list(purposes) or ["marketing", "improvement", "analytics"],
    }[request.kind]
    for purpose in wanted:
        restricting.restrict(request.subject, purpose, by)
    return _close(
        request,
        by,
        "answered",
        f"From now on your data is not used for: {', '.join(wanted)}."
        if wanted != ["all"]
        else "Your data is kept and not used in any other way.",
    )


def _close(request: RightsRequest, by: str, state: str, words: str, **detail: Any) -> RightsRequest:
    request.state, request.closed_at, request.answer = state, timezone.now(), words
    request.save(update_fields=["state", "closed_at", "answer", "exceptions", "erasure_id"])
    step(request, by, state, kind=request.kind, **detail)
    return request
