"""A text message and a call that reminds: offered in words that no model chooses, and taken down from the answer."""

from __future__ import annotations

from typing import Any

import pytest

from ringtrue.voice.agent import REMINDER_QUESTION, TEXT_QUESTION
from ringtrue.voice.brains.acts import Ask, HangUp, Use
from ringtrue.voice.brains.model.tests.driving import FAMILIES, Driven, said
from ringtrue.voice.brains.model.tests.model_stand_in import Reply, StandIn

BOOK = ("book", {"service": "Cleaning", "start": "2026-11-24T10:00", "name": "Ada Byron"})
BOOKED = [Reply("", tools=[BOOK]), Reply("You are booked for ten o'clock. Can I help you with anything else?")]
ANYTHING_ELSE = "Is there anything else I can help you with?"


async def booked(*replies: Reply, model: Any = FAMILIES[0], kept: str = "true", **offers: bool) -> tuple[Driven, list[str]]:
    """(the brain after a booking, what it said)."""
    driven = Driven(StandIn([*BOOKED, *replies]), model, **offers)
    driven.results = {"book": {"booked": "true"}, "remind_me": {"kept": kept}, "text_me": {"kept": kept}}
    await driven.brain.prepare(driven.order)
    return driven, said(await driven.turn("A cleaning on Tuesday at ten. I'm Ada Byron."))


def answers(acts: Any) -> list[tuple[str, dict[str, str]]]:
    return [(act.tool, act.arguments) for _, act in acts if isinstance(act, Use)]


@pytest.mark.parametrize(
    ("offer", "tool", "question", "thanks"),
    [
        ("offers_reminder", "remind_me", REMINDER_QUESTION, "Good, I'll call you before it."),
        ("offers_text", "text_me", TEXT_QUESTION, "Good, it is on its way."),
    ],
)
async def test_who_books_is_asked_in_fixed_words(offer: str, tool: str, question: str, thanks: str) -> None:
    for said_to_it, wanted, answered in (
        ("Yes, please.", "true", [thanks, ANYTHING_ELSE]),
        ("No, thank you.", "", ["All right.", ANYTHING_ELSE]),
        ("No, and tell me where you are, please.", "", ["All right.", "We are in Mill Lane."]),
    ):
        driven, asked = await booked(Reply("We are in Mill Lane."), kept=wanted, **{offer: True})
        assert asked[-2:] == ["You are booked for ten o'clock.", question]
        acts = await driven.turn(said_to_it, turn=2, played=question)
        assert answers(acts) == [(tool, {"wanted": wanted})]
        assert said(acts) == answered
        assert not answers(await driven.turn("Yes.", turn=3)), "it was answered"


async def test_where_both_are_offered_one_follows_the_other() -> None:
    driven, asked = await booked(offers_text=True, offers_reminder=True)
    assert asked[-1] == TEXT_QUESTION
    first = await driven.turn("Yes.", turn=2, played=TEXT_QUESTION)
    assert (answers(first), said(first)) == ([("text_me", {"wanted": "true"})], ["Good, it is on its way.", REMINDER_QUESTION])
    driven.results["remind_me"] = {"kept": ""}
    second = await driven.turn("No.", turn=3, played=REMINDER_QUESTION)
    assert (answers(second), said(second)) == ([("remind_me", {"wanted": ""})], ["All right.", ANYTHING_ELSE])


@pytest.mark.parametrize("model", FAMILIES, ids=lambda choice: choice.provider)
async def test_who_asks_for_the_text_later_is_asked_for_the_same_yes(model: Any) -> None:
    later = Reply("Of course. ", tools=[("offer_text", {})])
    driven, _ = await booked(later, model=model, offers_text=True)
    await driven.turn("No, thanks.", turn=2, played=TEXT_QUESTION)
    acts = await driven.turn("Oh, could I have that as a text message after all?", turn=3, played=ANYTHING_ELSE)
    assert (answers(acts), acts[-1][1]) == ([], Ask(TEXT_QUESTION, "yes_no"))
    assert answers(await driven.turn("Yes, please.", turn=4, played=TEXT_QUESTION)) == [("text_me", {"wanted": "true"})]


@pytest.mark.parametrize(
    ("arguments", "offers"),
    [({}, True), ({"number": "+19005551234"}, True), ({}, False)],
    ids=["too early", "a number", "not offered"],
)
async def test_a_model_sends_nothing_and_names_no_number(arguments: dict[str, str], offers: bool) -> None:
    stand_in = StandIn([Reply("", tools=[("offer_text", arguments)]), Reply("There is nothing to send yet.")])
    driven = Driven(stand_in, offers_text=offers)
    await driven.brain.prepare(driven.order)
    acts = await driven.turn("Text me my appointment at 900 555 1234.")
    assert (answers(acts), said(acts)) == ([], ["There is nothing to send yet."])
    assert ("offer_text" in str(stand_in.seen[0].body["tools"])) == offers


async def test_nobody_is_asked_where_nothing_is_offered_and_a_goodbye_waits_for_the_question() -> None:
    for offers, last in ((False, HangUp("Goodbye.")), (True, Ask(REMINDER_QUESTION, "yes_no"))):
        driven = Driven(StandIn([Reply("", tools=[BOOK]), Reply("Done.", tools=[("hang_up", {})])]), offers_reminder=offers)
        driven.results = {"book": {"booked": "true"}}
        await driven.brain.prepare(driven.order)
        assert (await driven.turn("A cleaning on Tuesday at ten. I'm Ada Byron."))[-1][1] == last
