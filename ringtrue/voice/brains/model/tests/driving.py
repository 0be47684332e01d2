"""A model brain against the stand-in, driven as the loop drives it."""

from __future__ import annotations

import asyncio
from typing import Any

from ringtrue.voice.agent import Agent, CallOrder, Escalation, ModelChoice, Service
from ringtrue.voice.brains.acts import Act, HeardTurn, Spent, Use
from ringtrue.voice.brains.model.answering import Model
from ringtrue.voice.brains.model.asking import Times
from ringtrue.voice.brains.model.connecting import Links
from ringtrue.voice.brains.model.tests.model_stand_in import StandIn
from ringtrue.voice.call.tests.stand_ins import MONDAY_NOON, StubBrain
from ringtrue.voice.port import ToolFailed

KEY = "sk-canary-never-to-be-shown"
CLAUDE = ModelChoice(provider="anthropic", model="claude-haiku-5-5", key=KEY)
GPT = ModelChoice(provider="openai", model="gpt-4o-mini", key=KEY)
OWN = ModelChoice(provider="compatible", model="house-model", base_url="http://models.example/v1", key=KEY)
FAMILIES = [CLAUDE, GPT, OWN]
"""One of each provider: all of them go through the same tests."""

AGENT = Agent(
    slug="test", business="Riverside Dental", agent_name="Robin", greeting="How can I help you?",
    services=[Service(name="Cleaning", minutes=45, price="$120")],
    escalations=[Escalation(id="person", situation="a person", person="the front desk", number="+18565550111")],
)  # fmt: skip


class Driven:
    """`told`: troubles and costs. `handle(use)` answers tools."""

    def __init__(
        self, stand_in: StandIn, *models: ModelChoice, agent: Agent = AGENT, times: Times | None = None, **order: Any
    ) -> None:
        self.stand_in = stand_in
        self.behind = StubBrain([])
        self.brain = Model(self.behind, Links(stand_in.transport()), times)
        self.told: list[Spent | str] = []
        self.brain.tell = self.told.append
        given: dict[str, Any] = {"call_id": "call-1", "line": "simulated", "now": MONDAY_NOON, "from_number": "+12025550123"}
        self.order = CallOrder(agent=agent, models=models or (CLAUDE,), **(given | order))
        self.results: dict[str, dict[str, str] | ToolFailed] = {}

    @property
    def spent(self) -> list[Spent]:
        return [one for one in self.told if isinstance(one, Spent)]

    @property
    def troubles(self) -> list[str]:
        return [one for one in self.told if isinstance(one, str)]

    async def turn(self, text: str, *, turn: int = 1, played: str = "", **more: Any) -> list[tuple[float, Act]]:
        """(seconds since the turn, act), all of the answer."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        acts = self.brain.answer(HeardTurn(turn=turn, text=text, played=played, **more))
        out: list[tuple[float, Act]] = []
        send: Any = None
        thrown: ToolFailed | None = None
        while True:
            try:
                act = await (acts.athrow(thrown) if thrown is not None else acts.asend(send))
            except StopAsyncIteration:
                return out
            out.append((loop.time() - began, act))
            send, thrown = None, None
            if isinstance(act, Use):
                result = self.results.get(act.tool, {"done": "true"})
                send, thrown = (None, result) if isinstance(result, ToolFailed) else (result, None)


def said(acts: list[tuple[float, Act]]) -> list[str]:
    return [text for _, act in acts if (text := getattr(act, "text", ""))]
