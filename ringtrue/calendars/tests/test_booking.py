import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.publishing import snapshot_of
from ringtrue.agents.starters import starter_workspace
from ringtrue.calendars.booking import NotOpen, SlotTaken, book, cancel, free_slots, open_between, spans_of, who
from ringtrue.calendars.models import Booking, Calendar
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.voice.agent import DAYS, Holiday, Hours

ZONE = "America/New_York"
NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)  # a Saturday
MONDAY = date(2026, 11, 23)


def local(*parts):
    """Wall-clock time of the business, as a tool gives it."""
    return datetime(*parts)  # noqa: DTZ001


@pytest.fixture
def calendar(dental):
    return Calendar.objects.get(agent=dental.agent)


@pytest.fixture
def hours(dental):
    return snapshot_of(dental.version).hours


def clock(slots):
    return [slot.strftime("%a %d %H:%M") for slot in slots]


def test_slots_begin_when_the_business_opens_in_its_own_time_zone(calendar, hours):
    slots = free_slots(calendar, hours, ZONE, minutes=45, now=NOW)
    assert clock(slots) == ["Mon 23 08:00", "Mon 23 08:30", "Mon 23 09:00"]
    assert slots[0].astimezone(UTC).hour == 13


def test_a_service_must_end_before_closing(calendar, hours):
    friday = free_slots(calendar, hours, ZONE, minutes=90, day=date(2026, 12, 4), count=50, now=NOW)
    assert clock(friday)[-1] == "Fri 04 12:30"


def test_part_of_day_and_wished_time(calendar, hours):
    assert clock(free_slots(calendar, hours, ZONE, minutes=30, day=MONDAY, part="afternoon", now=NOW))[0] == "Mon 23 12:00"
    assert clock(free_slots(calendar, hours, ZONE, minutes=30, day=MONDAY, at=time(10, 15), now=NOW))[0] == "Mon 23 10:15"
    assert clock(free_slots(calendar, hours, ZONE, minutes=60, day=MONDAY, at=time(22), now=NOW))[0] == "Mon 23 16:00"


def test_never_in_the_past(calendar, hours):
    now = datetime(2026, 11, 23, 15, 10, tzinfo=UTC)  # 10:10 on the spot
    assert clock(free_slots(calendar, hours, ZONE, minutes=30, day=MONDAY, now=now))[0] == "Mon 23 10:30"
    with pytest.raises(NotOpen):
        book(calendar, hours, ZONE, service="Check-up", minutes=30, start=local(2026, 11, 23, 9), now=now)


def test_public_and_own_holidays(calendar, hours):
    assert free_slots(calendar, hours, ZONE, minutes=30, day=date(2026, 11, 26), now=NOW) == []  # Thanksgiving
    eve = free_slots(calendar, hours, ZONE, minutes=60, day=date(2026, 12, 24), count=50, now=NOW)
    assert clock(eve)[-1] == "Thu 24 11:00"


def test_a_booked_time_is_no_longer_offered_until_it_is_cancelled(calendar, hours):
    made = book(calendar, hours, ZONE, service="Cleaning", minutes=45, start=local(2026, 11, 23, 8, 30), now=NOW)
    slots = clock(free_slots(calendar, hours, ZONE, minutes=45, day=MONDAY, now=NOW))
    assert slots == ["Mon 23 09:30", "Mon 23 10:00", "Mon 23 10:30"]  # 08:00 and 09:00 would overlap it
    for start in (local(2026, 11, 23, 8), local(2026, 11, 23, 9)):
        with pytest.raises(SlotTaken):
            book(calendar, hours, ZONE, service="Cleaning", minutes=45, start=start, now=NOW)
    cancel(made)
    cancel(made)
    assert book(calendar, hours, ZONE, service="Cleaning", minutes=45, start=local(2026, 11, 23, 8, 30), now=NOW)


def test_bookings_end_to_end_do_not_collide(calendar, hours):
    for start in (8, 9, 10):
        book(calendar, hours, ZONE, service="Filling", minutes=60, start=local(2026, 11, 23, start), now=NOW)
    assert Booking.objects.count() == 3


@pytest.mark.parametrize("start", [local(2026, 11, 23, 7, 30), local(2026, 11, 23, 16, 45), local(2026, 11, 22, 10)])
def test_outside_opening_hours_nothing_is_booked(calendar, hours, start):
    with pytest.raises(NotOpen):
        book(calendar, hours, ZONE, service="Check-up", minutes=30, start=start, now=NOW)


def test_who_it_is_for_is_sealed(dental, calendar, hours):
    subject = subject_for_number(dental.workspace.id, "+18565550142")
    made = book(
        calendar, hours, ZONE, service="Cleaning", minutes=45, start=local(2026, 11, 23, 9), subject=subject,
        name="Marigold Ashdown", number="+18565550142", now=NOW,
    )  # fmt: skip
    assert who(made)["name"] == "Marigold Ashdown"
    assert b"Marigold" not in bytes(made.sealed)


# Clock changes: 2026-03-08 skips 02:00-03:00 and 2026-11-01 has 01:00-02:00 twice in New York.
NIGHT = Hours(weekly={day: [("00:00", "24:00")] for day in DAYS})


@pytest.mark.promise("P-ALX-2.1-4")
@pytest.mark.parametrize(("day", "hours_long"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 1), 24)])
def test_a_day_with_a_clock_change_is_as_long_as_it_is(day, hours_long):
    ((begin, end),) = open_between(NIGHT, day, ZoneInfo(ZONE))
    assert end - begin == timedelta(hours=hours_long)


@pytest.mark.promise("P-ALX-2.1-4")
@hypothesis_settings(max_examples=150, deadline=None)
@given(
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    zone=st.sampled_from(["America/New_York", "Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    opens=st.integers(0, 23 * 60),
    length=st.integers(1, 600),
)
def test_open_spans_hold_over_clock_changes(day, zone, opens, length):
    closes = min(opens + length, 24 * 60 - 1)
    hours = Hours(
        weekly={name: [(f"{opens // 60:02d}:{opens % 60:02d}", f"{closes // 60:02d}:{closes % 60:02d}")] for name in DAYS}
    )
    spans = open_between(hours, day, ZoneInfo(zone))
    for begin, end in spans:
        assert begin < end
        local = begin.astimezone(ZoneInfo(zone))
        assert local.date() == day
        # The clock shows the opening time, or, where that is skipped, the first time that it shows after it.
        assert local.hour * 60 + local.minute - opens in range(61)
        assert abs((end - begin) - timedelta(minutes=closes - opens)) <= timedelta(hours=1)


def test_own_holidays_win_over_public_ones():
    hours = Hours(
        weekly={"thursday": [("09:00", "17:00")]}, public_holidays="US",
        holidays=[Holiday(date="2026-11-26", name="Open on Thanksgiving", spans=[("10:00", "12:00")])],
    )  # fmt: skip
    assert spans_of(hours, date(2026, 11, 26)) == [("10:00", "12:00")]
    assert spans_of(Hours(weekly=hours.weekly, public_holidays="US"), date(2026, 11, 26)) == []
    assert spans_of(Hours(weekly=hours.weekly, public_holidays="no such place"), date(2026, 11, 26)) == [("09:00", "17:00")]


@pytest.mark.django_db(transaction=True)
def test_two_who_book_the_same_time_at_once_one_gets_it():
    """Two real connections, eight rounds, on eight Tuesdays."""
    made = starter_workspace("dental", owner_email="o@example.com", slug="race")
    with workspace_scope(made.workspace.id):
        calendar = Calendar.objects.get(agent=made.agent)
    hours = snapshot_of(made.version).hours
    for round_ in range(8):
        gate, results = threading.Barrier(2), []

        def attempt(shift: int, day: int = round_, gate=gate, results=results) -> None:
            start = local(2026, 12, 1, 9, shift) + timedelta(days=7 * day)
            gate.wait()
            try:
                results.append(book(calendar, hours, ZONE, service="Cleaning", minutes=45, start=start, now=NOW))
            except SlotTaken:
                results.append(None)
            finally:
                connection.close()

        threads = [threading.Thread(target=attempt, args=(shift,)) for shift in (0, 15)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert sum(1 for result in results if result) == 1, results
    with workspace_scope(made.workspace.id):
        assert Booking.objects.filter(state="booked").count() == 8


def test_isolation_bookings_are_seen_in_their_workspace_only(calendar, hours, other_workspace):
    book(calendar, hours, ZONE, service="Cleaning", minutes=45, start=local(2026, 11, 23, 9), now=NOW)
    with workspace_scope(other_workspace.workspace.id):
        assert not Booking.objects.exists()
