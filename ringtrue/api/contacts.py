"""Contacts: the people who called. Deleting one erases the person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router

from ringtrue.api.calls import Cursor, Limit
from ringtrue.api.doors import ApiRequest, actor, opens
from ringtrue.api.forms import Strict
from ringtrue.api.paging import page
from ringtrue.api.problems import Problem, ProblemDetails, not_found
from ringtrue.calls.searching import index_contact, search
from ringtrue.contacts.gathering import correct, read
from ringtrue.contacts.models import Contact
from ringtrue.core import audit
from ringtrue.privacy.erasing import erase
from ringtrue.privacy.legal_holds import OnHold

router = Router(tags=["contacts"])
NOT_HERE = {404: ProblemDetails}


class ContactOut(Strict):
    id: str
    name: str
    number: str
    email: str
    note: str
    typed: list[str] = Field(description="Fields that a person wrote; calls do not change them.")
    call_count: int
    first_call_at: datetime
    last_call_at: datetime


class ContactList(Strict):
    data: list[ContactOut]
    next_cursor: str | None


class ContactChange(Strict):
    name: str | None = Field(None, max_length=120)
    number: str | None = Field(None, max_length=40)
    email: str | None = Field(None, max_length=254)
    note: str | None = Field(None, max_length=4000)


@router.get("", response={200: ContactList, 422: ProblemDetails})
@opens("contacts:read")
def list_contacts(
    request: ApiRequest,
    q: Annotated[str, Query("", max_length=200, description="Name, number, e-mail or a word of the note.")],
    cursor: Cursor,
    limit: Limit,
) -> Any:
    """Contacts, the latest caller first."""
    rows = Contact.objects.all()
    if q.strip():
        rows = rows.filter(id__in=search(request.workspace.id, q).contacts)
    found, following = page(rows, "last_call_at", cursor, limit)
    return {"data": [_shown(contact) for contact in found], "next_cursor": following}


@router.get("/{uuid:contact_id}", response={200: ContactOut, **NOT_HERE})
@opens("contacts:read")
def get_contact(request: ApiRequest, contact_id: UUID) -> Any:
    """One contact."""
    return _shown(_contact(contact_id))


@router.patch("/{uuid:contact_id}", response={200: ContactOut, 422: ProblemDetails, **NOT_HERE})
@opens("contacts:write")
def change_contact(request: ApiRequest, contact_id: UUID, data: ContactChange) -> Any:
    """Correct a contact. What is written here is never overwritten by a call."""
    changes = data.dict(exclude_none=True)
    contact = _contact(contact_id)
    if changes:
        contact = correct(contact, **changes)
        index_contact(contact)
        audit.record(
            "contact.changed",
            actor=actor(request),
            workspace_id=request.workspace.id,
            target=f"contact:{contact.id}",
            fields=sorted(changes),
        )
    return _shown(contact)


@router.delete("/{uuid:contact_id}", response={204: None, 409: ProblemDetails, **NOT_HERE})
@opens("contacts:write")
def erase_contact(request: ApiRequest, contact_id: UUID) -> Any:
    """Erase the person: contact, calls, recordings, messages, everything, and the key that could open it."""
    try:
        erase(_contact(contact_id).subject, reason="request", requested_by=actor(request))
    except OnHold as held:
        raise Problem(409, "on-hold", f"This person's data must be kept for now: {held.law}.") from None
    return HttpResponse(status=204)


def _contact(contact_id: UUID) -> Contact:
    contact = Contact.objects.select_related("subject").filter(id=contact_id).first()
    if contact is None:
        raise not_found()
    return contact


def _shown(contact: Contact) -> dict[str, Any]:
    held = read(contact)
    return {
        "id": str(contact.id),
        **{field: str(held.get(field, "")) for field in ("name", "number", "email", "note")},
        "typed": held.get("typed", []),
        "call_count": contact.call_count,
        "first_call_at": contact.first_call_at,
        "last_call_at": contact.last_call_at,
    }
