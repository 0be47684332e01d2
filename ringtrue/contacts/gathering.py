"""A caller becomes a contact of the business, from what the call gathered. What a person typed is never overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.contacts.models import Contact
from ringtrue.privacy.models import Subject
from ringtrue.privacy.vault import open_json, seal_json

CONTACT = "contacts.Contact"
FIELDS = ("name", "number", "email", "note")


def remember(subject: Subject, *, name: str = "", number: str = "", email: str = "", at: datetime) -> Contact:
    """The contact of this subject after one more call. A fact from a call fills or replaces a fact from an earlier call, never
    one that a person typed (`typed` names those). Needs no scope of its own."""
    with workspace_scope(subject.workspace_id):
        # Two calls of one person may end at once: the row is locked, whoever makes it.
        contact, _ = Contact.objects.select_for_update().get_or_create(
            subject=subject,
            defaults={"workspace_id": subject.workspace_id, "sealed": b"", "first_call_at": at, "last_call_at": at},
        )
        held = read(contact)
        typed = set(held.get("typed", []))
        for field, value in (("name", name), ("number", number), ("email", email)):
            if value.strip() and field not in typed:
                held[field] = value.strip()
        contact.sealed = _seal(contact, held)
        contact.call_count += 1
        contact.first_call_at = min(contact.first_call_at, at)
        contact.last_call_at = max(contact.last_call_at, at)
        contact.save()
    return contact


def correct(contact: Contact, **changes: str) -> Contact:
    """A person types what is right: name, number, email, note. An empty text removes the fact. Raises KeyError for another field."""
    for field in changes:
        if field not in FIELDS:
            raise KeyError(field)
    with workspace_scope(contact.workspace_id):
        contact = Contact.objects.select_for_update().get(id=contact.id)
        held = read(contact)
        held |= {field: value.strip() for field, value in changes.items()}
        held["typed"] = sorted(set(held.get("typed", [])) | set(changes))
        contact.sealed = _seal(contact, held)
        contact.save(update_fields=["sealed"])
    return contact


def read(contact: Contact) -> dict[str, Any]:
    """{"name", "number", "email", "note", "typed": [field, ...]} as far as known; {} after an erasure."""
    held: dict[str, Any] = open_json(contact.workspace_id, contact.subject_id, CONTACT, contact.id, contact.sealed)
    return held


def typed_by_a_person(contact: Contact) -> bool:
    return bool(read(contact).get("typed"))


def _seal(contact: Contact, held: dict[str, Any]) -> bytes:
    return seal_json(contact.workspace_id, contact.subject_id, CONTACT, contact.id, held)
