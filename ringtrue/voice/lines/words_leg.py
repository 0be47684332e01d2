"""A leg without sound: somebody else hears and speaks, and gives us words. `voice/call/in_words.py` holds a call over it.

A hosted engine that lets us be its model has a module `media` that names a class of this kind as `LEG`.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import Literal

import msgspec

from ringtrue.voice.lines.leg import TransferResult
from ringtrue.voice.lines.socket_leg import SocketLeg


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The far end wants to know what to say, or (`kind` "over") is gone.

    `caller`: all that the caller has said since the agent was last heard, "" where they are silent. `played`: what the caller has heard
    of the agent since the one before, None where the far end has not told.
    """

    kind: Literal["turn", "silence", "over"]
    caller: str = ""
    played: str | None = None
    clean: bool = True


class Utterance(msgspec.Struct, gc=False):
    """`role`: "user" is the caller; "agent", or as some say "assistant", is ours."""

    role: str
    content: str | None = ""


class Transcript:
    """A call as a far end tells it, all of it each time. An answer that was cut stands in it as far as it was heard."""

    def __init__(self) -> None:
        self.utterances: list[Utterance] = []
        self._left_out = 0
        self._told_until = 0  # utterances of the agent that were told as heard

    def told(self, utterances: list[Utterance], left_out: int = 0) -> None:
        """`left_out`: how many utterances of the agent stood before these."""
        self.utterances, self._left_out = utterances, left_out

    def of_caller(self) -> str:
        """What they have said since the agent was last heard."""
        said: list[str] = []
        for one in reversed(self.utterances):
            if one.role in ("agent", "assistant") and one.content:
                break
            if one.role == "user":
                said.append((one.content or "").strip())
        return " ".join(reversed(said))

    def take_heard(self) -> str:
        """What was heard of the agent since this was asked last."""
        of_agent = [one.content.strip() for one in self.utterances if one.role in ("agent", "assistant") and one.content]
        new = of_agent[max(0, self._told_until - self._left_out) :]
        self._told_until = self._left_out + len(of_agent)
        return " ".join(new)


class WordsLeg(SocketLeg):
    """What comes from the far end is put into `wanted`. What is said goes out piece by piece; `done` ends what was begun."""

    sample_rate = 8000
    can = frozenset({"transfer"})

    def __init__(self, peer: object, query: dict[str, str]) -> None:
        super().__init__(peer, query)  # type: ignore[arg-type]
        self.wanted: asyncio.Queue[Wanted] = asyncio.Queue()

    @abstractmethod
    def say(self, text: str, *, firm: bool) -> None:
        """A sentence or a few of the answer that is wanted now. `firm`: the caller cannot interrupt it."""

    @abstractmethod
    def done(self, *, hang_up: bool = False) -> None:
        """The answer is whole; `hang_up`: and when it has been heard, the call is over."""

    @abstractmethod
    def put_through(self, number: str) -> None:
        """The answer is whole, and then the caller is connected to this number (E.164), which our permit was given for."""

    @abstractmethod
    def last_heard(self) -> str | None:
        """What the caller has heard of the agent since `wanted` told of it last; None where the far end has not told."""

    async def transfer(self, number: str) -> TransferResult:
        """The scribe gives the permit; the far end is told over this leg."""
        if self.carrier is None:
            return TransferResult(False, "line_cannot_transfer")
        result = await self.carrier.transfer(number)
        if result.ok:
            self.put_through(number)
        return result

    async def hang_up(self) -> None:
        self.peer.close()

    def closed(self, clean: bool) -> None:
        if not self._gone:
            self.wanted.put_nowait(Wanted(kind="over", played=self.last_heard(), clean=clean))
        super().closed(clean)

    def binary(self, data: bytes) -> None:
        self._fault(1003)

    def play(self, pcm: bytes) -> None:
        """Never: there is no sound on this leg."""

    def clear(self) -> None:
        """Never: see `play`."""
