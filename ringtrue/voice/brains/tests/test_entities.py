"""Numbers, names, days, times, addresses: as callers say them and recognizers write them."""

from __future__ import annotations

from datetime import date

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringtrue.voice.brains.addresses import address_in
from ringtrue.voice.brains.dates import date_in, date_of, spoken_day
from ringtrue.voice.brains.emails import email_in
from ringtrue.voice.brains.names import name_in, name_of
from ringtrue.voice.brains.numbers_spoken import in_groups, phone_number
from ringtrue.voice.brains.postcodes import postcode, postcode_of, zip_code
from ringtrue.voice.brains.times import in_hours, spoken_time, time_in

SATURDAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("said", "country", "e164"),
    [
        ("eight five six five five five oh one double nine", "US", "+18565550199"),
        ("uh it's eight five six, five five five, zero one hundred", "US", "+18565550100"),
        ("two one five triple five oh one two three", "US", "+12155550123"),
        ("plus one eight five six five five five zero one four two", "US", "+18565550142"),
        ("(856) 555-0142", "US", "+18565550142"),
        ("eight hundred five five five one two one two", "US", "+18005551212"),
        ("eight fifty six five fifty five twenty one forty nine", "US", "+18565552149"),
        ("856 555 0142, 856 555 0142", "US", "+18565550142"),
        ("eight five six five five five two one four eight no wait two one four nine", "US", "+18565552149"),
        ("oh two oh seven nine four six oh nine five eight", "GB", "+442079460958"),
        ("oh seven seven double oh nine hundred one two three", "GB", "+447700900123"),
    ],
)
def test_numbers_in_spoken_digits(said: str, country: str, e164: str) -> None:
    assert phone_number(said, country).e164 == e164


@pytest.mark.parametrize(
    ("said", "problem"), [("five five five oh one two two", "too_short"), ("856555014299", "too_long"), ("I don't know", "none")]
)
def test_what_is_no_whole_number_is_said_to_be_none(said: str, problem: str) -> None:
    found = phone_number(said, "US")
    assert found.e164 == ""
    assert found.problem == problem


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from("zero oh one two three four five six seven eight nine double triple hundred plus and no".split()),
        max_size=25,
    )
)
def test_a_number_is_never_longer_than_its_country_allows(words: list[str]) -> None:
    found = phone_number(" ".join(words), "US").e164
    if found:
        assert phonenumbers.is_possible_number(phonenumbers.parse(found, None))
        assert len(found) <= 16


def test_a_number_is_read_back_in_the_groups_of_its_country() -> None:
    assert in_groups("+18565550100", "US") == "8 5 6, 5 5 5, 0 1 0 0"
    assert in_groups("+442079460958", "GB") == "0 2 0, 7 9 4 6, 0 9 5 8"
    assert in_groups("+442079460958", "US").startswith("plus 4 4")


@pytest.mark.parametrize(
    ("said", "asked", "name"),
    [
        ("my name is john smith", False, "John Smith"),
        ("hi this is peter calling about my bill", False, "Peter"),
        ("yes my name is um sarah connor and I need a cleaning", False, "Sarah Connor"),
        ("sure it's Anne-Marie O'Neil", True, "Anne-Marie O'Neil"),
        ("smith, s m y t h e", True, "Smythe"),
        ("P as in Peter, A, double T", True, "Patt"),
        ("Mrs. Williams", True, "Williams"),
        ("I'm calling about a crown", False, ""),
        ("I'm in pain", True, ""),
        ("this is the third time I'm calling", False, ""),
        ("I'd like to book", True, ""),
        ("what time do you close", True, ""),
    ],
)
def test_names(said: str, asked: bool, name: str) -> None:
    assert name_in(said, asked=asked) == name


def test_hearings_of_one_name_agree_with_its_spelling() -> None:
    heard = [["Stephen Frost", "Steven Frost"], ["Stephen Frost", "Steven Frost"], ["s t e v e n f r o s t"]]
    assert name_of(heard) == "Steven Frost"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("tomorrow", "2026-11-22"), ("next tuesday", "2026-11-24"), ("on monday please", "2026-11-23"), ("the 3rd of december", "2026-12-03"),
        ("december the twenty third", "2026-12-23"), ("in two weeks", "2026-12-05"), ("the day after tomorrow", "2026-11-23"),
        ("on thanksgiving", "2026-11-26"), ("fourth of july", "2027-07-04"), ("easter sunday", "2027-03-28"), ("on the fifteenth", "2026-12-15"),
        ("next week friday", "2026-11-27"), ("the second of january", "2027-01-02"),
    ],
)  # fmt: skip
def test_days(said: str, day: str) -> None:
    found = date_in(said, SATURDAY, place="US-NJ")
    assert found is not None
    assert found.isoformat() == day


def test_the_order_of_day_and_month_is_the_country_s() -> None:
    assert date_in("on 3/4", SATURDAY, language="en-US") == date(2027, 3, 4)
    assert date_in("on 3/4", SATURDAY, language="en-GB") == date(2027, 4, 3)


@pytest.mark.parametrize("said", ["a cleaning please", "I have two kids", "my name is april", "no thanks"])
def test_no_day_is_heard_where_none_is_said(said: str) -> None:
    assert date_in(said, SATURDAY) is None


def test_a_day_is_spoken_as_people_do() -> None:
    assert spoken_day(SATURDAY, SATURDAY) == "today"
    assert spoken_day(date(2026, 12, 3), SATURDAY) == "Thursday, December 3rd"


@pytest.mark.parametrize(
    ("said", "clock"),
    [
        ("half past two", (14, 30)), ("ten thirty", (10, 30)), ("quarter to five", (16, 45)), ("at nine", (9, 0)), ("noon", (12, 0)),
        ("half two", (14, 30)), ("nine oh five", (9, 5)), ("three o'clock", (15, 0)), ("9 a.m.", (9, 0)), ("around four in the afternoon", (16, 0)),
        ("eleven forty five", (11, 45)), ("25 to 7 p.m.", (18, 35)),
    ],
)  # fmt: skip
def test_clock_times(said: str, clock: tuple[int, int]) -> None:
    assert in_hours(time_in(said), [("08:00", "17:00")]) == clock


@pytest.mark.parametrize(
    ("said", "part"),
    [("after lunch", "afternoon"), ("in the morning", "morning"), ("first thing", "morning"), ("after work", "evening")],
)
def test_parts_of_the_day(said: str, part: str) -> None:
    wish = time_in(said)
    assert wish.part == part
    assert wish.hour == -1


@pytest.mark.parametrize("said", ["the first one", "a cleaning please", "I have two kids", "monday the third"])
def test_no_time_is_heard_where_none_is_said(said: str) -> None:
    assert time_in(said).hour == -1


def test_times_are_spoken_in_twelve_hours() -> None:
    assert spoken_time("09:00") == "9 a.m."
    assert spoken_time("14:30") == "2:30 p.m."
    assert spoken_time("12:00", "en-US") == "noon"


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("john dot smith at gmail dot com", "john.smith@gmail.com"),
        ("my email is j o h n underscore one two at yahoo dot co dot uk", "john_12@yahoo.co.uk"),
        ("it's peter at riverside hyphen dental dot com thanks", "peter@riverside-dental.com"),
        ("mary.jones@example.com", "mary.jones@example.com"),
        ("I'm at home", ""),
    ],
)
def test_e_mail_addresses(said: str, address: str) -> None:
    assert email_in(said) == address


def test_codes_and_addresses() -> None:
    assert zip_code("my zip is oh eight oh seven five") == "08075"
    assert zip_code("eight five six five five five") == ""
    assert postcode("T Q 9 6 6 P E") == "TQ9 6PE" or postcode("T Q 9 6 6 P E") == "TQ96 6PE"
    assert postcode("golf 3 Bravo 0 Tango Papa") == "G3B 0TP"
    assert postcode_of([["h x 3 y 9 y"], ["a checks", "h x 3 y 9 y l"]]) == "HX3Y 9YL"
    assert address_in("I live at twelve mill street") == "12 mill street"
    assert address_in("nothing here") == ""


def test_hearings_of_one_date_agree() -> None:
    heard = [["17th September 1960 9", "17th September 1969"], ["1709 1969"], ["17 September 1969"]]
    assert date_of(heard) == date(1969, 9, 17)
    assert date_of([["home alone"]]) is None
