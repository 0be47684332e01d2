"""A campaign's call: why, its question, and what the called person may answer."""

from __future__ import annotations

from typing import Any

import msgspec

from ringtrue.voice.agent import Goal, Mission
from ringtrue.voice.brains.choosing import brain_for
from ringtrue.voice.brains.tests.driving import Call, SharedEmbedder, starter

DUE = "I'm calling because your check-up is due."


async def begin(embedder: SharedEmbedder, goal: Goal, **more: Any) -> tuple[Call, list[str]]:
    call = Call(starter("dental"), embedder)
    call.order = msgspec.structs.replace(call.order, mission=Mission(goal=goal, reason=DUE, **more), direction="outbound")
    call.brain = brain_for(call.order, embedder)  # type: ignore[assignment]
    await call.start()
    return call, call.said


async def test_it_says_why_and_books_for_who_says_yes(embedder: SharedEmbedder) -> None:
    call, said = await begin(embedder, "book")
    assert DUE in " ".join(said)
    assert call.asks[-1].expecting == "yes_no"
    again = await call.says("Who is this, please?")
    assert DUE in again
    more = await call.says("Yes, sure.")
    assert not call.ended
    assert "which" in more.lower() or "what" in more.lower() or "when" in more.lower(), more


async def test_who_says_no_is_thanked_and_left_alone(embedder: SharedEmbedder) -> None:
    call, _ = await begin(embedder, "book")
    assert "Thank you for your time" in await call.says("No, thanks.")
    assert call.ended
    assert call.brain.goal == ""


async def test_questions_are_asked_one_after_another_and_the_answers_kept(embedder: SharedEmbedder) -> None:
    call, said = await begin(embedder, "survey", questions=["How was your visit?", "Would you come again?"])
    assert "How was your visit?" in " ".join(said)
    assert "Would you come again?" in await call.says("It was fine, a bit long.")
    await call.says("I think so.")
    assert call.ended
    assert call.brain.goal == "answered"
    assert call.brain.facts()["reason"] == "How was your visit? It was fine, a bit long.; Would you come again? I think so."


async def test_an_answering_machine_hears_the_message_or_nothing(embedder: SharedEmbedder) -> None:
    for voicemail in ("Bright Smile Dental called. Please call us back.", ""):
        call, _ = await begin(embedder, "remind", voicemail=voicemail)
        said = await call.says("You have reached the voicemail of somebody. Please leave a message after the tone.")
        assert call.ended
        assert said == voicemail
        assert call.notes[-1].intent == "voicemail"
        assert call.brain.goal == "voicemail"
