"""What a business says on an errand, and what may be agreed without asking."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from ringtrue.voice.agent import Agent, CallOrder, Errand
from ringtrue.voice.brains import errand_hearing as hearing
from ringtrue.voice.brains.acts import Ask, HangUp, HeardTurn, LeaveMessage, Press, Use
from ringtrue.voice.brains.errand import ErrandRunner
from ringtrue.voice.brains.errand_limits import beyond

TUESDAY = date(2026, 11, 24)
NOON = 1795539600.0  # of that day in New York


@pytest.mark.parametrize(
    ("said", "price"),
    [
        ("Drain cleaning starts at $149. Clearing a blocked sink.", 149),
        ("That would be ninety five pounds.", 95),
        ("Between one hundred and twenty and one hundred and fifty dollars.", 150),
        ("It's 1,450 dollars, parts included.", 1450),
        ("We can be there in 45 minutes.", None),
    ],
)
def test_the_highest_price_counts(said: str, price: float | None) -> None:
    assert hearing.price_in(said) == price


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("I have 9 a.m., 10:30 a.m., or 2 p.m. on Thursday, November 26th.", ["26T09:00", "26T10:30", "26T14:00"]),
        ("Thursday, November 26th at 9 a.m., or tomorrow at noon.", ["26T09:00", "25T12:00"]),
        ("We could come on Thursday at 10 or half past two.", ["26T10:00", "26T14:30"]),
        ("For Emily Carter, tomorrow at 2 p.m., on 2 1 2, 5 5 5, 0 1 4 2.", ["25T14:00"]),
        ("We are open on Monday from 8 a.m. to 6 p.m.", []),
    ],
)
def test_times_are_heard_with_their_day(said: str, slots: list[str]) -> None:
    assert [f"{slot:%dT%H:%M}" for slot in hearing.slots_in(said, TUESDAY)] == slots


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("For bookings, press 1. For billing, press 2. To hear this again, press 9.", "1"),
        ("Press one for sales, press two to make an appointment, or zero for the operator.", "2"),
        ("For emergencies dial 3. For all other enquiries, press 0.", "0"),
        ("Press the bell when you arrive.", ""),
    ],
)
def test_a_menu_is_answered_by_what_it_says(said: str, key: str) -> None:
    assert hearing.menu_key(said, "a drain cleaning") == key


@pytest.mark.parametrize(
    ("said", "asked", "waits"),
    [
        ("Please hold the line, we will be with you shortly.", "", True),
        ("Thank you for holding. What can I do for you?", "wish", False),
        ("May I have your name, please?", "name", False),
        ("Is the number you're calling from the best one to reach you?", "same_number", False),
        ("So that is Thursday at 10 a.m. Shall I book it?", "confirm", False),
        ("I have tomorrow at 2 p.m. Does that work for you?", "offer", False),
        ("What day and time would suit you?", "day", False),
        ("You are booked for tomorrow. Anything else?", "anything_else", False),
    ],
)
def test_what_they_ask_and_when_they_ask_to_wait(said: str, asked: str, waits: bool) -> None:
    assert (hearing.asked_in(said), hearing.asks_to_wait(said)) == (asked, waits)


def test_only_what_lies_inside_the_limits_is_agreed() -> None:
    wanted = Errand(on_behalf_of="Emily", wish="a visit", earliest="2026-11-25", latest="2026-11-27", part="morning", most=100)
    fits = datetime.fromisoformat("2026-11-26T09:00")
    assert beyond(wanted, fits, 100) == []
    assert beyond(wanted, fits, 100.5) == ["It costs $100.50, and your limit is $100."]
    assert beyond(wanted, fits, None) == ["The price is not known."]
    for slot in ("2026-11-28T09:00", "2026-11-24T09:00", "2026-11-26T12:00"):
        assert beyond(wanted, datetime.fromisoformat(slot), 80) == ["It is outside the times you gave."]
    assert beyond(Errand(on_behalf_of="Emily", wish="a visit", agrees=False), fits, 80)


async def _turn(brain: ErrandRunner, text: str, results: dict[str, Any]) -> list[Any]:
    acts, sent = [], None
    answers = brain.answer(HeardTurn(turn=1, text=text))
    while True:
        try:
            act = await answers.asend(sent)
        except StopAsyncIteration:
            return acts
        acts.append(act)
        if isinstance(act, HangUp | LeaveMessage):
            await answers.aclose()
            return acts
        sent = {"ok": "true"} if isinstance(act, Press) else results.get(act.tool, {}) if isinstance(act, Use) else None


async def _runner(**given: Any) -> ErrandRunner:
    brain = ErrandRunner(Errand(on_behalf_of="Emily Carter", wish="a visit", **given))
    await brain.prepare(CallOrder(call_id="1", agent=Agent(slug="a", business="Emily Carter"), line="test", now=NOON))
    return brain


async def test_a_cancelled_errand_says_goodbye_at_the_next_turn() -> None:
    acts = await _turn(await _runner(), "Hello, Harbor Plumbing.", {"errand_news": {"cancelled": "true"}})
    assert [type(act) for act in acts] == [Use, HangUp]
    assert "doesn't need it any more" in acts[-1].text


@pytest.mark.parametrize(("setting", "says"), [("message", "I'm calling for Emily Carter"), ("hang_up", "")])
async def test_a_machine_gets_a_message_or_nothing(setting: str, says: str) -> None:
    acts = await _turn(await _runner(voicemail=setting), "Please leave a message after the tone.", {})
    assert isinstance(acts[-1], LeaveMessage)
    assert (says in acts[-1].text) if says else acts[-1].text == ""


async def test_what_the_house_does_not_allow_is_not_agreed() -> None:
    brain = await _runner(step="book")
    await _turn(brain, "Hello, what can I do for you?", {})
    acts = await _turn(brain, "I have tomorrow at 2 p.m. Does that work for you?", {"errand_agree": {"agreed": ""}})
    assert [act.tool for act in acts if isinstance(act, Use)][-2:] == ["errand_agree", "errand_found"]
    assert isinstance(acts[-1], HangUp)
    acts = await _turn(brain, "I have tomorrow at 2 p.m. Does that work for you?", {"errand_agree": {"agreed": "true"}})
    assert acts[-1] == Ask("Yes, please.")


@pytest.mark.parametrize(
    ("text", "machine"),
    [
        ("The person at extension two one five is on the phone.", True),
        ("Hi, it's Dana, I'm away from my phone right now.", True),
        ("Your call has been forwarded to an automated voice messaging system.", True),
        ("We can't come to the phone. Leave your name and number at the beep.", True),
        ("I'm not available on Friday, but Thursday works.", False),
        ("We're not in on Mondays.", False),
        ("The person who does that is on the phone, can you hold?", False),
        ("I'll check with him and call you back shortly.", False),
        ("He is out, may I take a message after the tone of voice you used?", False),
    ],
)
def test_a_voicemail_is_told_from_a_person_who_says_no(text: str, machine: bool) -> None:
    assert hearing.is_voicemail(text) is machine
