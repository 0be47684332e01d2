"""A leg: one party's connection, as every line gives it to the loop.

Audio on a leg is 20 ms frames of mono PCM16 little endian at `sample_rate` (8000 or 16000 Hz); a carrier's codec
(G.711 and the like) is decoded and encoded inside its line. A line adapter is one file or one folder in
`ringtrue/voice/lines/`; nothing above it knows which carrier it speaks to.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Literal, Protocol, runtime_checkable

import msgspec

FRAME_MS = 20

Coding = Literal["pcm16", "ulaw"]
"""Of mono sound: PCM16 little endian, or G.711 mu-law."""


class Frame(msgspec.Struct, frozen=True):
    """20 ms from the caller; `len(pcm) == 2 * sample_rate * 20 // 1000`. `at` is loop time of arrival (seconds)."""

    pcm: bytes
    at: float


class Digit(msgspec.Struct, frozen=True):
    digit: str  # one of 0-9 * # A-D
    at: float


class HungUp(msgspec.Struct, frozen=True):
    """The far end is gone, or the connection broke (`clean=False`)."""

    at: float
    clean: bool = True


class Held(msgspec.Struct, frozen=True):
    """The far end has put us on hold ("on_hold") or its connection broke ("cut"), or (`on=False`) it is there again. Meanwhile nobody
    hears us."""

    on: bool
    at: float
    why: Literal["on_hold", "cut"] = "on_hold"


class TransferResult(msgspec.Struct, frozen=True):
    ok: bool
    reason: str = ""


LegEvent = Frame | Digit | Held | HungUp

Can = Literal["clear", "marks", "digits_out", "transfer", "second_leg", "hang_up"]
"""`second_leg`: a colleague can be rung by the same account, on a connection of the same kind."""


@runtime_checkable
class Delivering(Protocol):
    """A leg that can hand its frames straight to whoever hears them: at 250 calls the way through `events` costs more than all else
    that is done with a frame."""

    coding: Coding

    def deliver(self, sink: Callable[[bytes, float], None]) -> None:
        """From now on each frame goes to `sink(frame, at)` as it arrives, in the line's own coding, and no longer into `events`;
        what waits there goes first. Digits and the hang-up come by `events` as before. `sink` raises nothing."""
        ...


class Leg(Protocol):
    sample_rate: int
    can: frozenset[Can]
    # `play_ms`, where a leg has it: audio for one `play`, a multiple of 20; one frame where it has not.

    def events(self) -> AsyncIterator[LegEvent]:
        """Frames, digits and at last one HungUp, in order."""
        ...

    def play(self, pcm: bytes) -> None:
        """Send whole frames now, `play_ms` of them at most. The loop paces it; a line only encodes and writes. Never waits: a stalled peer is cut off."""
        ...

    def clear(self) -> None:
        """Throw away what was sent and not yet heard (Twilio `clear`). A no-op where the line has no buffer of its own."""
        ...

    async def send_digits(self, digits: str) -> None: ...

    async def transfer(self, number: str) -> TransferResult:
        """Blind transfer to an E.164 number; the loop passes only numbers from the agent's escalations."""
        ...

    async def hang_up(self) -> None: ...
