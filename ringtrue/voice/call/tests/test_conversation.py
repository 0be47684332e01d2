"""A whole call, as both sides hear it."""

from __future__ import annotations

from ringtrue.voice.brains.acts import Ask, HangUp, Note, Say
from ringtrue.voice.call import wording
from ringtrue.voice.call.tests.stand_ins import StubBrain, Studio
from ringtrue.voice.events import Answered, Disclosed, Heard, TurnTimes, Understood


async def test_a_call_from_greeting_to_goodbye(studio: Studio) -> None:
    brain = StubBrain(
        [Note("hours", "hours", 0.9), Say("We are open until five."), Ask("What else can I do for you?")],
        [HangUp("Goodbye.")],
    )
    call = await studio.call(["Are you open today?", "No, thank you, goodbye."], brain)
    assert [turn.text for turn in brain.heard] == ["Are you open today?", "No, thank you, goodbye."]
    assert call.port.said() == (
        "Hi, this is Robin, the AI assistant of Riverside Dental. | This call is recorded. | If you don't want that, just say so. | "
        "How can I help you today? | We are open until five. | What else can I do for you? | Goodbye."
    )
    assert isinstance(call.port.events[0], Answered)
    assert call.port.events[-1] == call.ended
    assert call.ended.reason == "agent_hung_up"
    assert call.ended.goal == "answered"
    assert call.port.all(Disclosed)
    assert call.port.all(Understood)[0].source == "hours"
    assert len(call.port.all(Heard)) == len(call.port.all(TurnTimes)) == 2


async def test_a_new_sentence_is_made_though_those_after_it_are_ready(studio: Studio) -> None:
    brain = StubBrain([HangUp(f"These words are new. {wording.NOTICE} {wording.STILL_THERE} {wording.GOODBYE}")])
    call = await studio.call(["Hello, who is this?"], brain)
    assert call.ended.reason == "agent_hung_up"
    assert "These words are new. | This call is recorded." in call.port.said()
