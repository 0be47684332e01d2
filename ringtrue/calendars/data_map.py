"""What this feature keeps about callers, declared."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from django.db.models import QuerySet

from ringtrue.calendars.booking import who
from ringtrue.calendars.models import Booking
from ringtrue.privacy.data_map import Instant, Removed, declare
from ringtrue.privacy.legal_holds import held_subjects
from ringtrue.privacy.models import Subject


def erase_bookings(subject: Subject) -> Removed:
    """The time stays taken, without a person; a past booking goes whole."""
    from django.utils import timezone

    gone, _ = Booking.objects.filter(subject=subject, ends_at__lt=timezone.now()).delete()
    emptied = Booking.objects.filter(subject=subject).update(sealed=b"", subject=None, call_id=None, answer="")
    return Removed(rows=gone + emptied)


def _past(workspace_id: UUID, cutoff: datetime) -> QuerySet[Booking]:
    rows = Booking.objects.filter(workspace_id=workspace_id, ends_at__lt=cutoff)
    return rows.exclude(subject_id__in=held_subjects(workspace_id))


def expire_bookings(workspace_id: UUID, cutoff: datetime) -> Removed:
    rows, _ = _past(workspace_id, cutoff).delete()
    return Removed(rows=rows)


class HeldBooking(TypedDict):
    service: str
    starts_at: Instant
    state: str
    answer: str
    name: NotRequired[str]
    number: NotRequired[str]
    note: NotRequired[str]


def export_bookings(subject: Subject) -> Iterable[Any]:
    for booking in Booking.objects.filter(subject=subject).order_by("starts_at"):
        yield {
            "service": booking.service,
            "starts_at": booking.starts_at,
            "state": booking.state,
            "answer": booking.answer,
            **who(booking),
        }


declare(
    store="calendars_calendar",
    what="the calendars of the business",
    category="configuration",
    subject="none",
    retention="while_active",
    purpose="booking appointments",
)
declare(
    store="calendars_booking",
    what="appointments that were booked by phone, with who they are for, sealed",
    category="content",
    subject="caller",
    retention="transcripts",
    purpose="booking appointments",
    erase=erase_bookings,
    expire=expire_bookings,
    count=lambda workspace_id, cutoff: _past(workspace_id, cutoff).count(),
    export=export_bookings,
    shape=HeldBooking,
)
