"""Businesses that answer errands: our own receptionist with a calendar of its own; one stands behind a menu and a queue."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import Any

from ringtrue.voice.agent import Agent, CallOrder, Hours, Recording, Service, Span
from ringtrue.voice.brains.acts import Act, Ask, HeardTurn, Note, Say
from ringtrue.voice.brains.receptionist import Receptionist
from ringtrue.voice.events import AudioPiece, CallEvent, Heard
from ringtrue.voice.port import ToolFailed

HOURS: dict[str, list[Span]] = {day: [("08:00", "18:00")] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
QUEUE_S = 24


class Business:
    """The far end of a call. `free`: local times that its calendar has; `booked`: what was booked in it, by (start, name)."""

    def __init__(
        self, name: str, price: str, free: list[str], *, behind_a_menu: bool = False, service: str = "Drain cleaning"
    ) -> None:
        self.free = free
        self.booked: list[tuple[str, str]] = []
        self.behind_a_menu = behind_a_menu
        self.heard: list[str] = []
        self.keys = ""  # that were pressed in the last call
        self.agent = Agent(
            slug=name.split()[0].lower(), version_id=f"test-{name}", business=name, agent_name="Casey", tone="brisk",
            services=[Service(name=service, minutes=60, price=price)], hours=Hours(weekly=HOURS), greeting="What can I do for you?",
        )  # fmt: skip

    def order(self, now: float) -> CallOrder:
        return CallOrder(call_id=self.agent.slug, agent=self.agent, line="wired", recording=Recording(flow="off"), now=now)

    def brain(self, embedder: Any) -> Any:
        inner = Patient(embedder)
        return Queue(inner) if self.behind_a_menu else inner

    # the port

    def emit(self, event: CallEvent) -> None:
        if isinstance(event, Heard):
            self.heard.append(event.text)

    def audio(self, piece: AudioPiece) -> None: ...

    async def use(self, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        if tool == "find_slots":
            day, part = arguments.get("day", ""), arguments.get("part", "")
            fits = [
                slot
                for slot in self.free
                if slot.startswith(day) and (not part or (slot[11:13] < "12") == (part == "morning"))
                and slot[11:] == (arguments.get("time") or slot[11:])
            ]  # fmt: skip
            return {"slots": ",".join(fits[:3]), "reason": "" if fits else "full"}
        if tool == "book":
            if arguments["start"] not in self.free:
                raise ToolFailed("slot_taken")
            self.free.remove(arguments["start"])
            self.booked.append((arguments["start"], arguments["name"]))
            return {"booked": "true", "start": arguments["start"]}
        return {"done": "true"}


class Patient(Receptionist):
    """The receptionist, who waits when asked to, and goes on where it was."""

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        if re.search(r"stay on the line|waiting for|longer", heard.text):
            yield Ask("All right, I'll wait.")
            return
        acts = super().answer(heard)
        sent: Any = None
        while True:
            try:
                sent = yield await acts.asend(sent)
            except StopAsyncIteration:
                return


class Queue:
    """A menu, then a queue, then the receptionist."""

    goal = ""

    def __init__(self, inner: Receptionist) -> None:
        self._inner = inner
        self._through = False

    async def prepare(self, order: CallOrder) -> None:
        await self._inner.prepare(order)

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Ask("For bookings, press 1. For billing, press 2. To hear this again, press 9.", "digits")

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        if self._through:
            acts = self._inner.answer(heard)
            sent: Any = None
            while True:
                try:
                    sent = yield await acts.asend(sent)
                except StopAsyncIteration:
                    return
        if heard.digits != "1":
            yield Ask("For bookings, press 1. For billing, press 2. To hear this again, press 9.", "digits")
            return
        self._through = True
        yield Say("Please hold the line, all our plumbers are busy.")
        for _ in range(QUEUE_S // 6):
            await asyncio.sleep(6)
            yield Note("queue")
        yield Ask("Thank you for holding. What can I do for you?")

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        yield Say("")

    def facts(self) -> dict[str, Any]:
        return {}
