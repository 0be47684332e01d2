"""Bookings: at most three offers, a choice in any words, conflicts offered anew, and "you are booked" only when it is so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from ringtrue.voice.brains.tests.driving import Call, starter
from ringtrue.voice.port import ToolFailed

Make = Callable[..., Awaitable[Call]]


async def booked_up_to_choice(call: Make, **changes: str) -> Call:
    made = await call(**changes)
    await made.says("I'd like to book a cleaning")
    await made.says("tomorrow please")
    return made


@pytest.mark.promise("P-ALX-2.1-7")
async def test_a_booking_from_wish_to_calendar(call: Make) -> None:
    made = await call()
    assert "What day" in await made.says("I'd like to book a cleaning")
    offer = await made.says("tomorrow please")
    assert made.used("find_slots") == [{"service": "Cleaning", "day": "2026-11-24", "part": "", "time": ""}]
    assert offer.count("a.m.") + offer.count("p.m.") == 3
    await made.says("the second one please")
    await made.says("john smith")
    read_back = await made.says("yes")
    assert "Cleaning, tomorrow at 10:30 a.m." in read_back
    assert "S, M, I, T, H" in read_back
    assert made.used("book") == []
    assert "booked" not in made.everything.replace("Shall I book", "")
    said = await made.says("yes")
    assert made.used("book") == [
        {"service": "Cleaning", "start": "2026-11-24T10:30", "name": "John Smith", "number": "+18565550177"}
    ]
    assert "You are booked" in said
    assert made.brain.goal == "booking"
    assert made.brain.facts()["start"] == "2026-11-24T10:30"


@pytest.mark.parametrize(
    ("choice", "start"),
    [
        ("ten thirty", "2026-11-24T10:30"),
        ("the first one", "2026-11-24T09:00"),
        ("um nine works for me", "2026-11-24T09:00"),
        ("I'll take the last one", "2026-11-24T14:00"),
        ("half past ten please", "2026-11-24T10:30"),
        ("two", "2026-11-24T14:00"),
        ("the afternoon one", "2026-11-24T14:00"),
        ("at two in the afternoon", "2026-11-24T14:00"),
        ("the third", "2026-11-24T14:00"),
    ],
)
async def test_a_slot_is_chosen_in_many_words(call: Make, choice: str, start: str) -> None:
    made = await booked_up_to_choice(call)
    await made.says(choice)
    for turn in ("john smith", "yes", "yes"):
        await made.says(turn)
    assert made.used("book")[0]["start"] == start


async def test_that_works_takes_the_only_offer(call: Make) -> None:
    made = await call()
    made.tools["find_slots"] = {"slots": "2026-11-24T09:00", "reason": ""}
    await made.says("I'd like to book a cleaning tomorrow morning")
    assert made.asks[-1].expecting == "yes_no"
    for turn in ("that works", "john smith", "yes", "yes"):
        await made.says(turn)
    assert made.used("book")[0]["start"] == "2026-11-24T09:00"


async def test_a_slot_that_was_taken_meanwhile_is_not_claimed(call: Make) -> None:
    made = await booked_up_to_choice(call)
    answers = iter([ToolFailed("slot_taken"), {"booked": "true"}])
    made.tools["book"] = lambda arguments: next(answers)
    for turn in ("nine", "john smith", "yes"):
        await made.says(turn)
    made.tools["find_slots"] = {"slots": "2026-11-24T10:30,2026-11-24T14:00", "reason": ""}
    said = await made.says("yes")
    assert "just been taken" in said
    assert "10:30 a.m." in said
    assert "You are booked" not in made.everything
    await made.says("ten thirty")
    said = await made.says("yes")
    assert "You are booked: Cleaning, tomorrow at 10:30 a.m." in said
    assert [one["start"] for one in made.used("book")] == ["2026-11-24T09:00", "2026-11-24T10:30"]


async def test_a_calendar_that_does_not_answer_leads_to_a_message(call: Make) -> None:
    made = await call()
    made.tools["find_slots"] = ToolFailed("timeout")
    said = await made.says("can I book a cleaning for tomorrow")
    assert "can't reach the calendar" in said
    assert "message" in said
    assert "You are booked" not in made.everything


async def test_a_closed_day_is_said_to_be_closed(call: Make) -> None:
    made = await call()
    await made.says("I'd like to book a cleaning")
    said = await made.says("on saturday")
    assert "closed" in said
    assert made.used("find_slots") == []


async def test_a_full_day_leads_to_other_days(call: Make) -> None:
    made = await call()
    made.tools["find_slots"] = lambda a: {"slots": "" if a["day"] else "2026-12-01T09:00,2026-12-02T09:00", "reason": ""}
    said = await made.says("book a cleaning for tomorrow please")
    assert "nothing free tomorrow" in said
    assert "December 1st" in said


async def test_a_question_while_booking_is_answered_and_the_offer_comes_back(call: Make) -> None:
    made = await booked_up_to_choice(call)
    said = await made.says("how much is it?")
    assert "$120" in said
    assert "Which would you like" in said
    await made.says("nine")
    assert "name" in made.said[-1].lower()


async def test_another_day_is_searched_anew(call: Make) -> None:
    made = await booked_up_to_choice(call)
    await made.says("none of those how about wednesday afternoon")
    assert made.used("find_slots")[-1]["day"] == "2026-11-25"
    assert made.used("find_slots")[-1]["part"] == "afternoon"


async def test_what_cannot_be_understood_ends_in_an_offer_not_a_loop(call: Make) -> None:
    made = await booked_up_to_choice(call)
    for turn in ("purple monkey dishwasher", "flibber gibbet"):
        said = await made.says(turn)
    assert "message" in said
    assert made.used("book") == []


async def test_no_booking_where_the_business_takes_none(call: Make) -> None:
    handling = type(starter("dental").handling)(book=False)
    made = await call(handling=handling)
    said = await made.says("I'd like to book a cleaning")
    assert made.uses == []
    assert "message" in said


async def test_a_service_that_is_not_bookable_is_not_booked(call: Make) -> None:
    made = await call("salon", now="2026-11-24T11:00", number="+447700900123")
    said = await made.says("I'd like to book wedding hair")
    assert made.uses == []
    assert "can't book Wedding hair" in said


async def test_a_british_day_and_number_are_understood(call: Make) -> None:
    made = await call("salon", now="2026-11-24T11:00", number="")
    made.tools["find_slots"] = {"slots": "2026-12-03T10:00,2026-12-03T14:30", "reason": ""}
    await made.says("could I book a cut and finish on the third of december")
    assert made.used("find_slots")[0]["day"] == "2026-12-03"
    await made.says("half two please")
    await made.says("priya patel")
    await made.says("oh seven seven double oh nine hundred one two three")
    await made.says("yes")
    assert made.used("book") == [
        {"service": "Cut and finish", "start": "2026-12-03T14:30", "name": "Priya Patel", "number": "+447700900123"}
    ]
