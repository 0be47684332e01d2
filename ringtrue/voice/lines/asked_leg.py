"""A words leg whose far end asks each time anew: every question comes over a connection of its own, which is closed with the answer.

What a hosted engine asks over HTTP reaches the loop this way: whoever takes the HTTP request connects here, sends one `Question` and
gets `Reply` after `Reply`, the last with `then`. The first question of a ticket begins the call, the later ones find it by the ticket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from ringtrue.voice.lines.words_leg import Transcript, Utterance, Wanted, WordsLeg

IDLE_S = 900.0  # without a question: nobody told us that the call is over, and it is

Then = Literal["", "wait", "hang_up", "put_through", "refused"]


class Question(msgspec.Struct, gc=False):
    """`turns`: what was said, to its end; `left_out`: how many of the agent's turns stood before them. `over`: no answer is wanted."""

    ticket: str
    turns: list[Utterance] = []
    left_out: int = 0
    over: bool = False


class Reply(msgspec.Struct, gc=False, omit_defaults=True):
    """`then`: after this nothing more is said, and "wait" for the caller, "hang_up", have them "put_through", or there is no such call
    ("refused")."""

    say: str = ""
    then: Then = ""


_decode = msgspec.json.Decoder(Question).decode


class AskedLeg(WordsLeg):
    """One connection. The first one is the call's leg; a later one hands it its question and its peer."""

    def __init__(self, peer: object, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        self.question: Question | None = None
        self._transcript = Transcript()
        self._replies: list[Reply] = []  # to the question that is asked now
        self._begun = False
        self._early = ""  # the caller's words before the first answer
        self._heard_last: str | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._disconnected = asyncio.Event()

    def text(self, data: bytes) -> None:
        try:
            question = _decode(data)
        except msgspec.DecodeError:
            self._fault(1007)
            return
        if self.question is None:
            self.question = question
            self.named(question.ticket)

    def started(self) -> None:
        assert self.question is not None
        self._begun = True
        self._transcript.told(self.question.turns, self.question.left_out)
        self._transcript.take_heard()
        self._early = self._transcript.of_caller()
        self._wait()

    async def carry_on(self, call: AskedLeg) -> None:
        """Ask the call that runs; returns when the answer is whole or nobody waits for it any more."""
        assert self.question is not None
        call._asked(self.question, self)
        await self._disconnected.wait()

    def _asked(self, question: Question, by: AskedLeg) -> None:
        assert self.question is not None
        if question.over:
            if question.turns:
                self._transcript.told(question.turns, question.left_out)
                self._heard_last = self._transcript.take_heard()
            by.peer.close()
            self._over(clean=True)
            return
        if by.peer is not self.peer:
            self.peer.close()
        self.peer = by.peer
        same = (question.turns, question.left_out) == (self.question.turns, self.question.left_out)
        if same or not self._begun:  # asked again, for the answer was lost on its way: it is the same
            for reply in self._replies:
                self._send(reply)
            self._close_if_whole()
            return
        self.question = question
        self._replies.clear()
        self._transcript.told(question.turns, question.left_out)
        caller, self._early = f"{self._early} {self._transcript.of_caller()}".strip(), ""
        heard = self._transcript.take_heard()
        self.wanted.put_nowait(Wanted(kind="turn" if caller else "silence", caller=caller, played=heard))
        self._wait()

    def say(self, text: str, *, firm: bool) -> None:
        self._reply(Reply(say=text))

    def done(self, *, hang_up: bool = False) -> None:
        self._reply(Reply(then="hang_up" if hang_up else "wait"))

    def put_through(self, number: str) -> None:
        """Where to, the far end asks whoever gave the permit: no number stands here."""
        self._reply(Reply(then="put_through"))

    def last_heard(self) -> str | None:
        return self._heard_last

    def refused(self, code: str) -> None:
        self._send(Reply(then="refused"))
        super().refused(code)

    def closed(self, clean: bool) -> None:
        """A connection ends with its answer, or because the caller speaks: the call goes on."""
        self._disconnected.set()
        if not self.ticket.done():
            super().closed(clean)

    async def hang_up(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self.peer.close()

    def _reply(self, reply: Reply) -> None:
        if self._replies and self._replies[-1].then:  # whole already
            return
        self._replies.append(reply)
        self._send(reply)
        self._close_if_whole()

    def _close_if_whole(self) -> None:
        if self._replies and self._replies[-1].then:
            self.peer.close()

    def _wait(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._over, False)

    def _over(self, clean: bool) -> None:
        super().closed(clean)


class AskedCalls:
    """Of a process: those that go on, by their tickets."""

    def __init__(self) -> None:
        self._legs: dict[str, AskedLeg] = {}

    async def admit(self, leg: AskedLeg, begin: Callable[[AskedLeg], Awaitable[None]]) -> None:
        """One connection, whose ticket is named. `begin` holds the call of the first one to its end."""
        ticket = leg.ticket.result()
        call = self._legs.get(ticket)
        if call is not None:
            await leg.carry_on(call)
        elif leg.question is None or leg.question.over:  # the end of a call begins none
            leg.refused("unknown")
        else:
            self._legs[ticket] = leg
            try:
                await begin(leg)
            finally:
                del self._legs[ticket]
