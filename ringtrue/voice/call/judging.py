"""Voice activity of all calls of a process, in one inference per tick."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.audio.g711 import ULAW_FLOATS
from ringtrue.voice.call.conversation import Conversation
from ringtrue.voice.call.ear import nobody
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.signs import LOUD, Rises

SOFT_CHUNKS = 12  # after 0.4 s of them the detector is not asked
BREATH = 50  # calls judged between two turns of the event loop
CHUNK = 256  # samples of one voice-activity step at 8 kHz: 32 ms


class Activity(Protocol):
    """`voice.audio.vad.VoiceActivity`, as it is used here."""

    def probabilities(self, chunks: NDArray[np.float32], slots: NDArray[np.intp]) -> NDArray[np.float32]: ...

    def reset(self, slot: int) -> None: ...


@runtime_checkable
class Sparing(Protocol):
    """A detector that need not be asked about every chunk."""

    def pass_over(self, chunks: NDArray[np.float32], slots: NDArray[np.intp]) -> None: ...


class Judge:
    """`slots`: calls at once. `failed`: is told of a call that cannot take its judgement."""

    def __init__(
        self, activity: Activity, slots: int, settings: CallSettings, failed: Callable[[Conversation, Exception], None]
    ) -> None:
        self._activity = activity
        self._failed = failed
        self._chunks = np.zeros((slots, CHUNK), np.float32)
        self._rows = np.zeros(slots, np.intp)
        self._soft = np.zeros(slots, np.intp)  # chunks in a row too soft to be speech, by slot
        self._alert = np.zeros(slots, bool)  # its ear wants every chunk, by slot
        self._rises = Rises(settings, slots)
        self._due: list[Conversation] = []
        self._least_power = 10 ** (settings.least_level_dbfs / 10)
        self._least_chance = min(settings.sign_probability, settings.quiet_probability, settings.onset_probability)

    def follow(self, conversation: Conversation) -> None:
        """Its chunks are judged from now on; its slot is its own now."""
        slot = conversation.slot
        self.forget(slot)
        self._soft[slot] = 0
        self._alert[slot] = False
        self._rises.begin(slot)
        conversation.ear.chunk_ready = functools.partial(self._due.append, conversation)

    def leave(self, conversation: Conversation) -> None:
        """The call is over."""
        conversation.ear.chunk_ready = nobody
        if conversation in self._due:
            self._due.remove(conversation)

    def forget(self, slot: int) -> None:
        """What the detector remembers of its call."""
        self._activity.reset(slot)

    async def judge(self, calls: Mapping[str, Conversation], next_tick: float) -> bool:
        """Voice activity of every call that has a whole chunk, in one inference. True when some of them have another; what arrives
        meanwhile waits for the next tick: one large batch is cheaper than four small ones. `calls`: those that go on, by
        their ids; `next_tick`: loop time (seconds)."""
        waiting, more = self._take_chunks(calls)
        if not waiting:
            return more
        self._rows[: len(waiting)] = [conversation.slot for conversation in waiting]
        batch, rows = self._chunks[: len(waiting)], self._rows[: len(waiting)]
        power = np.einsum("ij,ij->i", batch, batch) / CHUNK
        chances = self.chances(batch, rows, power)
        loud = self._rises.note(rows, power)
        # Most chunks are the silence of somebody who listens, and change nothing: an ear that is not alert is not told of them.
        counts = ((chances >= self._least_chance) & (power >= self._least_power)) | (loud >= LOUD) | self._alert[rows]
        told = np.flatnonzero(counts)
        answers = zip(told.tolist(), chances[told].tolist(), power[told].tolist(), loud[told].tolist(), strict=True)
        for count, (at, chance, loudness, rise) in enumerate(answers, 1):
            conversation = waiting[at]
            if calls.get(conversation.order.call_id) is conversation:  # not over by now
                try:
                    conversation.ear.judge(chance, loudness, rise)
                    self._alert[conversation.slot] = conversation.ear.alert
                except Exception as error:
                    self._failed(conversation, error)
            if count % BREATH == 0:
                await breathe(next_tick)
        return more

    def _take_chunks(self, calls: Mapping[str, Conversation]) -> tuple[list[Conversation], bool]:
        """Fills `_chunks` from the top. Returns whose they are, and whether some of those have another."""
        due = [one for one in self._due if calls.get(one.order.call_id) is one]
        self._due.clear()
        waiting = [one for one in due if one.ear.coded]
        if waiting:  # every telephone call of the process in one look-up
            coded = np.frombuffer(b"".join([one.ear.next_coded() for one in waiting]), np.uint8)
            self._chunks[: len(waiting)] = ULAW_FLOATS[coded].reshape(-1, CHUNK)
        if len(waiting) < len(due):
            for one in due:
                chunk = None if one.ear.coded else one.ear.next_chunk()
                if chunk is not None:
                    np.multiply(chunk, np.float32(1 / 32768), out=self._chunks[len(waiting)])
                    waiting.append(one)
        return waiting, bool(self._due)

    def chances(self, batch: NDArray[np.float32], rows: NDArray[np.intp], power: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of speech. A chunk softer than `least_level_dbfs` is never speech, whatever the detector thinks of it: after a while of
        such chunks it is not asked, until there is sound again."""
        soft = np.where(power < self._least_power, self._soft[rows] + 1, 0)
        self._soft[rows] = soft
        asked = soft <= SOFT_CHUNKS
        if asked.all() or not isinstance(self._activity, Sparing):
            return self._activity.probabilities(batch, rows)
        chances = np.zeros(len(rows), np.float32)
        if asked.any():
            chances[asked] = self._activity.probabilities(batch[asked], rows[asked])
        self._activity.pass_over(batch[~asked], rows[~asked])
        return chances


async def breathe(next_tick: float) -> None:
    """Let the event loop have a turn, so that an answer on its way does not wait for all calls. A process that runs late has no time for
    that: what callers hear goes first."""
    if asyncio.get_running_loop().time() < next_tick:
        await asyncio.sleep(0)
