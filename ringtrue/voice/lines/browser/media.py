"""The browser line: a page's microphone over a websocket (`lines/pcm_leg.py`), 16 kHz.

The ticket may stand in the address. To the page go `started`, `clear`, `event` (the call's events as they happen, for the person who is
on the call), `ended` and `refused`.
"""

from __future__ import annotations

from ringtrue.voice.events import CallEvent, Ended
from ringtrue.voice.lines.leg import Can
from ringtrue.voice.lines.pcm_leg import PcmLeg
from ringtrue.voice.lines.socket_leg import Peer


class BrowserLeg(PcmLeg):
    line = "browser"
    sample_rate = 16000
    can: frozenset[Can] = frozenset({"clear", "hang_up"})
    origin_checked = True

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        if query.get("ticket"):
            self.named(query["ticket"])

    def clear(self) -> None:
        self._send({"type": "clear"})

    async def hang_up(self) -> None:
        """The page is first told how the call ended; whoever serves this connection closes it after that."""

    def started(self) -> None:
        self._send({"type": "started", "sample_rate": self.sample_rate})

    def refused(self, code: str) -> None:
        self._send({"type": "refused", "code": code})
        super().refused(code)

    def tell(self, event: CallEvent) -> None:
        self._send({"type": "event", "event": event})
        if isinstance(event, Ended):
            self._send({"type": "ended", "reason": event.reason})


LEG = BrowserLeg
