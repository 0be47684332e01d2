"""Calls that members of the business join, and what a test has them do at a moment of the call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np

from ringtrue.voice.call.conversation import Conversation
from ringtrue.voice.call.tests.stand_ins import KeptPort, StubBrain, Studio, order
from ringtrue.voice.lines.browser.member import Code, Side
from ringtrue.voice.lines.simulated import SimulatedLeg
from ringtrue.voice.lines.simulated_callers import ScriptedCaller

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
