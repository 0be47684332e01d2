"""Finding leads by word, number, list, place and field, although what a row seals cannot be searched.

Each row holds short keyed hashes of its words, of the endings of its number, and of each field with its value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef, QuerySet

from ringtrue.calls.searching import number_forms, words_in, words_of_query
from ringtrue.dialing.models import Attempt
from ringtrue.leads.models import Lead
from ringtrue.leads.reading import LeadDetails
from ringtrue.privacy.models import OptOut
from ringtrue.privacy.vault import blinder

SEARCHED = frozenset({5, 8, *range(10, 17)})
"""Lengths of "#" and the ending of a number: the last four or seven digits, or nine and more. Each more makes imports slower."""
Hash = Callable[[str], str]


class Filters(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that is given must fit. `lead_list`: its id. `called`, `stopped`: "yes", "no" or "" for both."""

    lead_list: str = ""
    text: str = ""  # name, company, e-mail or number
    country: str = ""
    state: str = ""
    field: str = ""  # one of the workspace's own fields ...
    value: str = ""  # ... and what it must be
    called: str = ""
    stopped: str = ""  # whether they asked not to be called


def hasher(workspace_id: UUID) -> Hash:
    hashed = blinder(workspace_id, "lead word")
    # First names, companies and values of fields come again and again.
    return lru_cache(10_000)(lambda word: hashed(word)[:16])


def words_to_keep(details: LeadDetails, hashed: Hash) -> list[str]:
    """The hashes for a row's `words`."""
    plain = words_in(details.name) | words_in(details.company)
    plain |= words_of_query(details.email)  # the whole address is one word there
    plain |= {form for form in number_forms(details.number) if len(form) in SEARCHED}
    plain |= {_field(name, value) for name, value in details.fields.items()}
    return sorted(hashed(word) for word in plain)


def find(workspace_id: UUID, filters: Filters) -> QuerySet[Lead]:
    """Needs the workspace's scope. A text of which nothing can be looked for finds nobody."""
    rows = Lead.objects.filter(workspace_id=workspace_id)
    hashed = hasher(workspace_id)
    same_number = {"workspace_id": workspace_id, "number_hash": OuterRef("number_hash")}
    if filters.lead_list:
        rows = rows.filter(lead_list_id=_uuid(filters.lead_list))
    if filters.text.strip():
        wanted = words_of_query(filters.text)
        rows = rows.filter(words__contains=[hashed(word) for word in wanted]) if wanted else rows.none()
    if filters.field and filters.value:
        rows = rows.filter(words__contains=[hashed(_field(filters.field, filters.value))])
    if filters.country:
        rows = rows.filter(country=filters.country)
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.called:
        dialed = Exists(Attempt.objects.filter(**same_number).exclude(state="not_placed"))
        rows = rows.filter(dialed if filters.called == "yes" else ~dialed)
    if filters.stopped:
        listed = Exists(OptOut.objects.filter(**same_number))
        rows = rows.filter(listed if filters.stopped == "yes" else ~listed)
    return rows


def stopped_among(workspace_id: UUID, leads: Iterable[Lead]) -> set[str]:
    """Number hashes of those who asked not to be called."""
    hashes = [lead.number_hash for lead in leads]
    return set(OptOut.objects.filter(workspace_id=workspace_id, number_hash__in=hashes).values_list("number_hash", flat=True))


def _field(name: str, value: str) -> str:
    return f"field:{name}={value.strip().casefold()}"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
