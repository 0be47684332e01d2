from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from ringtrue.calendars import booking
from ringtrue.calendars.models import Booking
from ringtrue.calls import messages
from ringtrue.calls.models import Message
from ringtrue.media.scribe import Scribe
from ringtrue.reception.answering import open_call
from ringtrue.voice.events import Answered, Consent
from ringtrue.voice.port import ToolFailed

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 10:00 in New York


@pytest.fixture
def use(dental: Any) -> Any:
    with time_machine.travel(MONDAY, tick=False):
        scribe = Scribe()
        _, token = open_call(dental.agent, line="browser", from_number="+12025550123")
        order = scribe.redeem(token, "browser")
        scribe.event(order.call_id, 1, Answered(at_ms=0, started_at=MONDAY.timestamp(), line="browser", sample_rate=16000))
        scribe.event(order.call_id, 2, Consent(at_ms=100, granted=True, method="announced", wording="recorded"))
        yield lambda tool, **given: scribe.use(order.call_id, tool, given)


def test_slots_are_free_times_of_the_day_that_was_asked_for(use: Any) -> None:
    found = use("find_slots", service="Cleaning", day="2026-11-24", part="morning", time="")
    slots = found["slots"].split(",")
    assert slots[0] == "2026-11-24T08:00"
    assert all(slot.startswith("2026-11-24T") and slot < "2026-11-24T12" for slot in slots)


@pytest.mark.parametrize(("day", "reason"), [("2026-11-26", "closed"), ("2026-11-22", "past"), ("2026-11-29", "closed")])
def test_why_there_are_none(use: Any, day: str, reason: str) -> None:
    assert use("find_slots", service="Cleaning", day=day) == {"slots": "", "reason": reason}


def test_booking_and_the_conflict(use: Any) -> None:
    given = {"service": "cleaning", "start": "2026-11-24T09:00", "name": "Ada Example", "number": "+12025550123"}
    assert use("book", **given) == {"booked": "true", "start": "2026-11-24T09:00"}
    made = Booking.objects.get()
    assert booking.who(made)["name"] == "Ada Example"
    assert (made.ends_at - made.starts_at).total_seconds() == 45 * 60
    with pytest.raises(ToolFailed, match="slot_taken"):
        use("book", **{**given, "start": "2026-11-24T09:30"})
    with pytest.raises(ToolFailed, match="not_open"):
        use("book", **{**given, "start": "2026-11-24T22:00"})


def test_a_message_is_taken_for_the_caller_of_this_call(use: Any) -> None:
    assert use("take_message", name="Ada", number="+12025550123", reason="please call back", workspace="other", call="other") == {
        "taken": "true"
    }
    assert messages.read(Message.objects.get()) == {"name": "Ada", "number": "+12025550123", "reason": "please call back"}


@pytest.mark.parametrize(
    ("tool", "given", "code"),
    [
        ("find_slots", {"service": "Haircut"}, "no_such_service"),
        ("find_slots", {"service": "Cleaning", "day": "soon"}, "bad_day"),
        ("find_slots", {"service": "Cleaning", "time": "late"}, "bad_time"),
        ("book", {"service": "Cleaning", "start": "later"}, "bad_time"),
        ("drop_tables", {}, "no_such_tool"),
    ],
)
def test_what_cannot_be_done_says_so_with_a_code_of_ours(use: Any, tool: str, given: dict[str, str], code: str) -> None:
    with pytest.raises(ToolFailed, match=f"^{code}$"):
        use(tool, **given)
