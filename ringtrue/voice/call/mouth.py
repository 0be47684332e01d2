"""The mouth of a call: passages of audio go to the line by an absolute clock, a little ahead, and can be stopped and taken up again
at the exact sample.

What is told as said, and what is recorded, is what was played.
"""

from __future__ import annotations

import asyncio
import itertools
import math
from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.recording import Recorder
from ringtrue.voice.call.said_part import said_part
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.events import Said
from ringtrue.voice.lines.leg import FRAME_MS, Can, Leg

GUESSED_MS_PER_CHARACTER = 62  # of a sentence whose audio is not finished when it is cut


class Passage:
    """One sentence on its way to the caller. `pcm` grows while the voice makes it; `made` says that it is whole."""

    __slots__ = ("end_ms", "filler", "firm", "head", "lead_in", "made", "pcm", "question", "start_ms", "text", "turn")

    def __init__(self, text: str, *, turn: int = 0, firm: bool = False, question: bool = False, filler: bool = False) -> None:
        self.text = text
        self.turn = turn
        self.firm = firm  # may not be interrupted
        self.question = question  # ends the agent's turn: an "okay" during it may well be the answer
        self.filler = filler
        self.pcm = bytearray()
        self.made = False
        self.head = 0  # bytes given to the line
        self.lead_in = 0  # bytes of silence before the words
        self.start_ms = -1
        self.end_ms = -1


class Output(Protocol):
    """Where a mouth's audio goes: the leg of the call, or what stands before it; see `Leg`."""

    @property
    def can(self) -> frozenset[Can]: ...

    def play(self, pcm: bytes) -> None: ...

    def clear(self) -> None: ...


class _Sent(NamedTuple):
    passage: Passage
    offset: int
    size: int
    at: float  # loop time at which it is due to be heard
    until: float


class Mouth:
    """`tell` gets `Said` events; `began` is called when the first audio of a passage goes out."""

    def __init__(
        self,
        leg: Leg,
        settings: CallSettings,
        clock: CallClock,
        recorder: Recorder,
        tell: Callable[[Said], None],
        began: Callable[[Passage], None],
    ) -> None:
        self.paused = False
        self.busy = False
        """Something is being said, or will be."""
        self.look_at = 0.0
        """Loop time before which `pump` would find nothing to do."""
        self.leg: Output = leg
        """Where the audio goes; may be changed between two frames."""
        self._held: set[str] = set()  # why nothing is played just now
        self._settings = settings
        self._clock = clock
        self._recorder = recorder
        self._tell = tell
        self._began = began
        self._rate = leg.sample_rate
        self._frame = 2 * self._rate * FRAME_MS // 1000
        self._step = self._frame * (getattr(leg, "play_ms", FRAME_MS) // FRAME_MS)  # bytes given to the line at once, at most
        self._queue: deque[Passage] = deque()
        self._sounding: deque[Passage] = deque()  # wholly given to the line, not yet heard to the end
        self._sent: deque[_Sent] = deque()  # frames that may not have been heard yet
        self._paused_at = 0.0
        self._heard_out_at = -1.0  # the last sentence that was heard to its end
        self._due = 0.0  # loop time at which the next audio is due
        self._given_to = clock.now()  # loop time up to which audio has been given
        self._idle = asyncio.Event()
        self._idle.set()
        self.last_sound_at = clock.now()

    # --- what it is doing

    @property
    def sounding(self) -> bool:
        """The caller hears the agent just now."""
        return not (self.paused or self._held) and self._clock.now() < self._due

    def ahead_of(self, passage: Passage) -> int:
        """Passages before this one that have not begun."""
        before = itertools.takewhile(lambda other: other is not passage, self._queue)
        return sum(1 for other in before if other.start_ms < 0)

    @property
    def firm(self) -> bool:
        """What is being played may not be interrupted."""
        if any(passage.firm for passage in self._sounding):
            return True
        return bool(self._queue) and self._queue[0].firm

    @property
    def current(self) -> Passage | None:
        return self._sounding[0] if self._sounding else self._queue[0] if self._queue else None

    @property
    def played_share(self) -> float:
        """How much of the current passage has been given to the line, 0..1."""
        passage = self.current
        return 1.0 if passage is None else self._share(passage)

    @property
    def begun(self) -> bool:
        """Some of the passage that is next has been given to the line."""
        return bool(self._queue) and self._queue[0].start_ms >= 0

    @property
    def silent_since(self) -> float:
        """Loop time up to which the line has something of the agent to play."""
        return self._given_to

    async def drained(self) -> None:
        """Returns when everything has been heard, or was cut."""
        await self._idle.wait()

    # --- saying

    def add(self, passage: Passage) -> None:
        if self._queue or self._sounding or (self._clock.now() - self._heard_out_at) * 1000 < self._settings.between_sentences:
            passage.lead_in = 2 * self._rate * self._settings.between_sentences // 1000
            passage.pcm += bytes(passage.lead_in)
        self._queue.append(passage)
        self._wake()

    def add_first(self, passage: Passage) -> None:
        """Before everything that waits; the next passage must not have begun."""
        self._queue.appendleft(passage)
        self._wake()

    def _wake(self) -> None:
        self.busy = True
        self.look_at = 0.0
        self._idle.clear()

    def pump(self, now: float) -> None:
        """Give the line what is due within the next 60 to 100 ms. Called at the ticks from `look_at` on, and when a voice brings audio."""
        self.look_at = 0.0
        self._settle(now)
        if self.paused or self._held or not self._queue:
            return
        # Whoever ran dry begins again now: there is never a burst to make up for lost time, nor more than `ahead` at once.
        self._due = max(self._due, now)
        limit = now + self._settings.ahead / 1000
        while self._queue and self._due < limit:
            passage = self._queue[0]
            size = min(self._step, len(passage.pcm) - passage.head)
            if not passage.made:
                size -= size % self._frame
                if size <= 0:
                    break  # the voice is still at it
            if size > 0:
                self._send(passage, size)
            if passage.made and passage.head >= len(passage.pcm):
                self._queue.popleft()
                passage.end_ms = self._clock.ms(self._due)
                self._sounding.append(passage)
        self._settle(now)
        self.look_at = self._next_look()

    def _next_look(self) -> float:
        """More is to be given, or something has been heard to its end; what comes from outside pumps by itself."""
        more = self._due - self._settings.ahead / 1000 if self._queue else math.inf
        return min(more, self._clock.at(self._sounding[0].end_ms - 1)) if self._sounding else more

    def _send(self, passage: Passage, size: int) -> None:
        pcm = bytes(passage.pcm[passage.head : passage.head + size])
        if passage.start_ms < 0:
            passage.start_ms = self._clock.ms(self._due)
            self._began(passage)
        short = -size % self._frame
        self.leg.play(pcm + bytes(short) if short else pcm)
        self._recorder.agent((self._due - self._clock.zero) * 1000, pcm)
        until = self._due + (size + short) / (2 * self._rate)
        self._sent.append(_Sent(passage, passage.head, size, self._due, until))
        passage.head += size
        self._due = until
        self._given_to = self._due

    def _settle(self, now: float) -> None:
        """Tell what has been heard to its end."""
        while self._sent and self._sent[0].until <= now:
            self._sent.popleft()
        now_ms = self._clock.ms(now) if self._sounding else 0
        while self._sounding and self._sounding[0].end_ms <= now_ms:
            passage = self._sounding.popleft()
            self.last_sound_at = self._heard_out_at = now
            if not passage.text:  # a hold sound
                continue
            self._tell(Said(at_ms=now_ms, turn=passage.turn, start_ms=passage.start_ms, end_ms=passage.end_ms, text=passage.text))
        if self.busy and not self._queue and not self._sounding:
            self.busy = False
            self._idle.set()

    # --- being interrupted

    def pause(self, now: float) -> bool:
        """Stop at once and keep what was not heard. False when nothing was sounding (nothing is played until `resume` all the same)."""
        if self.paused:
            return False
        self.paused = True
        self.look_at = 0.0
        self._paused_at = now
        return self._stop(now)

    def held(self, on: bool, now: float, why: Literal["line", "member"] = "line") -> None:
        """Nothing is played until it is over. The far end has put the line on hold, where nobody hears us, or a member of the
        business speaks: what was not heard waits for that."""
        if on:
            self._held.add(why)
            self._stop(now)
            return
        self._held.discard(why)
        self.pump(now)

    def _stop(self, now: float) -> bool:
        self.look_at = 0.0
        self._settle(now)
        heard = bool(self._sent)
        if heard and "clear" in self.leg.can:
            self.leg.clear()
            self._take_back(now)
        return heard

    def _take_back(self, now: float) -> None:
        while self._sent:
            frame = self._sent.pop()
            passage = frame.passage
            played = min(frame.size, max(0, round((now - frame.at) * self._rate)) * 2)
            passage.head = frame.offset + played
            if self._sounding and self._sounding[-1] is passage:
                self._queue.appendleft(self._sounding.pop())
                passage.end_ms = -1
            if played:
                break
        self._due = self._given_to = now
        self._recorder.agent_cut((now - self._clock.zero) * 1000)

    def resume(self, now: float) -> None:
        """Go on from the very sample at which `pause` stopped."""
        self.paused = False
        self.pump(now)

    def keep_current(self, now: float) -> None:
        """Sentences that have not begun are not said any more, unless they are firm or a firm one follows."""
        self.look_at = 0.0
        firm = max((index for index, passage in enumerate(self._queue) if passage.firm), default=-1)
        self._queue = deque(passage for index, passage in enumerate(self._queue) if index <= firm or passage.start_ms >= 0)
        self._settle(now)

    def holds(self, passage: Passage) -> bool:
        """It waits to be said, or is being said."""
        return passage in self._queue

    def cut(self, now: float, *, keep_firm: bool = True) -> str:
        """Throw away the rest. Passages up to the last firm one stay when `keep_firm`. Returns what was said of the sentence cut."""
        stays = self.firm and keep_firm
        if not stays:
            self.pause(now)
        stopped = self._paused_at if self.paused else now
        kept: list[Passage] = []
        if keep_firm:
            firm = [index for index, passage in enumerate(self._queue) if passage.firm]
            kept = list(self._queue)[: firm[-1] + 1] if firm else []
        heard = ""
        for passage in self._queue:
            if passage not in kept and passage.start_ms >= 0:
                heard = said_part(passage.text, self._share(passage))
                if heard:
                    end = self._clock.ms(stopped)
                    self._tell(Said(
                        at_ms=self._clock.ms(now), turn=passage.turn, start_ms=passage.start_ms, end_ms=end, text=heard, complete=False,
                    ))  # fmt: skip
        self._queue = deque(kept)
        self.look_at = 0.0
        self.paused = False
        self.last_sound_at = now
        self._settle(now)
        return heard

    def _share(self, passage: Passage) -> float:
        whole = len(passage.pcm) - passage.lead_in
        if not passage.made:
            whole = max(whole, len(passage.text) * GUESSED_MS_PER_CHARACTER * self._rate // 500)
        return min(1.0, max(0, passage.head - passage.lead_in) / whole) if whole > 0 else 0.0
