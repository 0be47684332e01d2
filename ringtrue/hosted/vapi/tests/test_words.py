"""Where we are Vapi's model: it asks over HTTP what to say, one request for each answer, and our call goes on between them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from ringtrue.hosted import asking
from ringtrue.hosted.engine import NotUnderstood
from ringtrue.hosted.metadata import metadata
from ringtrue.hosted.tests.words import AGENT, Brain, Port
from ringtrue.hosted.vapi import completions
from ringtrue.hosted.vapi.tests.holding import media
from ringtrue.media.loop import Loop
from ringtrue.media.loop_port import Refused
from ringtrue.voice.agent import CallOrder
from ringtrue.voice.events import Ended, Heard, OptedOut, Said
from ringtrue.voice.lines.asked_leg import Question, Reply
from ringtrue.voice.lines.words_leg import Utterance


class Link:
    """One call, whose ticket works once."""

    def __init__(self) -> None:
        self.port, self.tickets = Port(), ["good"]

    async def redeem(self, token: str, line: str, origin: str) -> CallOrder:
        if token not in self.tickets:
            raise Refused("used")
        self.tickets.remove(token)
        return CallOrder(call_id="our-call", agent=AGENT, line=line)

    def open(self, call_id: str) -> Port:
        return self.port


@pytest.fixture
async def held() -> AsyncIterator[Any]:
    link, brain = Link(), Brain()
    async with asyncio.timeout(120), media(link, lambda _: brain) as loop:
        yield SimpleNamespace(link=link, port=link.port, brain=brain, loop=loop)


async def ask(*turns: tuple[str, str], ticket: str = "good", over: bool = False, left_out: int = 0) -> list[Reply]:
    question = Question(ticket, [Utterance(role, text) for role, text in turns], left_out, over)
    return [reply async for reply in asking.ask("vapi", question)]


def words(replies: list[Reply]) -> str:
    return " ".join(reply.say for reply in replies if reply.say)


async def ended(loop: Loop, port: Port) -> Ended:
    while not port.ended:  # noqa: ASYNC110 - the port is the engine's, not a part of this test's loop
        await asyncio.sleep(0.01)
    [event] = port.all(Ended)
    return event


async def test_what_was_heard_is_what_vapi_says_was_heard(held: Any) -> None:
    opening = await ask()
    first = words(opening)
    assert first.startswith("Hi, this is Robin, the AI assistant of Cedar Dental. This call is recorded.")
    assert opening[-1].then == "wait"
    answer = words(await ask(("assistant", first), ("user", "When do you open?")))
    assert answer == "We open at nine. Anything else?"
    cut = [("assistant", first), ("user", "When do you open?"), ("assistant", "We open at"), ("user", "On Sunday, I mean.")]
    await ask(*cut)
    assert held.brain.turns[1].interrupted == "We open at"
    await ask(*cut, ("assistant", "We open"), over=True)
    assert (await ended(held.loop, held.port)).reason == "caller_hung_up"
    said = [event.text for event in held.port.all(Said) if not event.complete]
    assert said == ["We open at", "We open"]
    assert [event.text for event in held.port.all(Heard)] == ["When do you open?", "On Sunday, I mean."]


async def test_the_same_question_again_is_answered_the_same_and_done_once(held: Any) -> None:
    early = [("user", "Hello?")]
    first = words(await ask(*early))
    booking = [*early, ("assistant", first), ("user", "Please book a cleaning.")]
    assert words(await ask(*booking)) == "You are booked."
    assert words(await ask(*booking)) == "You are booked.", "the answer was lost on its way"
    assert held.port.used == ["book"]
    assert [event.text for event in held.port.all(Heard)] == ["Hello? Please book a cleaning."]
    opted = await ask(*booking, ("assistant", "You are booked."), ("user", "Take me off your list, do not call me again."))
    assert "do-not-call list" in words(opted)
    assert held.port.all(OptedOut)
    assert len(held.brain.turns) == 1, "no brain is asked about an opt-out"
    assert (await ask(*booking, ("user", "OK, bye.")))[-1].then == "hang_up"
    await ask(over=True)
    assert (await ended(held.loop, held.port)).reason == "agent_hung_up"


async def test_a_ticket_that_is_not_good_gets_no_word_of_ours(held: Any) -> None:
    assert [reply.then for reply in await ask(ticket="another")] == ["refused"]
    assert [reply.then for reply in await ask(over=True)] == ["refused"], "the end of a call begins none"
    assert held.link.tickets == ["good"]


def test_a_request_is_read_as_vapi_sends_it() -> None:
    given = {"metadata": metadata("c", "t-1"), "messages": [{"role": "system", "content": "x"}, {"role": "assistant", "content": "One moment. <Flush/> Yes."},
             {"role": "assistant", "content": None, "tool_calls": []}, {"role": "user", "content": "Thanks."}]}  # fmt: skip
    asked = completions.read(json.dumps(given).encode())
    assert (asked.ticket, [(one.role, one.content) for one in asked.turns]) == (
        "t-1", [("assistant", "One moment.  Yes."), ("user", "Thanks.")],
    )  # fmt: skip
    long = {"metadata": metadata("c", "t-1"), "messages": [{"role": role, "content": "x"} for role in ("assistant", "user")] * 40}
    asked = completions.read(json.dumps(long).encode())
    assert (len(asked.turns), asked.left_out) == (60, 10)
    for wrong in (b"[]", b"{", json.dumps({"messages": []}).encode()):
        with pytest.raises(NotUnderstood):
            completions.read(wrong)
