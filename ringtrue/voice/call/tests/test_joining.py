"""Members of the business in a running call: who hears what and when, a whisper, and a voice in the agent's place. Virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import numpy as np
import pytest

from ringtrue.voice.agent import Recording
from ringtrue.voice.brains.acts import Act, Ask, HangUp, HeardTurn, Say, Use
from ringtrue.voice.call import wording
from ringtrue.voice.call.conversation import Conversation
from ringtrue.voice.call.tests.joined import LONG, Colleague, GuidedBrain, Joined, begun, held, once, saying, taken, told
from ringtrue.voice.call.tests.stand_ins import AGENT, StubBrain, Studio, audio_of, order
from ringtrue.voice.events import Consent, Heard, ListenedIn, OptedOut, Said, TakenOver, ToolUsed, Whispered
from ringtrue.voice.lines.browser.member import Code
from ringtrue.voice.lines.simulated_callers import BreakIn


async def test_a_member_hears_both_sides_from_the_notice_on_and_nothing_before(studio: Studio) -> None:
    call = Joined(studio, StubBrain([Say(LONG), HangUp("Goodbye.")]), ["When are you open?"])
    colleague = Colleague()
    await call.run(once(begun, lambda it: it.members.join(colleague)))
    (consent,) = call.told(Consent)
    assert consent.wording == wording.NOTICE_LISTENING
    assert min(at for at, _, _ in colleague.got) >= call.leg.began_at + (consent.at_ms - 40) / 1000
    assert held(colleague.sound("agent"), audio_of(LONG))
    assert not held(colleague.sound("agent"), audio_of(wording.disclosure(AGENT)))
    assert colleague.sound("caller")[:16000] in bytes(call.leg.spoken)
    assert abs(len(colleague.sound("caller")) / 16 - (call.port.events[-1].at_ms - consent.at_ms)) < 100, "every frame once"
    assert colleague.code == "ended"
    assert [(event.member, event.on) for event in call.told(ListenedIn)] == [("m-1", True), ("m-1", False)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({}, "not_told"), ({"listening": True, "recording": Recording(flow="off")}, "refused")],
)
async def test_nobody_listens_to_a_caller_who_was_not_told(studio: Studio, changes: dict[str, Any], code: Code) -> None:
    call = Joined(studio, StubBrain([HangUp("Goodbye.")]), ["When are you open?"], order(**changes))
    colleague, codes = Colleague(), list[Code]()
    await call.run(once(told, lambda it: codes.append(it.members.join(colleague))))
    assert codes == [code]
    assert not colleague.got
    assert not call.told(ListenedIn)


async def test_a_caller_who_does_not_want_it_is_not_listened_to_any_more(studio: Studio) -> None:
    call = Joined(studio, StubBrain([Say(LONG), HangUp("Goodbye.")]), ["I don't want anyone to listen in.", "When are you open?"])
    colleague = Colleague()
    await call.run(once(begun, lambda it: it.members.join(colleague)))
    withdrawn = call.told(Consent)[-1]
    assert (withdrawn.method, colleague.code) == ("withdrawn", "refused")
    assert max(at for at, _, _ in colleague.got) <= call.leg.began_at + withdrawn.at_ms / 1000
    assert not held(colleague.sound("agent"), audio_of(LONG))


async def test_a_call_without_members_is_as_it_was(studio: Studio) -> None:
    """The way of a frame: nothing stands in it before somebody joins, nor after the last has left."""
    call = Joined(studio, StubBrain([Say(LONG), HangUp("Goodbye.")]), ["When are you open?"])
    one, two = Colleague("m-1"), Colleague("m-2")
    ways: list[tuple[bool, bool]] = []

    def look(it: Conversation) -> None:
        ways.append((it._hear == it._frame, it.desk.mouth.leg is it.desk.leg))

    await call.run(
        once(saying, look, lambda it: it.members.join(one), lambda it: it.members.join(two), look),
        once(saying, lambda it: it.members.leave(one), look, after_ms=1000),
        once(saying, lambda it: it.members.leave(two), look, after_ms=2000),
    )
    assert ways == [(True, True), (False, False), (False, False), (True, True)]
    assert len(two.got) > len(one.got) > 80


async def test_a_member_is_heard_within_300_ms_in_the_agents_place_and_hands_back(studio: Studio) -> None:
    brain = GuidedBrain([Say(LONG), Ask("Anything else?")], [HangUp("Goodbye.")])
    call = Joined(studio, brain, ["When are you open?", BreakIn("I am still here.", 3000), "No thank you."])
    taker, listener = Colleague("m-1"), Colleague("m-2")
    voice = np.random.default_rng(5).integers(-9000, 9000, 16000 * 5).astype("<i2").tobytes()
    frames = iter([voice[at : at + 640] for at in range(0, len(voice), 640)])
    pressed: list[int] = []

    def press(it: Conversation) -> None:
        assert it.members.take_over(taker) == ""
        assert it.members.take_over(listener) == "taken"
        pressed.append(round((asyncio.get_running_loop().time() - call.leg.began_at) * 8000))

    def microphone(it: Conversation, _: int) -> None:
        if it.members.taken and (frame := next(frames, b"")):
            it.members.speak(taker, frame)

    await call.run(
        once(begun, lambda it: it.members.join(taker), lambda it: it.members.join(listener)),
        once(saying, press),
        microphone,
        once(taken, lambda it: it.members.hand_back(taker), after_ms=5600),
    )
    on, off = call.told(TakenOver)
    on, off = call.told(TakenOver)
    assert (on.member, on.on, off.on) == ("m-1", True, False)
    after = np.frombuffer(call.leg.heard.pcm, "<i2")[pressed[0] :].astype(int)
    agent = np.frombuffer(audio_of(LONG), "<i2")
    assert not held(after[320:].astype("<i2").tobytes(), agent[len(agent) // 2 :].tobytes())
    assert np.abs(after[320 : 8 * 300]).max() > 2000, "the member is not heard in time"
    assert np.abs(after[8 * 4500 : 8 * 4900]).mean() > 1000, "what they say goes on"
    (cut,) = [said for said in call.told(Said) if not said.complete]
    assert LONG.startswith(cut.text)
    during = [one for one in call.told(Heard) if on.at_ms < one.at_ms < off.at_ms]
    assert [one.text for one in during] == ["I am still here."], "the caller's words are written down all the same"
    assert [one.text for one in brain.heard] == ["When are you open?", "No thank you."], "and the agent answers none of them"
    assert not [said for said in call.told(Said) if on.at_ms + 100 < said.start_ms < off.at_ms], "no filler, no prompt"
    assert next(said for said in call.told(Said) if said.start_ms >= off.at_ms).text.startswith("This is Robin again")
    first = call.port.pieces[0].start_ms
    theirs = call.port.track(1)[(on.at_ms - first + 200) * 8 : (on.at_ms - first + 4000) * 8]
    assert np.abs(theirs.astype(int)).mean() > 1000, "the recording holds who spoke"
    assert (taker.who, listener.who) == (["agent", "you", "agent"], ["agent", "other", "agent"])
    assert held(listener.sound("agent"), theirs.tobytes())
    assert brain.whispers, "the brain is told that it has missed something"


async def test_a_member_whose_connection_breaks_gives_the_caller_back(studio: Studio) -> None:
    call = Joined(studio, StubBrain([Say(LONG)], [HangUp("Goodbye.")]), ["When are you open?", "Hello?"])
    colleague = Colleague()
    await call.run(
        once(begun, lambda it: it.members.join(colleague)),
        once(saying, lambda it: it.members.take_over(colleague)),
        once(taken, lambda it: it.members.leave(colleague), after_ms=800),
    )
    assert [event.on for event in call.told(TakenOver)] == [True, False]
    assert any(said.text.startswith("This is Robin again") for said in call.told(Said))


async def test_a_booking_that_was_under_way_is_done_and_not_spoken_over_the_member(studio: Studio) -> None:
    async def book(arguments: dict[str, str]) -> dict[str, str]:
        await asyncio.sleep(2.0)
        return {"booked": "true"}

    async def answer(heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        yield Use("book")
        yield Say("You are booked for ten.")

    call = Joined(studio, StubBrain(answer, [HangUp("Goodbye.")]), ["At ten, please.", "Thank you."])
    call.port.tools["book"] = book
    colleague = Colleague()
    await call.run(
        once(begun, lambda it: it.members.join(colleague)),
        once(lambda it, _: bool(call.port.used), lambda it: it.members.take_over(colleague)),
        once(taken, lambda it: it.members.hand_back(colleague), after_ms=4000),
    )
    on, off = call.told(TakenOver)
    assert [tool.ok for tool in call.told(ToolUsed) if tool.name == "book"] == [True]
    assert "You are booked" not in call.port.said()
    assert not [said for said in call.told(Said) if on.at_ms < said.end_ms < off.at_ms]


async def test_what_a_caller_forbids_holds_while_a_member_speaks(studio: Studio) -> None:
    call = Joined(studio, StubBrain([Say(LONG)]), ["When are you open?", "Please stop calling me."])
    colleague = Colleague()
    await call.run(
        once(begun, lambda it: it.members.join(colleague)),
        once(saying, lambda it: it.members.take_over(colleague)),
        once(taken, lambda it: it.members.hang_up(colleague), after_ms=4000),
    )
    assert len(call.told(OptedOut)) == 1
    assert ("opt_out", {}) in call.port.used
    assert call.port.events[-1].reason == "agent_hung_up"  # type: ignore[union-attr]
    assert [event.on for event in call.told(TakenOver)] == [True, False]


async def test_a_whisper_reaches_the_brain_and_is_never_read_out(studio: Studio) -> None:
    words = "Offer her the ten o'clock appointment. No discount."

    async def repeats(heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        yield Say("Offer her the ten o'clock appointment.")
        yield Ask("Would ten o'clock suit you?")

    brain = GuidedBrain([Ask("What can I do?")], repeats, [HangUp("Goodbye.")])
    call = Joined(studio, brain, ["I need an appointment.", "As soon as you can.", "Yes please."])
    colleague = Colleague()
    answers: list[Any] = []
    await call.run(
        once(
            begun,
            lambda it: it.members.join(colleague),
            lambda it: answers.append(it.members.whisper(colleague, "Too early for that.")),
        ),
        once(told, lambda it: answers.append(it.members.whisper(colleague, words))),
    )
    assert answers == [("not_yet", False), ("", True)]
    assert brain.whispers == [words]
    said = call.port.said()
    assert "Offer her" not in said
    assert "Would ten o'clock suit you?" in said
    assert [(one.member, one.text, one.followed) for one in call.told(Whispered)] == [("m-1", words, True)]


async def test_who_may_only_listen_neither_whispers_nor_speaks(studio: Studio) -> None:
    brain = GuidedBrain([HangUp("Goodbye.")])
    call = Joined(studio, brain, ["When are you open?"])
    colleague = Colleague(speaks=False)
    answers: list[Any] = []
    await call.run(
        once(begun, lambda it: it.members.join(colleague)),
        once(told, lambda it: answers.extend([it.members.whisper(colleague, "Be brief."), it.members.take_over(colleague)])),
    )
    assert answers == [("not_allowed", False), "not_allowed"]
    assert not brain.whispers
    assert not call.told(TakenOver)
