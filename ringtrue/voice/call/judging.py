"""Voice activity of all calls of a process, in one inference per tick."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.audio.g711 import ULAW_FLOATS
from ringtrue.voice.call.conversation import Conversation

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
        self, activity: Activity, slots: int, least_level_dbfs: float, failed: Callable[[Conversation, Exception], None]
    ) -> None:
        self._activity = activity
        self._failed = failed
        self._chunks = np.zeros((slots, CHUNK), np.float32)
        self._rows = np.zeros(slots, np.intp)
        self._soft = np.zeros(slots, np.intp)  # chunks in a row too soft to be speech, by slot
        self._least_power = 10 ** (least_level_dbfs / 10)

    def begin(self, slot: int) -> None:
        """Another call has this slot now."""
        self._activity.reset(slot)
        self._soft[slot] = 0

    def forget(self, slot: int) -> None:
        """What the detector remembers of its call."""
        self._activity.reset(slot)

    async def judge(self, calls: Mapping[str, Conversation], next_tick: float) -> bool:
        """Voice activity of every call that has a whole chunk, in one inference. True when some of them have another; what arrives
        meanwhile waits for the next tick: one large batch is cheaper than four small ones. `calls`: those that go on, by
        their ids; `next_tick`: loop time (seconds)."""
        coded: list[bytes] = []
        waiting: list[Conversation] = []
        others: list[Conversation] = []
        for conversation in calls.values():
            ear = conversation.ear
            if not ear.coded:
                others.append(conversation)
            elif ear.has_chunk:
                coded.append(ear.next_coded())
                waiting.append(conversation)
        if coded:  # every telephone call of the process in one look-up
            self._chunks[: len(coded)] = ULAW_FLOATS[np.frombuffer(b"".join(coded), np.uint8)].reshape(-1, CHUNK)
        for conversation in others:
            chunk = conversation.ear.next_chunk()
            if chunk is not None:
                np.multiply(chunk, np.float32(1 / 32768), out=self._chunks[len(waiting)])
                waiting.append(conversation)
        if not waiting:
            return False
        self._rows[: len(waiting)] = [conversation.slot for conversation in waiting]
        batch = self._chunks[: len(waiting)]
        power = np.einsum("ij,ij->i", batch, batch) / CHUNK
        probabilities = self.chances(batch, self._rows[: len(waiting)], power).tolist()
        power = power.tolist()
        for count, (conversation, probability, loudness) in enumerate(zip(waiting, probabilities, power, strict=True), 1):
            if calls.get(conversation.order.call_id) is conversation:  # not over by now
                try:
                    conversation.ear.judge(probability, loudness)
                except Exception as error:
                    self._failed(conversation, error)
            if count % BREATH == 0:
                await breathe(next_tick)
        return any(conversation.ear.has_chunk for conversation in waiting)

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
