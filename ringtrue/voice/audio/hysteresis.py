"""From chances of speech to spans of speech: it takes more to begin than to go on, and silence must last to end it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Thresholds:
    """Chunks are 32 ms. Between `leave` and `enter` nothing changes: a chunk there counts for neither."""

    enter: float = 0.5
    leave: float = 0.35
    onset_chunks: int = 2  # in a row, to begin
    offset_chunks: int = 6  # below `leave` since the last speech, to end


@dataclass(frozen=True)
class Edge:
    """`chunk`: index of the first chunk of speech, or the one after the last."""

    kind: Literal["onset", "offset"]
    chunk: int


class Hysteresis:
    """One stream. `step` for every chunk in order."""

    def __init__(self, thresholds: Thresholds | None = None) -> None:
        self.thresholds = thresholds or Thresholds()
        self.speaking = False
        self._chunk = -1
        self._high = 0
        self._low = 0

    def step(self, probability: float) -> Edge | None:
        """The edge that this chunk proves, if any; it lies a few chunks back."""
        t = self.thresholds
        self._chunk += 1
        if probability >= t.enter:
            self._high += 1
            self._low = 0
        elif probability < t.leave:
            self._high = 0
            self._low += 1
        if not self.speaking and self._high >= t.onset_chunks:
            self.speaking = True
            return Edge("onset", self._chunk - self._high + 1)
        if self.speaking and self._low >= t.offset_chunks:
            self.speaking = False
            self._high = 0
            return Edge("offset", self._chunk - self._low + 1)
        return None


def spans(probabilities: Iterable[float], thresholds: Thresholds | None = None) -> list[tuple[int, int]]:
    """Spans of speech of a whole recording, as [first chunk, chunk after the last)."""
    state = Hysteresis(thresholds)
    out: list[tuple[int, int]] = []
    began = count = 0
    for probability in probabilities:
        count += 1
        edge = state.step(float(probability))
        if edge and edge.kind == "onset":
            began = edge.chunk
        elif edge:
            out.append((began, edge.chunk))
    if state.speaking:
        out.append((began, count))
    return out
