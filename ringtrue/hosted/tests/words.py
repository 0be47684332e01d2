"""What the tests of every engine need of our side: an agent, brains that need no weights, ports, and the scribe beside a call."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from django.db import connection

from ringtrue.media.scribe import Scribe
from ringtrue.voice.agent import Agent, CallOrder, Escalation
from ringtrue.voice.brains.acts import Act, Ask, HangUp, HeardTurn, Say, Transfer, Use
from ringtrue.voice.events import CallEvent, Ended
from ringtrue.voice.lines.leg import TransferResult

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

    @property
    def ended(self) -> bool:
        return bool(self.all(Ended))

    async def use(self, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        self.used.append(tool)
        return {"said": "You are booked."}

    def all(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


class Permits:
    def __init__(self, *, ok: bool) -> None:
        self.ok, self.asked = ok, list[str]()

    async def transfer(self, number: str) -> TransferResult:
        self.asked.append(number)
        return TransferResult(self.ok, "" if self.ok else "not_permitted")

    async def hang_up(self) -> None: ...


class OneAnswer:
    """Of calls with a scribe."""

    goal = "answered"
    person = ""

    async def prepare(self, order: CallOrder) -> None:
        self.person = next((one.id for one in order.agent.escalations), "")

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Ask("How can I help?")

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        if "connect" in heard.text:
            yield Say("I will connect you.")
            yield Transfer(self.person)
        else:
            yield Ask("We open at nine.")

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        yield Ask("Are you there?")

    def facts(self) -> dict[str, Any]:
        return {}


def redeem(scribe: Scribe, token: str, line: str) -> CallOrder:
    try:
        return scribe.redeem(token, line)
    finally:
        connection.close()  # of this thread
