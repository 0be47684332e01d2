"""Nothing that fails, stalls or goes quiet loses the caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

import msgspec
import numpy as np
import pytest

from ringtrue.voice.agent import Limits
from ringtrue.voice.brains.acts import Ask, HangUp, HeardTurn, Say, Use
from ringtrue.voice.call import wording
from ringtrue.voice.call.hold_music import is_tonal
from ringtrue.voice.call.menu_loops import MenuLoop
from ringtrue.voice.call.tests.stand_ins import (
    AGENT,
    UNRECORDED,
    Call,
    KeptPort,
    StubBrain,
    StubRecognizer,
    StubVoice,
    Studio,
    order,
)
from ringtrue.voice.events import ModelUsed, Said, Silent, ToolUsed, Trouble
from ringtrue.voice.lines.simulated import Heard, SimulatedLeg
from ringtrue.voice.lines.simulated_callers import Play, ScriptedCaller, Wait
from ringtrue.voice.port import ToolFailed

QUIET = order(recording=UNRECORDED)


def hears_something_after(call: Call, line: int) -> int:
    """ms from the end of the caller's words to the next sound of the agent."""
    end = call.port.events[0].at_ms + call.caller.spoke[line][1]
    return min(said.start_ms for said in call.port.all(Said) if said.end_ms > end) - end


async def test_a_silent_caller_is_asked_and_then_left(studio: Studio) -> None:
    agent = msgspec.structs.replace(AGENT, limits=Limits(silence_prompt_s=5, silence_hang_up_s=12))
    brain = StubBrain()
    brain.silence_acts = [Ask("Hello? Are you there?")]
    call = await studio.call([], brain, order=order(agent, recording=UNRECORDED), patience_s=60)
    assert call.ended.reason == "silence"
    assert [round(s) for s in brain.silences] == [5, 10]
    assert [round(e.for_ms / 1000) for e in call.port.all(Silent)] == [5, 10, 12]
    assert call.port.said().endswith(wording.GONE_QUIET.replace(". ", ". | "))


async def test_a_caller_who_speaks_again_is_not_left(studio: Studio) -> None:
    agent = msgspec.structs.replace(AGENT, limits=Limits(silence_prompt_s=5, silence_hang_up_s=12))
    brain = StubBrain([Ask("What else?")], [HangUp("Bye.")])
    call = await studio.call(
        [Wait(11_000), "When are you open?", Wait(8_000), "Thanks."], brain, order=order(agent, recording=UNRECORDED)
    )
    assert call.ended.reason == "agent_hung_up"
    assert [round(s) for s in brain.silences] == [5, 5]


async def test_a_recognizer_that_fails_is_followed_by_the_next(studio: Studio) -> None:
    studio.recognizer.fails = 99
    studio.more_recognizers = [StubRecognizer(studio.speech)]
    call = await studio.call(["When are you open?"], StubBrain([HangUp("Bye.")]), order=QUIET)
    assert [turn.text for turn in call.brain.heard] == ["When are you open?"]
    assert [(t.part, t.code) for t in call.port.all(Trouble)] == [("recognizer", "failed")]


async def test_when_no_recognizer_hears_the_caller_is_asked_again(studio: Studio) -> None:
    studio.recognizer.fails = 1
    call = await studio.call(["When are you open?", "On Friday, I mean."], StubBrain([HangUp("Bye.")]), order=QUIET)
    assert wording.SAY_AGAIN.split(".")[0] in call.port.said()
    assert [turn.text for turn in call.brain.heard] == ["On Friday, I mean."]
    assert hears_something_after(call, 0) < 2000


async def test_when_it_never_hears_somebody_else_takes_over(studio: Studio) -> None:
    studio.recognizer.fails = 99
    call = await studio.call(["When are you open?"] * 5, order=QUIET)
    assert call.ended.reason == "transferred"
    assert call.leg.transferred_to == "+18565550111"


async def test_or_the_call_ends_politely(studio: Studio) -> None:
    studio.recognizer.fails = 99
    agent = msgspec.structs.replace(AGENT, escalations=[])
    call = await studio.call(["When are you open?"] * 5, order=order(agent, recording=UNRECORDED))
    assert call.ended.reason == "agent_hung_up"
    assert call.port.said().endswith("Goodbye.")


async def test_a_recognizer_that_stalls_is_covered_and_given_up(studio: Studio) -> None:
    studio.recognizer.stalls = 1
    call = await studio.call(["When are you open?", Wait(7000), "On Friday, I mean."], StubBrain([HangUp("Bye.")]), order=QUIET)
    assert hears_something_after(call, 0) < 2000
    assert call.port.said().count(wording.ONE_MOMENT) == 1
    assert ("recognizer", "timeout") in [(t.part, t.code) for t in call.port.all(Trouble)]
    assert [turn.text for turn in call.brain.heard] == ["On Friday, I mean."]


@pytest.mark.parametrize("how", ["fails", "stalls"])
async def test_a_voice_that_fails_is_followed_by_the_next(studio: Studio, how: str) -> None:
    studio.more_voices = [StubVoice("other")]
    brain = StubBrain([Say("We are open until five."), HangUp("Goodbye now.")])

    async def break_it(_: HeardTurn) -> AsyncGenerator[Any, Any]:
        setattr(studio.voice, how, 99)
        yield Say("We are open until five.")
        yield HangUp("See you soon.")

    brain = StubBrain(break_it)
    call = await studio.call(["When are you open?"], brain, order=QUIET)
    assert studio.more_voices[0].said == ["We are open until five.", "See you soon."]
    assert call.port.said().endswith("We are open until five. | See you soon.")
    assert hears_something_after(call, 0) < 2000


async def test_when_every_voice_fails_ready_audio_apologises(studio: Studio) -> None:
    async def break_it(_: HeardTurn) -> AsyncGenerator[Any, Any]:
        studio.voice.fails = 1
        yield Say("We are open until five.")

    call = await studio.call(["When are you open?", "Thanks."], StubBrain(break_it, [HangUp("Bye.")]), order=QUIET)
    assert wording.MY_FAULT in call.port.said()
    assert "until five" not in call.port.said(), "what was not heard is not told as said"
    assert len(call.brain.heard) == 2


async def test_a_brain_that_stands_still_is_given_up(studio: Studio) -> None:
    async def stuck(_: HeardTurn) -> AsyncGenerator[Any, Any]:
        await asyncio.sleep(3600)
        yield Say("never")

    call = await studio.call(["When are you open?", Wait(10_000), "Thanks."], StubBrain(stuck, [HangUp("Bye.")]), order=QUIET)
    assert hears_something_after(call, 0) < 2000
    assert ("brain", "timeout") in [(t.part, t.code) for t in call.port.all(Trouble)]
    assert "something went wrong on my side" in call.port.said()
    assert len(call.brain.heard) == 2


async def test_a_brain_that_breaks_is_apologised_for(studio: Studio) -> None:
    async def broken(_: HeardTurn) -> AsyncGenerator[Any, Any]:
        raise KeyError("Susan Miller, 555 0123")
        yield

    call = await studio.call(["When are you open?", "Thanks."], StubBrain(broken, [HangUp("Bye.")]), order=QUIET)
    assert [(t.part, t.code) for t in call.port.all(Trouble)] == [("brain", "error")]
    assert "something went wrong on my side" in call.port.said()
    assert call.ended.reason == "agent_hung_up"


async def test_errors_are_logged_without_their_words(
    studio: Studio, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_: HeardTurn) -> AsyncGenerator[Any, Any]:
        raise KeyError("Susan Miller, 555 0123")
        yield

    await studio.call(["When are you open?", "Thanks."], StubBrain(broken, [HangUp("Bye.")]), order=QUIET)
    written = "".join(capsys.readouterr()) + caplog.text
    assert "brain_broke" in written
    assert "Susan" not in written
    assert "open" not in (written)


@pytest.mark.parametrize(("takes_s", "covered"), [(0.5, False), (2.0, True)])
async def test_a_slow_tool_is_covered_by_a_few_words(studio: Studio, takes_s: float, covered: bool) -> None:
    async def slow(_: dict[str, str]) -> dict[str, str]:
        await asyncio.sleep(takes_s)
        return {"slots": "2026-11-24T09:00"}

    brain = StubBrain([Use("find_slots", {"service": "Cleaning"}, filler="Let me look."), HangUp("Tuesday at nine.")])
    call = await studio.call(["I'd like a cleaning."], brain, order=QUIET, port=KeptPort(tools={"find_slots": slow}))
    assert ("Let me look." in call.port.said()) is covered
    used = call.port.all(ToolUsed)[0]
    assert (used.name, used.ok, used.result) == ("find_slots", True, {"slots": "2026-11-24T09:00"})
    assert brain.sent[0] == {"slots": "2026-11-24T09:00"}


async def test_a_tool_that_fails_is_told_to_the_brain(studio: Studio) -> None:
    async def taken(_: dict[str, str]) -> dict[str, str]:
        raise ToolFailed("slot_taken")

    brain = StubBrain([Use("book", {}), HangUp("That is taken.")])
    call = await studio.call(["I'd like a cleaning."], brain, order=QUIET, port=KeptPort(tools={"book": taken}))
    assert str(brain.sent[0]) == "slot_taken"
    assert call.port.all(ToolUsed)[0].ok is False
    assert "That is taken." in call.port.said()


async def test_a_tool_that_never_comes_back_does_not_hold_the_call(studio: Studio) -> None:
    async def never(_: dict[str, str]) -> dict[str, str]:
        await asyncio.sleep(3600)
        return {}

    brain = StubBrain([Use("book", {}), HangUp("I could not book that.")])
    call = await studio.call(["I'd like a cleaning."], brain, order=QUIET, port=KeptPort(tools={"book": never}), patience_s=120)
    assert str(brain.sent[0]) == "timeout"
    used = call.port.all(ToolUsed)[0]
    assert (used.name, used.ok) == ("book", False)
    assert used.at_ms < call.caller.spoke[0][1] + 15_000
    assert call.ended.reason == "agent_hung_up"


async def test_a_voice_that_stops_in_mid_sentence_is_followed_by_the_next_one(studio: Studio) -> None:
    """It keeps its stream open and brings nothing more."""
    studio.more_voices = [StubVoice("other")]
    whole = studio.voice.say

    async def dries_up(text: str, sample_rate: int) -> AsyncIterator[bytes]:
        pieces = 0
        async for piece in whole(text, sample_rate):
            yield piece
            pieces += 1
            if "Thursday" in text and pieces == 8:
                await asyncio.sleep(3600)

    studio.voice.say = dries_up  # type: ignore[method-assign]
    answer = "We are open from nine until five from Monday to Thursday, and until two on Fridays."
    call = await studio.call(["When are you open?"], StubBrain([HangUp(answer)]), order=QUIET, patience_s=120)
    assert call.ended.reason == "agent_hung_up"
    assert any("Fridays" in said for said in studio.more_voices[0].said)
    assert answer in call.port.said()
    assert ("voice", "timeout") in [(trouble.part, trouble.code) for trouble in call.port.all(Trouble)]


async def test_a_line_without_audio_is_noticed_and_ended(studio: Studio) -> None:
    class Dead(SimulatedLeg):
        async def events(self) -> AsyncIterator[Any]:
            self.began_at = asyncio.get_running_loop().time()
            await asyncio.sleep(3600)
            yield

    class Nobody:
        async def prepare(self, sample_rate: int) -> None: ...

        def next(self, heard: Heard) -> bytes | None:
            return b""

    port = KeptPort()
    office = studio.new_office(StubBrain())
    async with office:
        ended = await office.serve(QUIET, Dead(Nobody()), port)
    assert ended.reason == "line_failed"
    assert ("line", "no_audio") in [(t.part, t.code) for t in port.all(Trouble)]
    assert 15_000 <= ended.duration_ms < 16_000


async def test_a_slow_start_of_the_brain_does_not_delay_the_disclosure(studio: Studio) -> None:
    brain = StubBrain([HangUp("Bye.")])
    brain.prepare_s = 1.0
    call = await studio.call(["When are you open?"], brain, order=QUIET)
    assert call.port.all(Said)[0].start_ms < 100


async def test_a_brain_that_is_not_ready_in_time_still_serves_the_call_later(studio: Studio) -> None:
    brain = StubBrain([HangUp("Bye.")])
    brain.prepare_s = 13.0
    call = await studio.call([Wait(9500), "When are you open?"], brain, order=QUIET)
    assert ("brain", "prepare_slow") in [(t.part, t.code) for t in call.port.all(Trouble)]
    assert "How can I help you today?" in call.port.said(), "the loop greets by itself"
    assert [turn.text for turn in brain.heard] == ["When are you open?"]
    assert call.ended.reason == "agent_hung_up"


# --- whoever waits hears something, again and again


async def test_a_long_wait_is_covered_more_than_once(studio: Studio) -> None:
    async def slow(_: HeardTurn) -> AsyncGenerator[Any, Any]:
        await asyncio.sleep(7.5)
        yield HangUp("Here you are.")

    call = await studio.call(["When are you open?"], StubBrain(slow), order=QUIET)
    fillers = [said for said in call.port.all(Said) if said.text in (wording.ONE_MOMENT, wording.STILL_AT_IT)]
    assert [said.text for said in fillers] == [wording.ONE_MOMENT, wording.STILL_AT_IT]
    assert call.port.said().endswith("Here you are.")


@pytest.mark.parametrize("slow_ms", [300.0, 2500.0])
async def test_a_late_voice_is_covered_from_ready_audio(studio: Studio, slow_ms: float) -> None:
    """The only voice there is takes its time; what it says comes after the filler, whole."""

    async def late(_: HeardTurn) -> AsyncGenerator[Any, Any]:
        studio.voice.delay_ms = slow_ms
        yield HangUp("We are open until five.")

    call = await studio.call(["When are you open?"], StubBrain(late), order=QUIET)
    assert hears_something_after(call, 0) < 2000
    assert (wording.ONE_MOMENT in call.port.said()) is (slow_ms > 1000)
    assert call.port.said().endswith("We are open until five.")


# --- on hold


def music(seconds: float) -> bytes:
    """A tune in chords, as a telephone carries it: no words, no voice."""
    rng = np.random.default_rng(3)
    made = []
    for _ in range(int(seconds / 0.4)):
        root = 220 * 2 ** (rng.choice([0, 2, 4, 5, 7, 9]) / 12)
        time = np.arange(3200) / 8000
        chord = sum(
            np.sin(2 * np.pi * root * ratio * harmonic * time) / harmonic for ratio in (1, 1.26, 1.5) for harmonic in (1, 2, 3)
        )
        made.append(chord * np.minimum(1, 12 * (0.42 - time)) * 1500)
    return np.concatenate(made).astype("<i2").tobytes()


def traffic(seconds: float) -> bytes:
    """A car on the road: noise, most of it low."""
    noise = np.random.default_rng(4).normal(0, 1, int(8000 * seconds))
    low = np.convolve(noise, np.exp(-np.arange(60) / 12), "same")
    return (low / np.abs(low).max() * 9000).astype("<i2").tobytes()


IMPATIENT = msgspec.structs.replace(AGENT, limits=Limits(silence_prompt_s=7, silence_hang_up_s=16, longest_hold_s=40))


@pytest.mark.parametrize(("sound", "tonal"), [(music, True), (traffic, False)])
def test_music_is_told_from_noise(sound: Callable[[float], bytes], tonal: bool) -> None:
    pcm = sound(6.0)
    windows = [pcm[at : at + 8192] for at in range(0, len(pcm) - 8192, 8192)]
    assert np.mean([is_tonal(window, 8000) for window in windows]) == pytest.approx(1.0 if tonal else 0.0, abs=0.1)
    assert not is_tonal(bytes(8192), 8000)


async def test_on_hold_the_agent_waits_quietly_until_somebody_speaks(studio: Studio) -> None:
    brain = StubBrain([Ask("What else?")], [HangUp("Bye.")])
    call = await studio.call(
        ["When are you open?", Play(music(30) + bytes(16_000) + studio.speech("Thanks."), 8000)],
        brain,
        order=order(IMPATIENT, recording=UNRECORDED),
    )
    assert call.ended.reason == "agent_hung_up"
    assert [turn.text for turn in brain.heard] == ["When are you open?", "Thanks."]
    assert not brain.silences, "nobody is asked whether they are there while music plays"
    assert [t.code for t in call.port.all(Trouble) if t.part == "line"] == ["on_hold", "off_hold"]


async def test_a_hold_has_an_end(studio: Studio) -> None:
    call = await studio.call(
        ["When are you open?", Play(music(90), 8000)], order=order(IMPATIENT, recording=UNRECORDED), patience_s=60
    )
    assert call.ended.reason == "silence"
    assert call.port.said().endswith(wording.HELD_TOO_LONG.replace(". ", ". | "))
    assert 40_000 < call.ended.duration_ms - call.caller.spoke[1][0] < 60_000


class HoldingCaller(ScriptedCaller):
    """Puts the agent on hold for `seconds` when it has spoken for 600 ms of an answer to this caller."""

    def __init__(self, *given: Any, seconds: float, **options: Any) -> None:
        super().__init__(*given, **options)
        self.held: list[int] = []  # begin and end, ms since the call began
        self._seconds = seconds

    def next(self, heard: Heard) -> bytes | str | None:
        if len(self.held) == 1:
            self.clock_ms += 20
            if self.clock_ms >= self.held[0] + self._seconds * 1000:
                self.held.append(self.clock_ms)
                return "resume"
            return b""
        said = super().next(heard)
        if not self.held and self.spoke and not self._playing and heard.speaking_ms >= 600:
            self.held.append(self.clock_ms)
            return "hold"
        return said


LONG = "We are open from nine to five on weekdays, and on Saturdays from ten until two in the afternoon."


async def test_while_the_far_end_holds_nothing_is_said_and_nobody_is_asked(studio: Studio) -> None:
    brain = StubBrain([Ask(LONG)], [HangUp("Bye.")])
    caller = HoldingCaller(studio.acts(["When are you open?", "Thanks."]), seconds=30, patience_s=50)
    call = await studio.call(caller, brain, order=order(IMPATIENT, recording=UNRECORDED))
    assert call.ended.reason == "agent_hung_up"
    begin, end = caller.held
    heard = np.frombuffer(call.leg.heard.pcm, "<i2").astype(int)
    silent = np.abs(heard[(begin + 200) * 8 : end * 8])
    assert len(silent) > 29 * 8000
    assert silent.max() == 0
    assert np.abs(heard[end * 8 : (end + 1000) * 8]).max() > 500, "it goes on where it stopped"
    assert LONG in call.port.said()
    assert not brain.silences
    assert [t.code for t in call.port.all(Trouble) if t.part == "line"] == ["on_hold", "off_hold"]


async def test_a_call_that_stays_on_hold_ends(studio: Studio) -> None:
    caller = HoldingCaller(studio.acts(["When are you open?"]), seconds=300, patience_s=400)
    call = await studio.call(caller, StubBrain([Ask(LONG)]), order=order(IMPATIENT, recording=UNRECORDED))
    assert call.ended.reason == "silence"
    assert 40_000 <= call.ended.duration_ms - caller.held[0] < 42_000


async def test_a_caller_in_traffic_is_not_on_hold(studio: Studio) -> None:
    brain = StubBrain()
    brain.silence_acts = [Ask("Hello? Are you there?")]
    call = await studio.call(["When are you open?", Play(traffic(40), 8000)], brain, order=order(IMPATIENT, recording=UNRECORDED))
    assert call.ended.reason == "silence"
    assert brain.silences


# --- a recording at the other end

MENU = "For opening hours press one, for appointments press two, to hear this again press three."


async def test_a_recording_that_goes_round_is_not_answered_for_ever(studio: Studio) -> None:
    call = await studio.call([MENU] * 6, order=QUIET)
    assert len(call.brain.heard) == 2
    assert call.ended.reason == "agent_hung_up"
    assert call.port.said().endswith(wording.RECORDING_HEARD.replace(". ", ". | "))


def test_a_person_who_repeats_themselves_is_no_recording() -> None:
    loop = MenuLoop(3)
    said = "I would like to book a cleaning for next Tuesday morning please"
    assert not any(loop.heard(said, ms) for ms in (3900, 4200, 3600, 4500))
    assert not any(loop.heard("Hello? Are you there?", 900) for _ in range(5))
    assert [loop.heard(said.replace("cleaning", "ceiling"), 3900 + jitter) for jitter in (20, -20)] == [False, True]


# --- what a call may cost


@pytest.mark.parametrize(("limit", "ends"), [(0.5, True), (0.0, False), (2.0, False)])
async def test_a_call_that_costs_too_much_is_ended(studio: Studio, limit: float, ends: bool) -> None:
    agent = msgspec.structs.replace(AGENT, limits=Limits(max_spend_usd=limit))
    port = KeptPort()

    async def dear(_: HeardTurn) -> AsyncGenerator[Any, Any]:
        desk = next(iter(office.calls.values())).desk
        desk.emit(ModelUsed(at_ms=desk.clock.ms(), turn=desk.turn, provider="p", model="m", outcome="done", cost_usd=0.3))
        yield Ask("What else?")

    brain = StubBrain(dear, dear, dear, [HangUp("Bye.")])
    office = studio.new_office(brain)
    leg = SimulatedLeg(
        ScriptedCaller(studio.acts(["When are you open?", "On Friday, I mean.", "Thanks.", "Thanks."]), patience_s=20)
    )
    await leg.prepare()
    async with office:
        await office.prepare(agent, 8000)
        ended = await office.serve(order(agent, recording=UNRECORDED), leg, port)
    assert ended.reason == ("too_long" if ends else "agent_hung_up")
    assert (wording.SPENT.replace(". ", ". | ") in port.said()) is ends
    assert len(brain.heard) == (2 if ends else 4)
