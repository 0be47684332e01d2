"""The alarm for a loop that runs late: one slow callback stalls every call of the process, so it must not go unseen."""

from __future__ import annotations

from collections import deque

from ringtrue.voice.call.settings import CallSettings


class LoopLag:
    """Lateness of the last ticks. Constant work per tick."""

    def __init__(self, settings: CallSettings) -> None:
        self._limit = settings.late_tick / 1000
        self._share = settings.late_share
        self._late: deque[bool] = deque(maxlen=settings.late_window_ticks)
        self._count = 0
        self.worst_ms = 0.0

    def note(self, late_s: float) -> None:
        late = late_s > self._limit
        if len(self._late) == self._late.maxlen and self._late[0]:
            self._count -= 1
        self._late.append(late)
        self._count += late
        self.worst_ms = max(self.worst_ms, late_s * 1000)

    @property
    def share(self) -> float:
        """Share of late ticks in the window, 0..1."""
        return self._count / len(self._late) if self._late else 0.0

    @property
    def late(self) -> bool:
        """True when callers may hear it. A short window with one hiccup (a process that has just begun) is no reason."""
        return self._count > 2 and self.share > self._share
