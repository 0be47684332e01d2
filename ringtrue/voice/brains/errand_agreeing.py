"""Agreeing to a time in an errand's call: within the limits at once, beyond them only when the person says yes in mid-call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from datetime import datetime
from typing import Any

from ringtrue.voice.agent import Errand
from ringtrue.voice.brains.acts import Act, Ask, HangUp, Say, Use
from ringtrue.voice.brains.errand_hearing import Asked
from ringtrue.voice.brains.errand_limits import beyond
from ringtrue.voice.brains.errand_words import Words
from ringtrue.voice.port import ToolFailed

Acts = Generator[Act, Any, None]
REASSURE_S = 8.0  # who waits for the person's answer hears this often that we are still there


class Deal:
    """`price`: what was named last; `agreed`: the time that the house has allowed; `accepted`: they read it back, and we said yes."""

    def __init__(self, errand: Errand, words: Words) -> None:
        self.price = errand.price
        self.agreed: datetime | None = None
        self.accepted = False
        self._errand, self._words = errand, words
        self._pending: tuple[datetime, Asked] | None = None  # the person is being asked about it
        self._asked_at = 0.0
        self._told_at, self._told = 0.0, 0  # seconds after that, and how often the called party was told to be patient

    @property
    def is_asking(self) -> bool:
        return self._pending is not None

    def settle(self, slot: datetime, asked: Asked) -> Acts:
        """Take this time if that may be agreed; else the person is asked."""
        if slot == self.agreed:
            yield from self._accept(slot, asked)
        elif beyond(self._errand, slot, self.price):
            self._pending, self._asked_at = (slot, asked), asyncio.get_running_loop().time()
            yield from use("errand_ask", self._about(slot))
            yield Ask(self._words.one_moment(self.price))
        elif (yield from self._may_agree(slot)):
            yield from self._accept(slot, asked)
        else:
            yield from leave("declined", self._words.declined())

    def _may_agree(self, slot: datetime) -> Generator[Act, Any, bool]:
        result = yield from use("errand_agree", self._about(slot))
        agreed = result.get("agreed") == "true"
        if agreed:
            self.agreed = slot
        return agreed

    def _accept(self, slot: datetime, asked: Asked) -> Acts:
        if asked == "confirm":
            self.accepted = True
        yield Ask(self._words.accept(slot, briefly=asked in ("confirm", "offer")))

    def _about(self, slot: datetime) -> dict[str, str]:
        return {"slot": f"{slot:%Y-%m-%dT%H:%M}", "price": "" if self.price is None else f"{self.price:g}"}

    def wait(self, refused: bool = False, *, spoken_to: bool = False) -> Acts:
        """For the person's answer. `refused`: the called party does not want to wait; `spoken_to`: they asked us something."""
        assert self._pending is not None
        slot, asked = self._pending
        answer = (yield from use("errand_answer", {})).get("answer", "")
        waited = asyncio.get_running_loop().time() - self._asked_at
        if answer == "yes" and (yield from self._may_agree(slot)):
            self._pending = None
            if asked == "confirm":
                self.accepted = True
            yield Ask(self._words.answered_yes(slot, briefly=asked == "confirm"))
        elif answer:
            yield from leave("declined", self._words.declined())
        elif refused or waited >= self._errand.patience_s:
            yield from leave("promised", self._words.call_back())
        elif spoken_to or waited >= self._told_at + REASSURE_S:
            self._told_at, self._told = waited, self._told + 1
            yield Say(self._words.still_asking(self._told))
        else:
            yield Say("")


def leave(how: str, text: str) -> Acts:
    """`how`: one of the house's words for how a call ended, "" when there is nothing to say about it. Ends the call."""
    if how:
        yield from use("errand_found", {how: "true"})
    yield HangUp(text)


def use(tool: str, arguments: dict[str, str]) -> Generator[Act, Any, dict[str, str]]:
    """{} when it failed: what is not known to be allowed is not agreed."""
    try:
        result: dict[str, str] = yield Use(tool, arguments)
    except ToolFailed:
        return {}
    return result


async def driven(acts: Acts) -> AsyncGenerator[Act, Any]:
    """The loop speaks to async generators; nothing here waits, so that plain ones, which can delegate, do the thinking."""
    send: Any = None
    failure: ToolFailed | None = None
    while True:
        try:
            act = acts.throw(failure) if failure is not None else acts.send(send)
        except StopIteration:
            return
        send, failure = None, None
        try:
            send = yield act
        except ToolFailed as failed:
            failure = failed
