"""Answers come from the business's facts and name them; where there is no fact, it says so."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from ringtrue.voice.brains.tests.dental_questions import KNOWN, UNKNOWN
from ringtrue.voice.brains.tests.driving import Call, SharedEmbedder, starter

Make = Callable[..., Awaitable[Call]]

_FACTS = " ".join(
    [
        str(value)
        for agent in [starter("dental")]
        for value in (
            agent.business, agent.kind, agent.address, agent.phone, agent.email, agent.website, agent.area, agent.area_note,
            [[s.name, s.price, s.description] for s in agent.services], [[f.question, f.answer] for f in agent.faqs],
        )
    ]
)  # fmt: skip


def numbers_not_in_facts(said: str) -> set[str]:
    """Amounts, percentages and the like that the business never gave."""
    return {amount for amount in re.findall(r"[$£]\d[\d,.]*\d|\$\d|\d+ ?%", said) if amount not in _FACTS}


@pytest.mark.parametrize(("question", "source", "words"), KNOWN, ids=[question for question, _, _ in KNOWN])
@pytest.mark.promise("P-ALX-2.1-6")
async def test_known_questions_are_answered_from_their_fact(
    call: Make, question: str, source: str, words: tuple[str, ...]
) -> None:
    made = await call(now="2026-11-14T10:00")  # a Saturday, not in the week of Thanksgiving
    said = await made.says(question)
    sources = [note.source for note in made.notes]
    assert source in sources, (said, made.notes)
    for word in words:
        assert word in said
    assert not numbers_not_in_facts(said)


@pytest.mark.parametrize("question", UNKNOWN)
@pytest.mark.promise("P-ALX-2.1-5")
async def test_unknown_questions_are_said_to_be_unknown(call: Make, question: str) -> None:
    made = await call()
    said = await made.says(question)
    assert not any(note.source for note in made.notes), (said, made.notes)
    assert re.search(r"don't have|do not have|can only speak English|can't", said), said
    assert "message" in said or "English" in said
    assert not numbers_not_in_facts(said)
    assert made.brain.facts()["answered"] == []


async def test_thanksgiving_is_a_holiday_only_because_the_business_keeps_public_holidays(call: Make) -> None:
    closed = await (await call()).says("are you open on thanksgiving")
    assert "No, we are closed on Thanksgiving" in closed
    assert "November 26th" in closed
    agent = starter("dental")
    open_on_it = await (await call(hours=type(agent.hours)(weekly=agent.hours.weekly))).says("are you open on thanksgiving")
    assert "Yes, we are open on Thanksgiving" in open_on_it
    assert "8 a.m. to 7 p.m." in open_on_it


@pytest.mark.parametrize(
    ("now", "question", "holds"),
    [
        ("2026-11-23T10:00", "are you open now", "Yes, we are open now, until 5 p.m."),
        ("2026-11-23T19:00", "are you open right now", "No, we are closed right now. We open again tomorrow at 8 a.m."),
        ("2026-11-28T12:00", "are you open today", "No, we are closed today"),
        ("2026-11-23T10:00", "are you open tomorrow at 5", "not at 5 p.m."),
        ("2026-11-23T10:00", "are you open thursday at six thirty", "closed"),
        ("2026-12-02T10:00", "are you open on thursday at six thirty", "Yes, we are open tomorrow at 6:30 p.m."),
        ("2026-12-20T10:00", "are you open christmas day", "No, we are closed on Christmas"),
    ],
)
async def test_hours_follow_the_clock_and_the_calendar(call: Make, now: str, question: str, holds: str) -> None:
    assert holds in await (await call(now=now)).says(question)


async def test_two_questions_in_one_turn_get_two_answers(call: Make) -> None:
    said = await (await call()).says("What are your hours on Friday? And do you take Cigna?")
    assert "2 p.m." in said
    assert "Cigna" in said


async def test_what_is_asked_about_it_is_about_the_service_spoken_of(call: Make) -> None:
    made = await call()
    await made.says("do you do root canals")
    assert "from $700" not in await made.says("no thanks")
    made = await call()
    await made.says("do you do root canals")
    said = await made.says("how long does it take")
    assert "Root canal takes about an hour and a half" in said


@pytest.mark.parametrize(
    ("starter_name", "question", "holds"),
    [
        ("plumbing", "do you come to berwyn", "Yes, Berwyn is in our area"),
        ("plumbing", "do you come out to Naperville", "Naperville is not on the list"),
        ("plumbing", "my zip is six oh three oh two do you cover that", "6 0 3 0 2 is in our area"),
        ("plumbing", "is there a fee just to come and look", "eighty-nine dollars"),
        ("plumbing", "are you guys licensed", "licensed in Illinois"),
        ("plumbing", "how much is it to have a drain cleaned", "$149"),
        ("salon", "do I need a patch test", "forty-eight hours"),
        ("salon", "how much is a cut and finish", "£48"),
        ("salon", "are you open on boxing day", "No, we are closed on Boxing Day"),
        ("salon", "are you open on mondays", "No, we are closed on Mondays"),
        ("salon", "do you sell gift cards", "any amount"),
    ],
)
@pytest.mark.promise("P-NEJ-1-4")
async def test_other_starters_answer_from_their_own_facts(call: Make, starter_name: str, question: str, holds: str) -> None:
    assert holds in await (await call(starter_name)).says(question)


@pytest.mark.parametrize(
    "question", ["do you install air conditioning", "can you fix my roof", "how much is a new boiler", "who is the owner"]
)
@pytest.mark.promise("P-ALX-2.1-5")
async def test_the_plumber_does_not_know_what_it_was_not_told(call: Make, question: str) -> None:
    made = await call("plumbing")
    await made.says(question)
    assert made.brain.facts()["answered"] == []


async def test_facts_are_embedded_once_for_each_version(embedder: SharedEmbedder) -> None:
    agent = starter("dental")
    await Call(agent, embedder).start()
    before = embedder.asked
    await Call(agent, embedder).start()
    assert embedder.asked == before


async def test_a_robot_question_is_answered_truthfully(call: Make) -> None:
    said = await (await call()).says("are you a real person")
    assert "AI assistant, not a person" in said


@pytest.mark.promise("P-ALX-2.1-7")
async def test_sales_calls_are_turned_down_where_the_business_says_so(call: Make) -> None:
    pitch = "hi I'm calling from Bright Marketing we help businesses like yours rank higher on google"
    made = await call()
    assert "don't take sales calls" in await made.says(pitch)
    assert made.ended
    agent = starter("dental")
    kind = await call(handling=type(agent.handling)(refuse=[]))
    await kind.says(pitch)
    assert not kind.ended
