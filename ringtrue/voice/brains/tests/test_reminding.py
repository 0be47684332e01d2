"""A call that reminds of an appointment: what the person may say, and what the house is told of it."""

from __future__ import annotations

import msgspec
import pytest

from ringtrue.voice.agent import REMINDER_QUESTION, Mission
from ringtrue.voice.brains.acts import HangUp
from ringtrue.voice.brains.choosing import brain_for
from ringtrue.voice.brains.tests.driving import Call, SharedEmbedder, starter
from ringtrue.voice.port import ToolFailed

OF = "I'm calling to remind you of your appointment for Check-up and cleaning tomorrow at 10 a.m."


async def begin(embedder: SharedEmbedder) -> Call:
    call = Call(starter("dental"), embedder)
    mission = Mission(goal="remind", reason=OF, appointment="Check-up and cleaning")
    call.order = msgspec.structs.replace(
        call.order, mission=mission, direction="outbound", to_number="+18565550177", from_number=""
    )
    call.brain = brain_for(call.order, embedder)  # type: ignore[assignment]
    call.tools["appointment"] = {"done": "true"}
    await call.start()
    return call


def told(call: Call) -> list[str]:
    return [use.arguments["answer"] for use in call.uses if use.tool == "appointment"]


@pytest.mark.parametrize(
    ("turns", "answer"),
    [
        (["Yes, I can."], "confirmed"),
        (["Who is this?", "Which appointment was that?", "I'll be there."], "confirmed"),
        (["I need to cancel.", "Yes, please."], "cancelled"),
        (["I have to cancel that.", "No, wait.", "Yes, I'll come."], "confirmed"),
        (["No, I can't make it.", "Cancel it, please.", "Yes."], "cancelled"),
    ],
)
async def test_what_is_said_of_the_appointment_is_told_once(embedder: SharedEmbedder, turns: list[str], answer: str) -> None:
    call = await begin(embedder)
    assert OF in " ".join(call.said)
    for turn in turns:
        assert not call.ended
        await call.says(turn)
    assert call.ended
    assert told(call) == [answer]
    assert call.brain.goal == "answered"


async def test_who_wants_another_time_is_given_one_by_the_agent_itself(embedder: SharedEmbedder) -> None:
    call = await begin(embedder)
    await call.says("Could we move it to another day?")
    assert told(call) == ["wants_to_move"]
    await call.says("Tuesday morning.")
    assert any(use.tool == "find_slots" for use in call.uses)
    await call.says("The first one.")
    await call.says("Jo Miller.")
    assert "number I called you on" in call.said[-1]
    await call.says("Yes.")
    assert "8 5 6, 5 5 5, 0 1 7 7" in call.said[-1]
    await call.says("Yes, that's right.")
    booked = next(use for use in call.uses if use.tool == "book")
    assert booked.arguments["number"] == "+18565550177"
    assert call.brain.goal == "booking"


async def test_what_cannot_be_noted_is_not_promised(embedder: SharedEmbedder) -> None:
    call = await begin(embedder)
    call.tools["appointment"] = ToolFailed("no_reminder")
    assert "Please call us" in await call.says("Yes, I'll be there.")
    assert call.ended


async def test_who_has_no_time_is_left_alone(embedder: SharedEmbedder) -> None:
    call = await begin(embedder)
    await call.says("I'm busy, call me later.")
    assert call.ended
    assert told(call) == []


@pytest.mark.parametrize(("said", "wanted"), [("Yes, please do.", "true"), ("No, thanks.", "")])
async def test_who_books_is_asked_whether_they_may_be_reminded(embedder: SharedEmbedder, said: str, wanted: str) -> None:
    call = Call(starter("dental"), embedder)
    call.order = msgspec.structs.replace(call.order, offers_reminder=True)
    call.tools["remind_me"] = {"kept": wanted}
    await call.start()
    for turn in ("I'd like to book a check-up and cleaning.", "Tuesday morning.", "The first one.", "Jo Miller.", "Yes.", "Yes."):
        await call.says(turn)
    assert call.asks[-1].text == REMINDER_QUESTION
    answer = await call.says(said)
    assert call.uses[-1].tool == "remind_me"
    assert call.uses[-1].arguments == {"wanted": wanted}
    assert ("I'll call you before it" in answer) == bool(wanted)
    assert not isinstance(answer, HangUp)
    assert not call.ended
