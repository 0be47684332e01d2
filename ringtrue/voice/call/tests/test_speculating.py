"""When an answer that was begun early is kept, and how often one is begun."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from ringtrue.voice.brains.acts import Act, HeardTurn, Say
from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.speculating import MOST_TRIES, Speculation


class Early:
    speculates = True

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.forgotten: list[int] = []

    async def early(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        self.begun.append(heard.text)
        yield Say("We open at nine.")
        await asyncio.sleep(60)

    def keep(self, turn: int) -> None: ...

    def forget(self, turn: int) -> None:
        self.forgotten.append(turn)


def speculation(brain: Early) -> Speculation:
    return Speculation(brain, CallClock(), lambda text: HeardTurn(turn=1, text=text))


async def test_only_the_very_turn_that_was_foreseen_gets_the_answer_begun_for_it() -> None:
    """The same words, and a key pressed meanwhile: another turn."""
    brain = Early()
    early = speculation(brain)
    early.words("When do you open?")
    assert await early.take(HeardTurn(turn=1, text="When do you open?", digits="1")) is None
    assert brain.forgotten == [1]
    early.words("When do you open?")
    kept = await early.take(HeardTurn(turn=1, text="When do you open?"))
    assert kept is not None
    assert brain.forgotten == [1]
    await kept.drop()


async def test_a_caller_who_pauses_again_and_again_is_answered_early_three_times_at_most() -> None:
    brain = Early()
    early = speculation(brain)
    for n in range(2 * MOST_TRIES):
        early.words(f"I was wondering {n}")
        await asyncio.sleep(0.01)
        early.moved_on()
        await asyncio.sleep(0.01)
    await early.close()
    assert len(brain.begun) == MOST_TRIES
