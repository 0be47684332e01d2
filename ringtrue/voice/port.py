"""How a call reaches the rest of the house. The loop knows only this; the scribe stands behind it."""

from __future__ import annotations

from typing import Protocol

from ringtrue.voice.events import AudioPiece, CallEvent


class ToolFailed(Exception):
    """A tool could not do its work. `str(self)` is a code of ours such as "slot_taken" or "timeout", never personal data."""


class Port(Protocol):
    """One per call. `emit` and `audio` never wait and never fail: they put into a bounded queue."""

    def emit(self, event: CallEvent) -> None: ...

    def audio(self, piece: AudioPiece) -> None: ...

    async def use(self, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        """Run a tool for this call (the call, workspace and caller are known to the other side, never passed).

        Raises ToolFailed.
        """
        ...
