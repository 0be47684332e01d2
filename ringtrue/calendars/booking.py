"""Free times and bookings of a calendar, in the business's own time zone.

Opening hours are local wall-clock times; a booking is an instant. The database refuses two bookings that overlap
(`no_double_booking`), so whoever comes second, from any process, gets SlotTaken.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calendars.models import Booking, Calendar
from ringtrue.privacy.models import Subject
from ringtrue.privacy.vault import open_json, seal_json
from ringtrue.voice.agent import DAYS, Hours, Span
from ringtrue.voice.brains.public_days import public_holidays

BOOKING = "calendars.Booking"
GRID = timedelta(minutes=30)  # slots begin on the half hour after opening
NOON = time(12)


class SlotTaken(Exception):
    """Somebody else has that time."""


class NotOpen(Exception):
    """The business is closed at that time, or it is in the past, or the service does not fit before closing."""


def spans_of(hours: Hours, day: date) -> list[Span]:
    """When the business is open on a day: its own holidays win over the place's public holidays, those over the week."""
    for holiday in hours.holidays:
        if holiday.date == day.isoformat():
            return list(holiday.spans)
    if day in public_holidays(hours.public_holidays, [day.year]):
        return []
    return list(hours.weekly.get(DAYS[day.weekday()], []))


def open_between(hours: Hours, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The day's open spans as UTC instants. A span that begins in a clock change begins when the clock first shows it."""
    found = []
    for opens, closes in spans_of(hours, day):
        begin, end = _instant(day, opens, zone), _instant(day, closes, zone)
        if end > begin:
            found.append((begin, end))
    return found


def free_slots(
    calendar: Calendar,
    hours: Hours,
    time_zone: str,
    *,
    minutes: int,
    day: date | None = None,
    part: str = "",
    at: time | None = None,
    count: int = 3,
    days_ahead: int = 21,
    now: datetime | None = None,
) -> list[datetime]:
    """Local times (aware, in `time_zone`) at which a service of `minutes` fits, earliest first, at most `count`.

    `day`: only that day; else the coming days. `part`: "morning" (begins before 12:00), "afternoon" or "". `at`: that wall-clock
    time if it is free, and what is nearest to it otherwise. Never in the past. Needs no scope of its own.
    """
    zone, moment = ZoneInfo(time_zone), now or timezone.now()
    today = moment.astimezone(zone).date()
    days = [day] if day else [today + timedelta(days=n) for n in range(days_ahead)]
    length = timedelta(minutes=minutes)
    found: list[datetime] = []
    for one in days:
        spans = open_between(hours, one, zone)
        if not spans:
            continue
        taken = _taken(calendar, spans[0][0], spans[-1][1])
        starts = list(_starts(spans, length, at, one, zone))
        free = [s for s in starts if s > moment and not any(a < s + length and s < b for a, b in taken)]
        local = [s.astimezone(zone) for s in free]
        if part == "morning":
            local = [s for s in local if s.time() < NOON]
        elif part == "afternoon":
            local = [s for s in local if s.time() >= NOON]
        if at is not None:
            local.sort(key=lambda s: (abs(_minutes(s.time()) - _minutes(at)), s))
        found += local
        if len(found) >= count:
            break
    return found[:count] if at is not None else sorted(found)[:count]


def book(
    calendar: Calendar,
    hours: Hours,
    time_zone: str,
    *,
    service: str,
    minutes: int,
    start: datetime,
    subject: Subject | None = None,
    name: str = "",
    number: str = "",
    note: str = "",
    call_id: UUID | None = None,
    now: datetime | None = None,
) -> Booking:
    """Book. `start` without a time zone is wall-clock time of the business. Raises NotOpen, SlotTaken.

    Who it is for is sealed under the subject's key; without a subject nothing about a person is kept.
    """
    zone = ZoneInfo(time_zone)
    begins = (start if start.tzinfo else _settle(start, zone)).astimezone(UTC)
    ends = begins + timedelta(minutes=minutes)
    spans = open_between(hours, begins.astimezone(zone).date(), zone)
    if begins <= (now or timezone.now()) or not any(a <= begins and ends <= b for a, b in spans):
        raise NotOpen
    booking = Booking(
        workspace_id=calendar.workspace_id,
        calendar=calendar,
        subject=subject,
        service=service,
        starts_at=begins,
        ends_at=ends,
        call_id=call_id,
    )
    if subject is not None:
        body = {"name": name, "number": number, "note": note}
        booking.sealed = seal_json(calendar.workspace_id, subject.id, BOOKING, booking.id, body)
    _save(booking)
    return booking


def _save(booking: Booking, tries: int = 3) -> None:
    try:
        with workspace_scope(booking.workspace_id), transaction.atomic():
            booking.save(force_insert=True)
    except IntegrityError as refused:
        if "no_double_booking" in str(refused):
            raise SlotTaken from None
        raise
    except OperationalError as refused:
        # Two that check an exclusion constraint at one instant may wait for each other; PostgreSQL then ends one of them.
        if tries > 1 and isinstance(refused.__cause__, DeadlockDetected):
            return _save(booking, tries - 1)
        raise


def cancel(booking: Booking) -> None:
    """The time is free again; the booking stays to be seen. Cancelling twice changes nothing."""
    with workspace_scope(booking.workspace_id):
        Booking.objects.filter(id=booking.id, state="booked").update(state="cancelled")
    booking.state = "cancelled"


def who(booking: Booking) -> dict[str, str]:
    """{"name", "number", "note"}; {} when nothing was kept or the person was erased."""
    if booking.subject_id is None:
        return {}
    held = open_json(booking.workspace_id, booking.subject_id, BOOKING, booking.id, booking.sealed)
    return {key: str(value) for key, value in held.items()}


def _starts(
    spans: list[tuple[datetime, datetime]], length: timedelta, at: time | None, day: date, zone: ZoneInfo
) -> Iterable[datetime]:
    wanted = _settle(datetime.combine(day, at), zone).astimezone(UTC) if at else None
    for begin, end in spans:
        start = begin
        while start + length <= end:
            if wanted and start < wanted < start + GRID and wanted + length <= end:
                yield start
                yield wanted
            else:
                yield start
            start += GRID


def _taken(calendar: Calendar, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    with workspace_scope(calendar.workspace_id):
        rows = Booking.objects.filter(Q(calendar=calendar), state="booked", starts_at__lt=end, ends_at__gt=begin)
        return list(rows.values_list("starts_at", "ends_at"))


def _instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    if clock == "24:00":
        return _settle(datetime.combine(day + timedelta(days=1), time(0)), zone).astimezone(UTC)
    return _settle(datetime.combine(day, time.fromisoformat(clock)), zone).astimezone(UTC)


def _settle(naive: datetime, zone: ZoneInfo) -> datetime:
    """A wall-clock time as an instant. In the hour that a clock change skips: the first instant after it; in the hour that
    comes twice: the first of the two (`fold=0`, PEP 495)."""
    aware = naive.replace(tzinfo=zone)
    there_and_back = aware.astimezone(UTC).astimezone(zone)
    if there_and_back.replace(tzinfo=None) == naive:
        return aware
    # Inside the gap fold=0 uses the offset from before the change, so the clock reads one hour on: that is after the gap.
    return there_and_back


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
