"""A stand-in for the loop: plays turns to the receptionist, answers its tools, and keeps all that was said."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import yaml
from numpy.typing import NDArray

from ringtrue.voice.agent import Agent, CallOrder
from ringtrue.voice.brains.acts import Act, Ask, HangUp, HeardTurn, LeaveMessage, Note, Say, Transfer, Use
from ringtrue.voice.brains.receptionist import Receptionist

STARTERS = Path(__file__).parents[3] / "agents" / "starter_files"
ToolAnswer = dict[str, str] | Exception | Callable[[dict[str, str]], dict[str, str] | Exception]

SLOTS = "2026-11-24T09:00,2026-11-24T10:30,2026-11-24T14:00,2026-11-24T15:30"


def starter(name: str, **changes: Any) -> Agent:
    agent = msgspec.convert(yaml.safe_load((STARTERS / f"{name}.yaml").read_text()), Agent)
    return (
        msgspec.structs.replace(agent, version_id=f"test-{name}", **changes)
        if not changes
        else msgspec.structs.replace(agent, **changes)
    )


class SharedEmbedder:
    """The real model, loaded once for the tests; counts what it is asked."""

    def __init__(self) -> None:
        from ringtrue.voice.speech.minilm import MiniLM

        self._model = MiniLM()
        self._kept: dict[str, NDArray[np.float32]] = {}
        self.asked = 0

    async def embed(self, texts: list[str]) -> NDArray[np.float32]:
        self.asked += len(texts)
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if new:
            self._kept.update(zip(new, self._model.embed(new), strict=True))
        return np.stack([self._kept[text] for text in texts])


class Call:
    """`await call.says("...")` gives the agent's words of that turn; `tools` maps a tool to its answer."""

    def __init__(
        self,
        agent: Agent,
        embedder: Any,
        *,
        now: str = "2026-11-23T10:00",
        number: str = "+18565550177",
        mode: str = "everything",
    ) -> None:
        at = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(agent.time_zone)).timestamp()
        self.order = CallOrder(
            call_id="c1",
            agent=agent,
            line="simulated",
            from_number=number,
            storage_mode=mode,
            now=at,  # type: ignore[arg-type]
        )
        self.brain = Receptionist(embedder)
        self.tools: dict[str, ToolAnswer] = {
            "find_slots": {"slots": SLOTS, "reason": ""}, "take_message": {"taken": "true"}, "book": {"booked": "true"}, "opt_out": {"done": "true"},
        }  # fmt: skip
        self.transfer_result: dict[str, str] = {"ok": "true"}
        self.said: list[str] = []
        self.notes: list[Note] = []
        self.uses: list[Use] = []
        self.transfers: list[str] = []
        self.asks: list[Ask] = []
        self.ended = False
        self._turn = 0

    async def start(self) -> Call:
        await self.brain.prepare(self.order)
        await self.run(self.brain.greet())
        return self

    async def says(self, text: str, *, digits: str = "", interrupted: str = "") -> str:
        self._turn += 1
        return await self.run(self.brain.answer(HeardTurn(turn=self._turn, text=text, digits=digits, interrupted=interrupted)))

    async def run(self, acts: AsyncGenerator[Act, Any]) -> str:
        said: list[str] = []
        send: Any = None
        throw: Exception | None = None
        while not self.ended:
            try:
                act = await (acts.athrow(throw) if throw else acts.asend(send))
            except StopAsyncIteration:
                break
            send = throw = None
            if isinstance(act, Note):
                self.notes.append(act)
            elif isinstance(act, Say | Ask):
                said.append(act.text)
                if isinstance(act, Ask):
                    self.asks.append(act)
            elif isinstance(act, HangUp | LeaveMessage):
                said.append(act.text)
                self.ended = True
            elif isinstance(act, Transfer):
                self.transfers.append(act.escalation_id)
                if self.transfer_result.get("ok") == "true":
                    self.ended = True
                send = self.transfer_result
            elif isinstance(act, Use):
                self.uses.append(act)
                answer = self.tools[act.tool]
                given = answer(act.arguments) if callable(answer) else answer
                if isinstance(given, Exception):
                    throw = given
                else:
                    send = given
        await acts.aclose()
        words = " ".join(said)
        self.said.append(words)
        return words

    def used(self, tool: str) -> list[dict[str, str]]:
        return [use.arguments for use in self.uses if use.tool == tool]

    @property
    def everything(self) -> str:
        return " ".join(self.said)
