"""A correction goes wherever the old value stands as a fact: contact, messages, appointments, summaries and their search words.
What was said stays as it was said. Of the old value only a keyed hash is kept, with the step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ringtrue.calendars.booking import BOOKING
from ringtrue.calendars.models import Booking
from ringtrue.calls import searching
from ringtrue.calls.messages import MESSAGE
from ringtrue.calls.models import Call, Message
from ringtrue.calls.reading import told
from ringtrue.calls.recording import CALL
from ringtrue.contacts import gathering
from ringtrue.contacts.models import Contact
from ringtrue.privacy.models import Subject
from ringtrue.privacy.vault import blind, open_json, seal_json

FIELDS = ("name", "number", "email")


def correct(subject: Subject, changes: Mapping[str, str]) -> dict[str, Any]:
    """{"places": how many records were changed, "fields": [...], "old": {field: keyed hash}}. Needs the subject's scope.

    Raises KeyError for another field than name, number, email; Contact.DoesNotExist for a person of whom no contact is kept."""
    contact = Contact.objects.get(subject=subject)
    before = {field: str(gathering.read(contact).get(field, "")) for field in changes}
    wanted = {field: value.strip() for field, value in changes.items() if value.strip() != before[field]}
    if set(wanted) - set(FIELDS):
        raise KeyError(*sorted(set(wanted) - set(FIELDS)))
    places = 0
    if wanted:
        searching.index_contact(gathering.correct(contact, **wanted))
        places = 1 + sum(_rows(subject, before, wanted))
    old = {field: blind(subject.workspace_id, "corrected", before[field]) for field in wanted if before[field]}
    return {"places": places, "fields": sorted(wanted), "old": old}


def _rows(subject: Subject, before: dict[str, str], wanted: dict[str, str]) -> list[int]:
    swaps = {before[field]: value for field, value in wanted.items() if before[field]}
    changed = []
    for model, place in ((Message, MESSAGE), (Booking, BOOKING), (Call, CALL)):
        for row in model.objects.filter(subject=subject):
            held = open_json(subject.workspace_id, subject.id, place, row.id, row.sealed)
            right = _swapped(held, swaps, keep=("from_number", "to_number"))
            if right != held:
                row.sealed = seal_json(subject.workspace_id, subject.id, place, row.id, right)
                row.save(update_fields=["sealed"])
                changed.append(1)
            if isinstance(row, Call):
                _index(row)
    return changed


def _index(call: Call) -> None:
    events = told(call)
    if events:
        searching.index_call(call, events)


def _swapped(value: Any, swaps: dict[str, str], keep: tuple[str, ...] = ()) -> Any:
    """The old values replaced in every text, but for the numbers that a carrier reported."""
    if isinstance(value, dict):
        return {key: held if key in keep else _swapped(held, swaps) for key, held in value.items()}
    if isinstance(value, list):
        return [_swapped(item, swaps) for item in value]
    if isinstance(value, str):
        for old, new in swaps.items():
            value = value.replace(old, new)
    return value


def provenance(workspace_id: UUID, value: str) -> str:
    """The keyed hash under which an old value stands in a step: to show, later, that it was this one."""
    return blind(workspace_id, "corrected", value)
