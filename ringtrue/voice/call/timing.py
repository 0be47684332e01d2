"""How long a turn took, measured where the caller feels it: from the true end of speech to the first audio of the reply."""

from __future__ import annotations

from collections.abc import Callable

from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.listening import Utterance
from ringtrue.voice.events import TurnTimes


class TurnTimer:
    """One `TurnTimes` per turn that was answered aloud; a filler ("one moment") is no answer."""

    def __init__(self, clock: CallClock, tell: Callable[[TurnTimes], None]) -> None:
        self._clock = clock
        self._tell = tell
        self._turn = 0
        self._utterance: Utterance | None = None
        self._handed_ms = 0
        self._thought_ms = -1
        self._saved_ms = 0
        self.answered = False  # some of the answer has been heard

    def handed(self, turn: int, utterance: Utterance | None) -> None:
        """The turn went to the brain (None: keys were pressed, nothing was spoken)."""
        self._turn, self._utterance = turn, utterance
        self._handed_ms = self._clock.ms()
        self._thought_ms = -1
        self._saved_ms = 0
        self.answered = False

    def begun_early(self, began_ms: int, first_ms: int) -> None:
        """The answer had been begun at `began_ms`, before the turn was over. `first_ms`: its first sentence stood; -1: not yet."""
        until = min(self._handed_ms, first_ms) if first_ms >= 0 else self._handed_ms
        self._saved_ms = max(0, until - began_ms)

    def thought(self, turn: int) -> None:
        """The first sentence of the answer stands."""
        if turn == self._turn and self._thought_ms < 0:
            self._thought_ms = self._clock.ms()

    def sounded(self, turn: int, *, filler: bool) -> None:
        """Audio of a sentence goes out."""
        if filler or turn != self._turn:
            return
        self.answered = True
        utterance = self._utterance
        if utterance is None:
            return
        self._utterance = None
        now = self._clock.ms()
        thought = self._thought_ms if self._thought_ms >= 0 else now
        self._tell(
            TurnTimes(
                at_ms=now,
                turn=turn,
                endpoint_ms=max(0, utterance.decided_ms - utterance.end_ms),
                recognize_ms=utterance.recognize_ms,
                think_ms=max(0, thought - self._handed_ms),
                voice_ms=max(0, now - thought),
                reply_ms=max(0, now - utterance.end_ms),
                saved_ms=self._saved_ms,
            )
        )
