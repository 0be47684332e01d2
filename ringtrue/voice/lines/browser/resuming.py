"""What is kept of a call's last seconds, so that a page whose network broke goes on where it was: sound that it may not have got, and
the events that it was shown."""

from __future__ import annotations

from collections import deque

STALLED_S = 1.5  # without a frame from the page: it is cut off, whatever its socket says
CUT_FOR_S = 20.0  # a call waits this long for its page
KEPT_S = 8  # of sound
KEPT_EVENTS = 400


class Kept:
    """Sound is PCM16 mono at `sample_rate`. A page counts what it gets, bytes since its connection began and events of the call."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = 2 * sample_rate  # bytes a second
        self._sound = bytearray()  # the last of what was sent
        self._sent = 0
        self._until = 0.0  # loop time at which what was sent has been played
        self._events: deque[object] = deque(maxlen=KEPT_EVENTS)
        self._told = 0

    def played(self, pcm: bytes, now: float) -> None:
        self._sound += pcm
        self._sent += len(pcm)
        self._until = max(self._until, now) + len(pcm) / self._rate
        if len(self._sound) > 2 * KEPT_S * self._rate:
            del self._sound[: -KEPT_S * self._rate]

    def thrown_away(self, now: float) -> None:
        """The page was told to forget what it had not played: nothing from before is sent again."""
        self._sound.clear()
        self._until = now

    def taken_back(self, now: float) -> None:
        """What has not been played will be played anew by whoever plays, so that it is not sent again from here."""
        back = 2 * round(max(0.0, self._until - now) * self._rate / 2)  # whole samples
        if back:
            del self._sound[-back:]
            self._sent -= back
        self._until = now

    def told(self, event: object) -> None:
        self._events.append(event)
        self._told += 1

    def unheard(self, got: str) -> bytes:
        """What a page that got so many bytes has missed. Its counting begins anew with this."""
        missing = min(self._sent - _number(got, self._sent), len(self._sound))
        sound = bytes(self._sound[-missing:]) if missing > 0 else b""
        self._sound.clear()
        self._sent = 0
        return sound

    def unseen(self, seen: str) -> list[object]:
        missing = min(self._told - _number(seen, self._told), len(self._events))
        return list(self._events)[-missing:] if missing > 0 else []


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else otherwise
