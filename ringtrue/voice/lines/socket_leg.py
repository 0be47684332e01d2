"""What the websocket lines share: a leg that is fed by a socket's messages.

A line that listens on the media process is a folder beside this file with a module `media` that names its class as `LEG`;
it is served at `/<folder>`. The class decodes what comes (`text`, `binary`) and encodes what goes (`play`, `clear`).
"""

from __future__ import annotations

from typing import Protocol

from ringtrue.voice.events import CallEvent
from ringtrue.voice.lines.leg import Frame, LegEvent, TransferResult

WAITING_FRAMES = 250  # 5 s: a loop that falls this far behind drops the oldest sound, never a digit and never the hang-up


class Peer(Protocol):
    """The far end of the socket. Nothing here waits; a peer that does not read is cut off by whoever implements this."""

    def send_text(self, text: bytes) -> None: ...

    def send_bytes(self, data: bytes) -> None: ...

    def close(self, code: int = 1000) -> None:
        """After what was sent before has gone out."""
        ...


class Carrier(Protocol):
    """Call control by the carrier's own API, where it is not done over the socket. Credentials stay on its other side."""

    async def transfer(self, number: str) -> TransferResult: ...

    async def hang_up(self) -> None:
        try:
            if self.carrier is not None and not self._gone:
                await self.carrier.hang_up()
        finally:
            self.peer.close()

    # What a line may want to know of its call.

    def started(self) -> None:
        """The call is being served."""

    def refused(self, code: str) -> None:
        """No call: the ticket is not good ("unknown", "used", "expired", "wrong_line") or there is no room ("full")."""
        self.peer.close(1008 if code != "full" else 1013)

    def tell(self, event: CallEvent) -> None:
        """Each event of the call as it happens, for a line whose far end can show it to the person on the call."""

    def _put(self, event: LegEvent) -> None:
        self._waiting.append(event)
        self._more.set()

    def _put_frame(self, pcm: bytes) -> None:
        if self._gone:
            return
        if self._frames >= WAITING_FRAMES:
            oldest = next(i for i, event in enumerate(self._waiting) if isinstance(event, Frame))
            del self._waiting[oldest]
            self._frames -= 1
        self._frames += 1
        self._put(Frame(pcm, self._now()))
