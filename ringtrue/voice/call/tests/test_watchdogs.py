"""Nothing that fails, stalls or goes quiet loses the caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import msgspec
import pytest

from ringtrue.voice.agent import Limits
from ringtrue.voice.brains.acts import Ask, HangUp, HeardTurn, Say, Use
from ringtrue.voice.call import wording
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
from ringtrue.voice.events import Said, Silent, ToolUsed, Trouble
from ringtrue.voice.lines.simulated import Heard, SimulatedLeg
from ringtrue.voice.lines.simulated_callers import Wait
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
