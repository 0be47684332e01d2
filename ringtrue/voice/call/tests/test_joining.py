"""Members of the business in a running call: who hears what and when, a whisper, and a voice in the agent's place. Virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

import numpy as np
import pytest

from ringtrue.voice.agent import Recording
from ringtrue.voice.brains.acts import Act, Ask, HangUp, HeardTurn, Say
from ringtrue.voice.call import wording
from ringtrue.voice.call.conversation import Conversation
from ringtrue.voice.call.tests.stand_ins import AGENT, KeptPort, StubBrain, Studio, audio_of, order
from ringtrue.voice.events import Consent, Heard, ListenedIn, OptedOut, Said, TakenOver, Whispered
from ringtrue.voice.lines.browser.member import Code, Side
from ringtrue.voice.lines.simulated import SimulatedLeg
from ringtrue.voice.lines.simulated_callers import BreakIn, ScriptedCaller

LONG = "We are open from Monday to Thursday and on Fridays we close a little earlier than on the other days of the week."
LISTENED = order(listening=True)


class Colleague:
    """Keeps what they get, with the loop time of each frame."""

    def __init__(self, id: str = "m-1", *, speaks: bool = True) -> None:
        self.id = id
        self.speaks = speaks
        self.got: list[tuple[float, Side, bytes]] = []
        self.clears = 0
        self.who: list[str] = []
        self.code: Code | None = None

    def hear(self, side: Side, pcm: bytes) -> None:
        self.got.append((asyncio.get_running_loop().time(), side, pcm))

    def clear(self) -> None:
        self.clears += 1

    def speaking(self, who: str) -> None:
        self.who.append(who)

    def dismissed(self, code: Code) -> None:
        self.code = code

    def sound(self, side: Side) -> bytes:
        return b"".join(pcm for _, of, pcm in self.got if of == side)


class GuidedBrain(StubBrain):
    def __init__(self, *answers: Any, **more: Any) -> None:
        super().__init__(*answers, **more)
        self.whispers: list[str] = []

    def whisper(self, text: str) -> bool:
        self.whispers.append(text)
        return True


class Joined:
    """One call, with what members do in it: `does(call, now_ms)` once every 20 ms."""

    def __init__(self, studio: Studio, brain: StubBrain, script: list[Any], the_order: Any = LISTENED) -> None:
        self.studio, self.brain, self.order = studio, brain, the_order
        self.caller = ScriptedCaller(studio.acts(script), patience_s=8.0)
        self.leg = SimulatedLeg(self.caller, 8000)
        self.port = KeptPort()

    async def run(self, *does: Does) -> None:
        await self.leg.prepare()
        office = self.studio.new_office(self.brain)
        async with office:
            await office.prepare(self.order.agent, 8000)
            serving = asyncio.create_task(office.serve(self.order, self.leg, self.port))
            while not serving.done():
                await asyncio.sleep(0.02)
                if self.order.call_id in office.calls:
                    running = office.calls[self.order.call_id]
                    for part in does:
                        part(running, running.desk.clock.ms())
            await serving

    def told(self, kind: type[Any]) -> Any:
        return self.port.all(kind)


Does = Callable[[Conversation, int], None]
When = Callable[[Conversation, int], bool]


def begun(call: Conversation, now_ms: int) -> bool:
    return True


def told(call: Conversation, now_ms: int) -> bool:
    """The caller knows that somebody may listen."""
    return call.guard.recording_decided


def saying(call: Conversation, now_ms: int) -> bool:
    """The agent is in the middle of its long sentence."""
    passage = call.desk.mouth.current
    return passage is not None and passage.text == LONG and call.desk.mouth.played_share > 0.2


def taken(call: Conversation, now_ms: int) -> bool:
    return call.members.taken


def once(when: When, *acts: Callable[[Conversation], object], after_ms: int = 0) -> Does:
    seen: list[int] = []
    left = list(acts)

    def does(call: Conversation, now_ms: int) -> None:
        if not seen and when(call, now_ms):
            seen.append(now_ms)
        if seen and left and now_ms >= seen[0] + after_ms:
            for act in left:
                act(call)
            left.clear()

    return does


def held(whole: bytes, part: bytes) -> bool:
    """The samples of `part`, without their silent edges, stand in `whole`."""
    there = np.frombuffer(whole, "<i2")
    wanted = np.frombuffer(part, "<i2")[800:1200]
    return any(np.array_equal(there[i : i + 400], wanted) for i in np.flatnonzero(there == wanted[0]))


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
