"""The browser line: a page's microphone over a websocket (`lines/pcm_leg.py`), 16 kHz.

The ticket may stand in the address. To the page go `started`, `clear`, `event` (the call's events as they happen, for the person who is
on the call), `ended` and `refused`. A page whose address says `resumable=1` gets in `started` a token with which another connection
carries the call on (`resuming.py`).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Literal

from ringtrue.voice.events import CallEvent, Ended
from ringtrue.voice.lines.browser.resuming import CUT_FOR_S, STALLED_S, Kept
from ringtrue.voice.lines.leg import Can, Held
from ringtrue.voice.lines.pcm_leg import PcmLeg
from ringtrue.voice.lines.socket_leg import Peer

NOTICED_S = 0.1  # until the call has heard that it is cut off, and taken back what was not played


class BrowserLeg(PcmLeg):
    """One connection of a page. The first one is the call's leg; a later one that carries the call on hands all that comes to it."""

    line = "browser"
    sample_rate = 16000
    can: frozenset[Can] = frozenset({"clear", "hang_up"})
    origin_checked = True

    def __init__(self, peer: Peer, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        self.resumes = query.get("resume", "")  # the token of a call that this connection wants to carry on
        self.token = secrets.token_urlsafe(24) if query.get("resumable") else ""
        self._query = query
        self._call: BrowserLeg = self
        self._connection: BrowserLeg = self  # of the call: the one that it has now
        self._over = asyncio.Event()
        self._kept: Kept | None = None
        self._broken: Literal["", "cut", "catching_up"] = ""
        self._frame_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        if ticket := query.get("ticket") or self.resumes:
            self.named(ticket)

    # From the page.

    def text(self, data: bytes) -> None:
        if self is self._call._connection:
            super().text(data)

    def binary(self, data: bytes) -> None:
        call = self._call
        if self is not call._connection:
            return
        call._frame_at = call._now()
        if call._broken == "cut":  # the same connection again, after a while without a sound
            call._mended()
        super().binary(data)

    def heard(self, sound: bytes) -> None:
        PcmLeg.heard(self._call, sound)

    def pressed(self, digits: str) -> None:
        PcmLeg.pressed(self._call, digits)

    def closed(self, clean: bool) -> None:
        self._over.set()
        call = self._call
        if self is not call._connection:
            return
        if clean or call._kept is None:
            PcmLeg.closed(call, clean)
        else:
            call._cut()

    # To the page.

    def play(self, pcm: bytes) -> None:
        super().play(pcm)
        if self._kept is not None:
            self._kept.played(pcm, self._now())

    def clear(self) -> None:
        if self._kept is not None and self._broken == "cut":
            self._kept.taken_back(self._now())
            return
        if self._kept is not None:
            self._kept.thrown_away(self._now())
        self._send({"type": "clear"})

    async def hang_up(self) -> None:
        """The page is first told how the call ended; whoever serves this connection closes it after that."""

    def started(self) -> None:
        if not self.token:
            self._send({"type": "started", "sample_rate": self.sample_rate})
            return
        self._kept = Kept(self.sample_rate)
        self._frame_at = self._now()
        self._look()
        self._send({"type": "started", "sample_rate": self.sample_rate, "resume": self.token})

    def refused(self, code: str) -> None:
        self._send({"type": "refused", "code": code})
        super().refused(code)

    def tell(self, event: CallEvent) -> None:
        message = {"type": "event", "event": event}
        if self._kept is not None:
            self._kept.told(message)
        self._send(message)
        if isinstance(event, Ended):
            self._send({"type": "ended", "reason": event.reason})

    # A network that breaks.

    async def carry_on(self, call: BrowserLeg) -> None:
        """Let this connection carry a call that began on another one; returns when it is over or has lost this one too."""
        kept = call._kept
        if kept is None:
            self.refused("unknown")
            return
        call._connection._over.set()
        if not call._broken:  # the page noticed first
            call._cut()
            await asyncio.sleep(NOTICED_S)
        self._call, call._connection, call.peer = call, self, self.peer
        call._broken = "catching_up"
        call._send({"type": "resumed"})
        for event in kept.unseen(self._query.get("events", "")):
            call._send(event)
        missing = kept.unheard(self._query.get("got", ""))
        size = call._frame * 10
        for start in range(0, len(missing), size):
            call.play(missing[start : start + size])
        call._frame_at = call._now()
        call._timer_again(len(missing) / (2 * call.sample_rate), call._mended)
        await self._over.wait()

    def finished(self) -> None:
        """The call is over: no other connection can carry it on, and the one that did is let go."""
        self._kept = None
        self._connection._over.set()
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        """A page sends a frame every 20 ms, muted or not. One that does not for a while hears nothing either."""
        if self._now() - self._frame_at > STALLED_S:
            self._cut()
        else:
            self._timer_again(STALLED_S / 3, self._look)

    def _cut(self) -> None:
        if self._broken != "cut":
            if not self._broken:
                self._put(Held(True, self._now(), "cut"))
            self._broken = "cut"
            self._timer_again(CUT_FOR_S, self._given_up)

    def _mended(self) -> None:
        self._broken = ""
        self._put(Held(False, self._now(), "cut"))
        self._timer_again(STALLED_S / 3, self._look)

    def _given_up(self) -> None:
        PcmLeg.closed(self, clean=False)

    def _timer_again(self, after_s: float, then: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(after_s, then)


LEG = BrowserLeg
