"""Consent to a call that reminds: asked in words that no model chooses, and taken down from the answer."""

from __future__ import annotations

from ringtrue.voice.agent import REMINDER_QUESTION
from ringtrue.voice.brains.acts import Ask, HangUp, Use
from ringtrue.voice.brains.model.tests.driving import Driven, said
from ringtrue.voice.brains.model.tests.model_stand_in import Reply, StandIn


async def test_who_books_is_asked_in_fixed_words_whether_they_may_be_reminded() -> None:
    book = ("book", {"service": "Cleaning", "start": "2026-11-24T10:00", "name": "Ada Byron"})
    booked = [Reply("", tools=[book]), Reply("You are booked for ten o'clock. Can I help you with anything else?")]
    for said_to_it, wanted, answered in (
        ("Yes, please.", "true", ["Good, I'll call you before it.", "Is there anything else I can help you with?"]),
        ("No, thank you.", "", ["All right.", "Is there anything else I can help you with?"]),
        ("No, and tell me where you are, please.", "", ["All right.", "We are in Mill Lane."]),
    ):
        driven = Driven(StandIn([*booked, Reply("We are in Mill Lane.")]), offers_reminder=True)
        driven.results = {"book": {"booked": "true"}, "remind_me": {"kept": wanted}}
        await driven.brain.prepare(driven.order)
        asked = await driven.turn("A cleaning on Tuesday at ten. I'm Ada Byron.")
        assert said(asked)[-2:] == ["You are booked for ten o'clock.", REMINDER_QUESTION]
        acts = await driven.turn(said_to_it, turn=2, played=REMINDER_QUESTION)
        assert [act.arguments for _, act in acts if isinstance(act, Use)] == [{"wanted": wanted}]
        assert said(acts) == answered
        assert not [act for _, act in await driven.turn("Yes.", turn=3) if isinstance(act, Use)], "it was answered"


async def test_nobody_is_asked_where_no_reminders_are_made_and_a_goodbye_waits_for_the_question() -> None:
    book = ("book", {"service": "Cleaning", "start": "2026-11-24T10:00", "name": "Ada Byron"})
    for offers, last in ((False, HangUp("Goodbye.")), (True, Ask(REMINDER_QUESTION, "yes_no"))):
        driven = Driven(StandIn([Reply("", tools=[book]), Reply("Done.", tools=[("hang_up", {})])]), offers_reminder=offers)
        driven.results = {"book": {"booked": "true"}}
        await driven.brain.prepare(driven.order)
        assert (await driven.turn("A cleaning on Tuesday at ten. I'm Ada Byron."))[-1][1] == last
