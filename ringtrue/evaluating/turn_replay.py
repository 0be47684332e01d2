"""The trade-off curve: the same turns under many settings, through ear and listening alone, without the rest of a call.

Voice activity is computed once for all settings. The first audio of an answer is taken to follow the decision within the tick, as it
does in whole calls with speech at once (`turn_calls`, whose figures stand beside for the setting that ships).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ringtrue.evaluating.stated_hearing import StatedRecognizer
from ringtrue.evaluating.turn_audio import TurnAudio
from ringtrue.evaluating.turn_calls import Turn
from ringtrue.voice.audio.vad import CHUNK
from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.ear import Ear
from ringtrue.voice.call.hearing import Hearing
from ringtrue.voice.call.listening import Listening, Utterance
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.signs import Rises
from ringtrue.voice.call.virtual_time import run
from ringtrue.voice.speech.kinds import Expecting
from ringtrue.voice.speech.models import voice_activity

TICK_MS = 10  # on average a chunk waits half a tick
Track = tuple[NDArray[np.float32], NDArray[np.float32]]
"""(chance of speech, power) of each whole chunk of an item."""


def tracks(items: Sequence[TurnAudio], at_once: int = 64) -> list[Track]:
    found: list[Track] = []
    activity = voice_activity(slots=at_once)
    for first in range(0, len(items), at_once):
        some = [np.frombuffer(item.pcm, "<i2") for item in items[first : first + at_once]]
        longest = max(len(sound) // CHUNK for sound in some)
        sound = np.zeros((len(some), longest, CHUNK), np.float32)
        for row, one in enumerate(some):
            whole = len(one) // CHUNK
            sound[row, :whole] = one[: whole * CHUNK].reshape(whole, CHUNK) / np.float32(32768)
        slots = np.arange(len(some))
        for slot in range(len(some)):
            activity.reset(slot)
        chances = np.stack([activity.probabilities(np.ascontiguousarray(sound[:, t]), slots) for t in range(longest)], axis=1)
        power = np.mean(sound**2, axis=2)
        found += [(chances[row, : len(one) // CHUNK], power[row, : len(one) // CHUNK]) for row, one in enumerate(some)]
    return found


class _Floor:
    """Keeps what was decided."""

    def __init__(self, expecting: Expecting) -> None:
        self.expecting = expecting
        self.hints: tuple[str, ...] = ()
        self.over: list[Utterance] = []

    def caller_began(self, start_ms: float) -> None: ...

    def caller_may_begin(self, start_ms: float) -> None: ...

    def caller_did_not(self) -> None: ...

    def caller_said(self, text: str, confidence: float) -> None: ...

    def caller_goes_on(self) -> None: ...

    def turn_over(self, utterance: Utterance) -> None:
        self.over.append(utterance)

    def not_heard(self) -> None: ...


def replay(
    items: Sequence[TurnAudio],
    given: Sequence[Track],
    recognizer: StatedRecognizer,
    settings: CallSettings,
    *,
    asked: bool = True,
    watch: Callable[[int, Listening, float], None] | None = None,
) -> list[Turn]:
    """`watch(item, listening, ms)`: called after every chunk, for whoever wants to look inside."""

    async def one(index: int) -> Turn:
        item, (chances, power) = items[index], given[index]
        floor = _Floor(item.expecting if asked else "open")
        clock = CallClock()
        ear, rises = Ear(8000, settings, clock), Rises(settings)
        listening = Listening(ear, Hearing([recognizer], settings, lambda _: None), settings, clock, floor)
        at = 0
        for begin in range(0, len(item.pcm) - 319, 320):
            await asyncio.sleep(0.02)
            ear.hear(item.pcm[begin : begin + 320], clock.now())
            if ear.next_chunk() is not None:
                ear.judge(float(chances[at]), float(power[at]), rises.one(float(power[at])))
                at += 1
                if watch is not None:
                    watch(index, listening, ear.heard_ms)
        await listening.close()
        first = floor.over[0] if floor.over else None
        text = " / ".join(utterance.text for utterance in floor.over)
        if first is None:
            return Turn(item=index, reply_ms=None, decided_ms=None, text="")
        decided = first.decided_ms - item.end_ms
        return Turn(item=index, reply_ms=decided + TICK_MS, decided_ms=decided, text=text)

    async def all_of_them() -> list[Turn]:
        return [await one(index) for index in range(len(items))]

    return run(all_of_them())
