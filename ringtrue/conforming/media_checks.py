"""Sound, keys and the end of a call over a line's websocket, in the odd orders too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np

from ringtrue.conforming.checks import must, shows
from ringtrue.conforming.stand_in import FarEnd
from ringtrue.conforming.under_test import Line
from ringtrue.voice.lines.leg import Digit, Frame, HungUp, LegEvent
from ringtrue.voice.lines.socket_leg import SocketLeg

TICKET = "t1CkEt_-" * 5
Message = str | bytes


class Wire:
    """A leg and its far end, without a network between them: what one says, the other has heard. Implements `socket_leg.Peer`."""

    def __init__(self, line: Line) -> None:
        self.far: FarEnd = line.far_end(TICKET)
        self.closed_with: int | None = None
        self.leg: SocketLeg = line.part("media").LEG(self, self.far.query)
        self.rate = self.leg.sample_rate

    def send_text(self, text: bytes) -> None:
        self.give(self.far.take(text.decode()))

    def send_bytes(self, data: bytes) -> None:
        self.give(self.far.take(bytes(data)))

    def close(self, code: int = 1000) -> None:
        if self.closed_with is None:
            self.closed_with = code

    def give(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, str):
                self.leg.text(message.encode())
            else:
                self.leg.binary(message)

    def begin(self) -> None:
        self.give(self.far.begin())

    def serve(self) -> None:
        """The call is begun, and we have taken it."""
        self.begin()
        self.leg.started()

    def sound(self, ms: int, hz: float = 440.0) -> bytes:
        """PCM16 at the leg's rate, quiet enough for every codec."""
        at = np.arange(self.rate * ms // 1000)
        return bytes((6000 * np.sin(2 * np.pi * hz * at / self.rate)).astype("<i2").tobytes())

    def says(self, pcm: bytes) -> None:
        """Our side plays it, in pieces as the loop would."""
        size = 2 * self.rate * getattr(self.leg, "play_ms", 20) // 1000
        for at in range(0, len(pcm), size):
            self.leg.play(pcm[at : at + size].ljust(size, b"\0"))

    def played(self, pcm: bytes) -> bytes:
        """What the far end heard of it."""
        before = len(self.far.heard)
        self.says(pcm)
        self.give(self.far.play())
        return self.far.heard[before:]

    async def events(self) -> list[LegEvent]:
        """All that waits at the leg."""
        found: list[LegEvent] = []

        async def collect() -> None:
            async for event in self.leg.events():
                found.append(event)

        task = asyncio.ensure_future(collect())
        for _ in range(5):  # what waits is there without waiting
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return found


def live(check: Callable[[Wire], Awaitable[None]]) -> Callable[[Line], None]:
    """A check of one connection, as a check of a line."""

    def run(line: Line) -> None:
        async def over() -> None:
            await check(Wire(line))

        asyncio.run(over())

    run.__name__ = check.__name__
    return run


def alike(one: bytes, other: bytes, rate: int) -> bool:
    """Whether it sounds the same, after codecs: RMS of the difference is under a tenth."""
    a, b = np.frombuffer(one, "<i2").astype(float), np.frombuffer(other, "<i2").astype(float)
    if abs(len(a) - len(b)) > rate // 20:  # 50 ms of padding
        return False
    n = min(len(a), len(b))
    return n > 0 and float(np.sqrt(np.mean((a[:n] - b[:n]) ** 2))) < 0.1 * float(np.sqrt(np.mean(a[:n] ** 2)) + 1)


@must("media")
@live
async def nothing_is_heard_before_the_ticket_is_named(wire: Wire) -> None:
    if not wire.far.query:
        assert not wire.leg.ticket.done(), "nobody named it"
    wire.begin()
    assert wire.leg.ticket.done()
    assert wire.leg.ticket.result() == TICKET
    assert not any(isinstance(event, Frame | HungUp) for event in await wire.events())


@must("media")
@live
async def the_caller_is_heard_in_frames_of_20_ms(wire: Wire) -> None:
    wire.begin()
    said = wire.sound(200)
    wire.give(wire.far.speak(said))
    frames = [event.pcm for event in await wire.events() if isinstance(event, Frame)]
    assert {len(frame) for frame in frames} == {2 * wire.rate // 50}
    assert alike(said, b"".join(frames), wire.rate), "what was said is what is heard"


@must("media")
@live
async def the_caller_hears_the_agent(wire: Wire) -> None:
    wire.serve()
    said = wire.sound(400, 330.0)
    assert alike(said, wire.played(said), wire.rate), "what we play is what is heard"


@shows("digits_in", "media")
@live
async def keys_are_heard_in_their_order(wire: Wire) -> None:
    wire.begin()
    wire.give(
        [*wire.far.press("1"), *wire.far.speak(wire.sound(20)), *wire.far.press("#"), *wire.far.press("*"), *wire.far.press("0")]
    )
    events = await wire.events()
    assert "".join(event.digit for event in events if isinstance(event, Digit)) == "1#*0"
    assert isinstance(events[1], Frame), "and in their place among the sound"


@shows("digits_out", "media")
@live
async def keys_are_pressed_for_the_caller(wire: Wire) -> None:
    assert "digits_out" in wire.leg.can
    wire.serve()
    await wire.leg.send_digits("12#")
    assert wire.far.pressed == "12#"


@shows("clear", "media")
@live
async def what_waits_is_thrown_away_at_once(wire: Wire) -> None:
    assert "clear" in wire.leg.can
    wire.serve()
    wire.says(wire.sound(1000))
    wire.leg.clear()
    wire.give(wire.far.play())
    assert len(wire.far.heard) <= 2 * wire.rate * 40 // 1000, "nothing of it is heard but what was on its way"
    wire.leg.clear()  # with nothing to throw away
    after = wire.sound(200, 600.0)
    assert alike(after, wire.played(after), wire.rate), "what is said next is heard"


@shows("marks", "media")
@live
async def what_was_heard_of_us_is_known(wire: Wire) -> None:
    assert "marks" in wire.leg.can
    wire.serve()

    def played() -> int:
        return int(wire.leg.played_ms)  # type: ignore[attr-defined]  # of legs with marks

    wire.says(wire.sound(1000))
    assert played() == 0, "sent is not heard"
    wire.give(wire.far.play())
    assert 1000 - 520 < played() <= 1000
    heard = played()
    wire.says(wire.sound(2000))
    wire.leg.clear()
    wire.give(wire.far.play())
    assert played() == heard, "what was thrown away was not heard"
    wire.says(wire.sound(300))
    ending = asyncio.ensure_future(wire.leg.hang_up())
    await asyncio.sleep(0)
    assert wire.closed_with != 1000, "the agent's last words are on their way"
    wire.give(wire.far.play())
    for _ in range(5):
        await asyncio.sleep(0)
    assert (ending.done(), wire.closed_with) == (True, 1000)


@must("media")
@live
async def a_call_ends_once(wire: Wire) -> None:
    wire.begin()
    wire.give(wire.far.leave())
    wire.give(wire.far.leave())
    wire.leg.closed(clean=True)
    wire.leg.closed(clean=False)
    wire.give(wire.far.speak(wire.sound(40)))
    wire.leg.play(wire.sound(20))
    wire.leg.clear()
    await wire.leg.hang_up()
    ends = [event for event in await wire.events() if not isinstance(event, Frame)]
    assert [type(event) for event in ends] == [HungUp]
    assert isinstance(ends[0], HungUp)
    assert ends[0].clean, "who leaves has not lost the line"


@must("media")
@live
async def a_connection_that_breaks_is_a_broken_line(wire: Wire) -> None:
    wire.begin()
    wire.leg.closed(clean=False)
    (end,) = await wire.events()
    assert isinstance(end, HungUp)
    assert not end.clean


@must("media")
@live
async def keys_and_the_end_before_the_beginning_do_no_harm(wire: Wire) -> None:
    wire.give([*wire.far.press("5"), *wire.far.leave()])
    wire.leg.play(wire.sound(20))
    wire.leg.clear()
    wire.leg.closed(clean=True)
    assert wire.leg.ticket.done()
    events = await wire.events()
    assert isinstance(events[-1], HungUp)
    assert sum(isinstance(event, HungUp) for event in events) == 1


@must("media")
def nonsense_is_the_end_of_the_connection_and_of_nothing_else(line: Line) -> None:
    async def told(message: Message) -> None:
        wire = Wire(line)
        wire.begin()
        wire.give([message])
        events = await wire.events()
        assert [type(event) for event in events] == [HungUp], f"{message[:40]!r}"
        assert isinstance(events[0], HungUp)
        assert not events[0].clean
        assert wire.closed_with is not None, "the connection is closed"

    nonsense = line.far_end(TICKET).nonsense
    assert nonsense, "what does the protocol not know?"
    for message in nonsense:
        asyncio.run(told(message))


@must("media")
@live
async def a_ticket_that_is_not_good_is_refused(wire: Wire) -> None:
    wire.begin()
    wire.leg.refused("used")
    assert wire.closed_with is not None
