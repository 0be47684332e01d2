"""Whole calls with a language model as the brain: barge-in, dying providers, and answers begun before the turn is over."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import numpy as np
import pytest

from ringtrue.voice.agent import ModelChoice
from ringtrue.voice.brains.acts import Ask
from ringtrue.voice.brains.model.answering import Model
from ringtrue.voice.brains.model.connecting import Links
from ringtrue.voice.brains.model.tests.model_stand_in import Fault, Reply, StandIn
from ringtrue.voice.call.tests.stand_ins import Call, KeptPort, StubBrain, Studio, order
from ringtrue.voice.events import Heard, Interrupted, ModelUsed, Said, Transferred, Trouble, TurnTimes
from ringtrue.voice.lines.simulated_callers import BreakIn, Play

CLAUDE = ModelChoice(provider="anthropic", model="claude-haiku-5-5", key="k")
GPT = ModelChoice(provider="openai", model="gpt-4o-mini", key="k")
LONG = "We are open from Monday to Thursday and on Fridays we close a little earlier than on the other days of the week. " + (
    "And there is more to say about it. " * 12
)

HANGING = "I was wondering about Friday"  # no end of a sentence: the turn stays open for a while


def brain_of(stand_in: StandIn, *, early: bool = True) -> Model:
    brain = Model(StubBrain([Ask("We are open until five. What else?")]), Links(stand_in.transport()))
    brain.speculates = early
    return brain


async def call_with(studio: Studio, stand_in: StandIn, script: list[Any], *, early: bool = True, **changes: Any) -> Call:
    brain: Any = brain_of(stand_in, early=early)
    given = {"models": (CLAUDE, GPT)} | changes
    return await studio.call(script, brain, order=order(**given))


async def test_the_stream_is_closed_when_the_caller_breaks_in(studio: Studio) -> None:
    stand_in = StandIn([Reply(LONG, token_ms=120), Reply("Until two on Fridays.")])
    call = await call_with(studio, stand_in, ["When are you open?", BreakIn("I only need to know about Friday.", 1500)])
    first = stand_in.seen[0]
    assert not first.whole
    zero = call.leg.began_at
    (stop,) = call.port.all(Interrupted)
    assert abs((first.closed_at - zero) * 1000 - stop.at_ms) <= 50, "closed within 50 ms of the caller's taking the floor"
    cut = next(said for said in call.port.all(Said) if not said.complete)
    told = str(stand_in.seen[-1].body["messages"])
    assert f"{cut.text} —" in told
    assert "there is more to say" not in told, "what was not played is not in the context"
    assert call.port.said().endswith("Until two on Fridays.")


LONG_RUN = bool(os.environ.get("RINGTRUE_LONG"))
FAULTS = ("stall_before", "stall", "half_tool", "cut", "malformed", "refusal", "429", "529", "500", "refused_connection")


@pytest.mark.parametrize("fault", FAULTS if LONG_RUN else FAULTS[:4])
async def test_a_fault_is_covered_within_two_seconds(studio: Studio, fault: Fault) -> None:
    """Every model fails in the first turn: the caller hears something soon, and the call goes on."""
    words = "We are open from nine to five. On other days we may be reached by"
    stand_in = StandIn(
        [Reply(words, tools=[("hang_up", {"goodbye": "Bye."})] if fault == "half_tool" else (), fault=fault, after=9)]
    )
    call = await call_with(studio, stand_in, ["When are you open?", "And what about Friday?"])
    assert call.ended.reason == "caller_hung_up"
    for line in (0, 1):
        assert call.reply_ms(line) <= 2000, f"line {line}"
    assert [heard.text for heard in call.port.all(Heard)] == ["When are you open?", "And what about Friday?"]
    assert "We are open until five." in call.port.said(), "the receptionist took over in the same turn"
    assert "may be reached by" not in call.port.said(), "no half sentence"
    assert call.port.all(Trouble)


async def test_killing_the_model_in_mid_call_loses_no_call(studio: Studio) -> None:
    """Reduced here; RINGTRUE_LONG=1 for the whole hundred."""
    held = 0
    for number in range(100 if LONG_RUN else 2):
        stand_in = StandIn([Reply("At nine o'clock. Anything else?"), Reply(LONG, fault="cut", after=3 + number)])
        call = await call_with(studio, stand_in, ["When do you open?", "And what about Friday?", "Thank you, and on Monday?"])
        stand_in.dead = True
        assert call.ended.reason == "caller_hung_up"
        assert all(call.reply_ms(line) <= 2000 for line in range(3))
        assert len(call.port.all(Heard)) == 3
        held += 1
    assert held >= 2


async def test_an_answer_is_begun_before_the_turn_is_over(studio: Studio) -> None:
    """The same call with and without: what is kept was begun at the early transcript, and is said once."""
    script = [HANGING]
    replies = [Reply("On Friday until two. What else?", first_ms=400)]
    early = await call_with(studio, StandIn(list(replies)), script)
    late = await call_with(studio, StandIn(list(replies)), script, early=False)
    (times,) = early.port.all(TurnTimes)
    assert times.saved_ms > 150
    assert late.port.all(TurnTimes)[0].saved_ms == 0
    assert late.port.all(TurnTimes)[0].reply_ms - times.reply_ms >= times.saved_ms - 60
    assert early.port.said() == late.port.said()
    (used,) = early.port.all(ModelUsed)
    assert used.early
    assert used.outcome == "done"


def _trimmed(pcm: bytes) -> bytes:
    sound = np.frombuffer(pcm, "<i2")
    loud = np.flatnonzero(np.abs(sound) > 500)
    return sound[loud[0] : loud[-1]].tobytes()


async def test_an_early_answer_is_dropped_when_the_caller_goes_on(studio: Studio, speech: Any) -> None:
    stand_in = StandIn([Reply("Friday is the day before Saturday. " + LONG, token_ms=60), Reply("On Sunday we are closed.")])
    first, second = (_trimmed(speech(text)) for text in (HANGING, "And about Sunday."))
    pause = bytes(2 * 8 * 400)
    call = await call_with(studio, stand_in, [Play(first + pause + second, 8000)])
    assert [heard.text for heard in call.port.all(Heard)] == [f"{HANGING} And about Sunday."]
    assert "day before Saturday" not in call.port.said()
    assert [used.outcome for used in call.port.all(ModelUsed)] == ["dropped", "done"]
    goes_on_ms = call.caller.spoke[0][0] + len(first) / 16 + 400
    assert (stand_in.seen[0].closed_at - call.leg.began_at) * 1000 < goes_on_ms + 200, "at the first sound, not at the next words"
    assert stand_in.seen[0].closed_at < stand_in.seen[1].at
    told = str(stand_in.seen[1].body["messages"])
    assert told.count("about Friday") == 1, "nothing of the dropped answer is left in the context"


async def test_no_tool_is_run_before_the_turn_is_over(studio: Studio) -> None:
    message = Reply("", tools=[("take_message", {"reason": "Call me back."})], first_ms=1)
    stand_in = StandIn(choose=lambda body: Reply("I have written it down.") if "tool_result" in str(body) else message)
    port = KeptPort()
    used_at: list[float] = []

    async def take(arguments: dict[str, str]) -> dict[str, str]:
        used_at.append(asyncio.get_running_loop().time())
        return {"taken": "true"}

    port.tools["take_message"] = take
    brain: Any = brain_of(stand_in)
    call = await studio.call([HANGING], brain, order=order(models=(CLAUDE,)), port=port)
    over = call.port.all(Heard)[0]
    assert stand_in.seen[0].at - call.leg.began_at < over.at_ms / 1000 - 0.1, "it was asked early"
    (at,) = used_at
    assert at - call.leg.began_at >= over.at_ms / 1000 - 0.001
    assert call.port.said().endswith("I have written it down.")
    assert call.port.all(ModelUsed)[0].early


async def test_guardrails_come_first(studio: Studio) -> None:
    """What guardrails answer is not even sent to a model early."""
    stand_in = StandIn([Reply("I am a person, of course.")])
    call = await call_with(studio, stand_in, ["Are you a robot?"])
    assert not stand_in.seen
    assert "AI assistant, not a person" in call.port.said()


async def test_a_transfer_goes_to_the_business_own_number(studio: Studio) -> None:
    stand_in = StandIn([Reply("I'll put you through.", tools=[("transfer", {"to": "pain"})])])
    brain: Any = brain_of(stand_in)
    call = await studio.call(
        ["Can somebody look at this today?"], brain, order=order(models=(CLAUDE,)), leg={"can": frozenset({"transfer", "clear"})}
    )
    assert call.ended.reason == "transferred"
    assert [event.escalation_id for event in call.port.all(Transferred)] == ["pain"]
