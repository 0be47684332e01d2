"""Where we are Retell's model: our brain, our guardrails, our tools, over its websocket."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ringtrue.hosted.metadata import metadata
from ringtrue.hosted.retell.tests.llm_socket import LlmSocket
from ringtrue.hosted.tests.words import AGENT, Brain, Permits, Port
from ringtrue.voice.agent import CallOrder
from ringtrue.voice.call.in_words import CallInWords
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.events import Consent, Disclosed, Emergency, Ended, Heard, OptedOut, Said


class Held:
    """A call that is being held."""

    def __init__(self, **order: Any) -> None:
        self.far = LlmSocket({"call_id": "call_1", "metadata": metadata("our-call", "ticket-1")})
        self.port, self.brain = Port(), Brain()
        given = CallOrder(call_id="our-call", agent=AGENT, line="retell", **order)
        self.task = asyncio.create_task(CallInWords(given, self.far.leg, self.brain, self.port, CallSettings()).run())  # type: ignore[arg-type]

    async def over(self) -> Ended:
        async with asyncio.timeout(60):
            ended = await self.task
        assert self.far.wrong == []
        return ended


async def test_disclosure_and_notice_come_first_and_what_was_heard_is_told() -> None:
    held = Held()
    first = await held.far.answered()
    assert first.startswith("Hi, this is Robin, the AI assistant of Cedar Dental. This call is recorded.")
    assert first.endswith("How can I help?")
    assert await held.far.says("When do you open?") == "We open at nine. Anything else?"
    held.far.hangs_up()
    ended = await held.over()
    port = held.port
    assert (ended.reason, ended.goal) == ("caller_hung_up", "answered")
    assert [event.text for event in port.all(Heard)] == ["When do you open?"]
    assert " ".join(event.text for event in port.all(Said)) == f"{first} We open at nine. Anything else?"
    [consent] = port.all(Consent)
    assert (consent.granted, consent.method) == (True, "announced")
    assert port.events.index(port.all(Disclosed)[0]) < port.events.index(consent)
    assert port.events[-1] is ended


async def test_an_answer_that_was_cut_is_told_as_far_as_it_was_heard() -> None:
    held = Held()
    await held.far.answered()
    await held.far.says("When do you open?")
    await held.far.says("Wait, I mean on Sunday.", cut="We open at")
    held.far.hangs_up()
    await held.over()
    cut = [event.text for event in held.port.all(Said) if not event.complete]
    assert cut == ["We open at"]
    assert held.brain.turns[1].interrupted == "We open at"


async def test_a_caller_who_goes_on_is_written_down_once() -> None:
    held = Held()
    await held.far.answered()
    await held.far.says("I would like")
    held.brain.turns.clear()
    held.far._answers.clear()  # nothing of that answer was spoken
    await held.far.goes_on("to know your hours")
    held.far.hangs_up()
    await held.over()
    assert [event.text for event in held.port.all(Heard)] == ["I would like", "to know your hours"]


async def test_guardrails_stand_outside_the_brain() -> None:
    held = Held()
    await held.far.answered()
    assert "AI assistant, not a person" in await held.far.says("Are you a robot?")
    assert "hang up now and call nine one one" in await held.far.says("Help, he is not breathing, he is dying!")
    assert "stopped recording" in await held.far.says("Please stop recording this call.")
    assert "do-not-call list" in await held.far.says("Take me off your list and do not call me again.")
    held.far.hangs_up()
    await held.over()
    assert held.brain.turns == []
    assert held.port.all(Emergency)
    assert held.port.all(OptedOut)
    assert [event.method for event in held.port.all(Consent)] == ["announced", "withdrawn"]
    assert held.port.used == ["opt_out"]


async def test_an_opt_out_ends_a_call_that_we_placed() -> None:
    held = Held(direction="outbound")
    await held.far.answered()
    assert (await held.far.says("Stop calling me.")).endswith("Goodbye.")
    assert held.far.ended
    held.far.hangs_up()
    assert (await held.over()).reason == "agent_hung_up"


async def test_tools_are_used_and_silence_is_filled() -> None:
    held = Held()
    await held.far.answered()
    assert await held.far.says("Please book a cleaning.") == "You are booked."
    assert await held.far.keeps_quiet() == "Are you there?"
    held.far.hangs_up()
    await held.over()
    assert held.port.used == ["book"]


@pytest.mark.parametrize("ok", [True, False])
async def test_a_caller_is_put_through_only_with_a_permit(ok: bool) -> None:
    held = Held()
    held.far.leg.carrier = Permits(ok=ok)
    await held.far.answered()
    await held.far.says("Please connect me to Ana.")
    assert held.far.transfer == ("+12125550111" if ok else "")
    held.far.hangs_up()
    assert (await held.over()).reason == ("transferred" if ok else "caller_hung_up")
    assert held.far.leg.carrier.asked == ["+12125550111"]
