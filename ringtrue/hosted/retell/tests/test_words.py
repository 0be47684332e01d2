"""Where we are Retell's model: our brain, our guardrails, our tools, over its websocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from ringtrue.hosted.retell.media import RetellLeg
from ringtrue.hosted.retell.metadata import metadata
from ringtrue.hosted.retell.tests.llm_socket import LlmSocket
from ringtrue.media.loop_sockets import Door
from ringtrue.voice.agent import Agent, CallOrder, Escalation
from ringtrue.voice.brains.acts import Act, Ask, HangUp, HeardTurn, Say, Transfer, Use
from ringtrue.voice.call.in_words import CallInWords
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.events import CallEvent, Consent, Disclosed, Emergency, Ended, Heard, OptedOut, Said
from ringtrue.voice.lines.leg import TransferResult
from ringtrue.voice.lines.socket_leg import SocketLeg

AGENT = Agent(
    slug="a", business="Cedar Dental", agent_name="Robin", greeting="How can I help?",
    escalations=[Escalation(id="desk", situation="a person", person="Ana", number="+12125550111", transfer="blind")],
)  # fmt: skip


class Brain:
    goal = "answered"

    def __init__(self) -> None:
        self.turns: list[HeardTurn] = []

    async def prepare(self, order: CallOrder) -> None: ...

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Ask("How can I help?")

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        self.turns.append(heard)
        if "connect" in heard.text:
            yield Say("I will connect you.")
            yield Transfer("desk")
        elif "bye" in heard.text:
            yield HangUp("Goodbye, then.")
        elif "book" in heard.text:
            yield Say((yield Use("book", {"service": "cleaning"}))["said"])
        else:
            yield Say("We open at nine.")
            yield Ask("Anything else?")

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        yield Say("Are you there?")

    def facts(self) -> dict[str, Any]:
        return {"name": "Maria"}


class Port:
    def __init__(self) -> None:
        self.events: list[CallEvent] = []
        self.used: list[str] = []

    def emit(self, event: CallEvent) -> None:
        self.events.append(event)

    def audio(self, _: Any) -> None: ...

    async def use(self, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        self.used.append(tool)
        return {"said": "You are booked."}

    def all(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


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


class Permits:
    def __init__(self, *, ok: bool) -> None:
        self.ok, self.asked = ok, list[str]()

    async def transfer(self, number: str) -> TransferResult:
        self.asked.append(number)
        return TransferResult(self.ok, "" if self.ok else "not_permitted")

    async def hang_up(self) -> None: ...


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


class Far(WSListener):
    """Retell, over a real socket."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self.texts.put_nowait(json.loads(frame.get_payload_as_bytes()))


async def test_the_loop_listens_at_the_address_with_the_engines_own_name_of_the_call() -> None:
    tickets: asyncio.Queue[str] = asyncio.Queue()

    async def admit(leg: SocketLeg) -> None:
        assert isinstance(leg, RetellLeg)
        tickets.put_nowait(leg.ticket.result())

    door = Door(admit, dict, "https://ringtrue.example")
    port = await door.open("127.0.0.1", 0)
    transport, far = await ws_connect(Far, f"ws://127.0.0.1:{port}/retell/call_1")
    async with asyncio.timeout(10):
        assert (await far.texts.get())["config"]["call_details"] is True
        transport.send(WSMsgType.TEXT, json.dumps({"interaction_type": "ping_pong", "timestamp": 5}).encode())
        assert await far.texts.get() == {"response_type": "ping_pong", "timestamp": 5}
        details = {"interaction_type": "call_details", "call": {"call_id": "call_1", "metadata": metadata("c", "ticket-1")}}
        transport.send(WSMsgType.TEXT, json.dumps(details).encode())
        assert await tickets.get() == "ticket-1"
    await door.close()
