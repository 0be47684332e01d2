"""A leg whose far end gives marks back once all sound before them was played.

Its `played_ms` is what the caller has heard of us, confirmed by the carrier; what a `clear` threw away does not count.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from ringtrue.voice.lines.socket_leg import Peer, SocketLeg


class MarkedLeg(SocketLeg):
    mark_every_ms: ClassVar[int] = 500

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        self.played_ms = 0
        self._sent_ms = 0
        self._marked_ms = 0
        self._clears = 0

    @abstractmethod
    def mark(self, name: str) -> None:
        """Ask the far end to give back `name` when it has played all that was sent before."""

    def sent(self, pcm: bytes) -> None:
        """Call it after each piece of sound (PCM16 at `sample_rate`)."""
        self._sent_ms += len(pcm) * 500 // self.sample_rate
        if self._sent_ms - self._marked_ms >= self.mark_every_ms:
            self._marked_ms = self._sent_ms
            self.mark(f"{self._clears}:{self._sent_ms}")

    def cleared(self) -> None:
        """Call it before the far end is told to throw away what waits. Marks from before no longer count, also those that carriers
        return for what they threw away."""
        self._clears += 1
        self._sent_ms = self._marked_ms = self.played_ms

    def marked(self, name: str) -> None:
        """The far end has given this mark back."""
        clears, _, ms = name.partition(":")
        if clears == str(self._clears) and ms.isdigit():
            self.played_ms = max(self.played_ms, int(ms))
