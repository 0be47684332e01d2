"""Gathering what a permit depends on, from the workspace's own rows. Whatever cannot be read becomes None, and None refuses."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import phonenumbers
from django.utils import timezone

from ringtrue.billing import ledger as books
from ringtrue.dialing.models import Attempt, DialingSettings, ImportedList, ListedNumber, ReassignedAnswer, VerifiedCallerId
from ringtrue.dialing.proposal import Listing, Past, Proposed, Reassignment, Said, Spend, Stated
from ringtrue.dialing.stopping import is_stopped
from ringtrue.numbers.models import PhoneNumber
from ringtrue.privacy.models import ConsentEvent, Subject
from ringtrue.privacy.vault import blind

REMEMBERED = timedelta(days=8)  # longer than any frequency cap of the pack looks back
WRITTEN = ("web", "signed")


def hash_number(workspace_id: UUID, number: str) -> str:
    """The keyed hash by which this number stands on the do-not-call list and in attempts; the subject's handle."""
    return blind(workspace_id, "number", number)


def gather(
    workspace_id: UUID,
    *,
    number: str,
    purpose: str,
    caller_id: str = "",
    topic: str = "",
    party: str = "person",
    escalations: frozenset[str] = frozenset(),
    stated: Stated | None = None,
    at: datetime | None = None,
) -> Proposed:
    """`number` and `caller_id` are E.164. Needs the workspace's scope."""
    now = at or timezone.now()
    number_hash = hash_number(workspace_id, number)
    return Proposed(
        at=now,
        number=number,
        purpose=purpose,
        topic=topic,
        party=party,
        caller_id=caller_id,
        caller_ids=numbers_to_show(workspace_id),
        countries=allowed_countries(workspace_id),
        escalations=escalations,
        consents=_consents(workspace_id, number_hash),
        on_own_list=is_stopped(workspace_id, number_hash),
        lists=_lists(workspace_id, number_hash),
        reassigned=_reassigned(workspace_id, number_hash),
        history=_history(workspace_id, number_hash, now),
        spend=Spend(books.standing(workspace_id, now).free_micros),
        stated=stated,
    )


def numbers_to_show(workspace_id: UUID) -> frozenset[str]:
    """E.164: those that the workspace owns or has verified. Needs the workspace's scope."""
    verified = VerifiedCallerId.objects.filter(workspace_id=workspace_id).values_list("number", flat=True)
    return _owned(workspace_id) | frozenset(verified)


def _owned(workspace_id: UUID) -> frozenset[str]:
    return frozenset(PhoneNumber.objects.filter(workspace_id=workspace_id).values_list("number", flat=True))


def allowed_countries(workspace_id: UUID) -> frozenset[str]:
    """Those that were chosen, or else those of the workspace's own numbers. Needs the workspace's scope."""
    chosen = DialingSettings.objects.filter(workspace_id=workspace_id).first()
    if chosen is not None:
        return frozenset(str(country) for country in chosen.countries)
    found = set()
    for number in _owned(workspace_id):
        try:
            found.add(phonenumbers.region_code_for_number(phonenumbers.parse(number)) or "")
        except phonenumbers.NumberParseException:
            continue
    return frozenset(found - {""})


def _consents(workspace_id: UUID, number_hash: str) -> tuple[Said, ...]:
    """Of the subject known by this number. An import counts as written where the text that was shown came with it."""
    subject = Subject.objects.filter(workspace_id=workspace_id, handle_hash=number_hash, erased_at__isnull=True).first()
    if subject is None:
        return ()
    events = ConsentEvent.objects.filter(subject=subject, purpose__endswith=".call")
    return tuple(
        Said(e.purpose, e.granted, e.at, e.method in WRITTEN or (e.method == "imported" and bool(e.wording))) for e in events
    )


def lists_in_force(workspace_id: UUID) -> dict[str, ImportedList]:
    """By name, the newest publication of each. Needs the workspace's scope."""
    whole = ImportedList.objects.filter(workspace_id=workspace_id, ready=True)
    return {one.name: one for one in whole.order_by("published_at", "imported_at")}


def _lists(workspace_id: UUID, number_hash: str) -> tuple[Listing, ...]:
    newest = lists_in_force(workspace_id)
    hits = set(
        ListedNumber.objects.filter(imported__in=newest.values(), number_hash=number_hash).values_list("imported_id", flat=True)
    )
    return tuple(Listing(name, one.published_at, one.id in hits) for name, one in newest.items())


def _reassigned(workspace_id: UUID, number_hash: str) -> Reassignment | None:
    found = ReassignedAnswer.objects.filter(workspace_id=workspace_id, number_hash=number_hash).order_by("-asked_at").first()
    return None if found is None else Reassignment(found.answer, found.asked_at)


def _history(workspace_id: UUID, number_hash: str, now: datetime) -> tuple[Past, ...]:
    """Of one whose end nobody knows, the stricter is taken: it rang and was answered."""
    rows = Attempt.objects.filter(workspace_id=workspace_id, number_hash=number_hash, at__gt=now - REMEMBERED)
    rows = rows.exclude(state="not_placed").exclude(purpose="transfer")
    return tuple(Past(row.at, row.answered or row.state == "unknown", row.topic, row.abandoned) for row in rows)
