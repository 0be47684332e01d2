"""What this feature keeps about callers, declared."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from django.db.models import QuerySet

from ringtrue.contacts.gathering import read
from ringtrue.contacts.models import Contact, SearchToken
from ringtrue.privacy.data_map import Instant, Removed, declare
from ringtrue.privacy.legal_holds import held_subjects
from ringtrue.privacy.models import Subject


def erase_contact(subject: Subject) -> Removed:
    rows, _ = Contact.objects.filter(subject=subject).delete()
    return Removed(rows=rows)


def erase_words(subject: Subject) -> Removed:
    rows, _ = SearchToken.objects.filter(subject=subject).delete()
    return Removed(rows=rows)


def _old(workspace_id: UUID, cutoff: datetime) -> QuerySet[Contact]:
    rows = Contact.objects.filter(workspace_id=workspace_id, last_call_at__lt=cutoff)
    return rows.exclude(subject_id__in=held_subjects(workspace_id))


def expire_contacts(workspace_id: UUID, cutoff: datetime) -> Removed:
    """Contacts with no call since the cutoff, except those that a person wrote in: the business keeps those as its own."""
    gone = Removed()
    for contact in _old(workspace_id, cutoff):
        if read(contact).get("typed"):
            continue
        words, _ = SearchToken.objects.filter(target="contact", target_id=contact.id).delete()
        contact.delete()
        gone += Removed(rows=words + 1)
    return gone


def count_contacts(workspace_id: UUID, cutoff: datetime) -> int:
    return sum(1 for contact in _old(workspace_id, cutoff) if not read(contact).get("typed"))


class HeldContact(TypedDict):
    first_call_at: Instant
    last_call_at: Instant
    name: NotRequired[str]
    number: NotRequired[str]
    email: NotRequired[str]
    note: NotRequired[str]
    typed: NotRequired[list[str]]  # which of these a person of the business wrote


def export_contact(subject: Subject) -> Iterable[Any]:
    for contact in Contact.objects.filter(subject=subject):
        yield {**read(contact), "first_call_at": contact.first_call_at, "last_call_at": contact.last_call_at}


declare(
    store="contacts_contact",
    what="who called: name, number, e-mail, note, sealed",
    category="contact",
    subject="caller",
    retention="contacts",
    purpose="knowing who called the business",
    erase=erase_contact,
    expire=expire_contacts,
    count=count_contacts,
    export=export_contact,
    shape=HeldContact,
)
declare(
    store="contacts_searchtoken",
    what="keyed hashes of the words by which calls and contacts are found",
    category="content",
    subject="caller",
    retention="transcripts",
    purpose="finding calls and contacts",
    erase=erase_words,
)
