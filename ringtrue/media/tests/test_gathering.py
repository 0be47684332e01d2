"""A busy process reads two messages of a call at once; one that is not reads each as it comes, and no message is left lying."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from picows import WSListener, WSMsgType, WSTransport, ws_connect

from ringtrue.media.gathering import BUSY, CALM, LOOK_S, QUIET_S, SWEEP_S, Gathering
from ringtrue.media.loop_sockets import Door
from ringtrue.media.tests.taking_legs import House
from ringtrue.voice.call.virtual_time import run


class Line:
    def __init__(self, heard_at: float = 0.0) -> None:
        self.heard_at = heard_at
        self.gathered = False
        self.asked = 0

    def gather(self, on: bool) -> None:
        self.gathered = on
        self.asked += 1


class Spent:
    """Processor time of a thread, of which the test tells the share."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def share_of(core: float, gathering: Gathering, spent: Spent, line: Line, now: float) -> float:
    """Half a second and a little with this share of the core, the line sounding all the time. Returns the time then."""
    end = now + LOOK_S + SWEEP_S
    while now < end:
        now += SWEEP_S
        spent.seconds += core * SWEEP_S
        line.heard_at = now
        gathering.sweep(now)
    return now


def test_only_a_busy_process_gathers_and_what_it_saves_does_not_end_it() -> None:
    spent = Spent()
    gathering, line = Gathering(spent), Line()
    gathering.come(line)
    now = share_of(BUSY - 0.05, gathering, spent, line, 100.0)
    now = share_of(BUSY - 0.05, gathering, spent, line, now)
    assert not line.gathered
    now = share_of(BUSY + 0.05, gathering, spent, line, now)
    assert line.gathered
    now = share_of(CALM + 0.05, gathering, spent, line, now)
    assert line.gathered
    now = share_of(CALM - 0.1, gathering, spent, line, now)
    now = share_of(CALM - 0.1, gathering, spent, line, now)
    assert not line.gathered


def test_a_line_that_goes_quiet_is_read_at_once_and_gathered_again_when_it_sounds() -> None:
    spent = Spent()
    gathering, line, other = Gathering(spent), Line(), Line()
    gathering.come(line)
    gathering.come(other)
    now = share_of(0.9, gathering, spent, line, 0.0)
    now = share_of(0.9, gathering, spent, line, now)
    assert (line.gathered, other.asked) == (True, 0)
    line.heard_at = now
    gathering.sweep(now + QUIET_S - 0.001)
    assert line.gathered
    gathering.sweep(now + QUIET_S + 0.001)
    assert not line.gathered
    share_of(0.9, gathering, spent, line, now + QUIET_S)
    assert line.gathered


def test_a_connection_that_is_gone_is_left_alone() -> None:
    spent = Spent()
    gathering, line = Gathering(spent), Line()
    gathering.come(line)
    now = share_of(0.9, gathering, spent, line, 0.0)
    now = share_of(0.9, gathering, spent, line, now)
    gathering.gone(line)
    gathering.sweep(now + 1)
    assert line.gathered, "its socket is closed, or somebody else's by now"


def test_it_looks_by_itself() -> None:
    async def main() -> bool:
        spent = Spent()
        gathering, line = Gathering(spent), Line()
        gathering.come(line)
        task = asyncio.create_task(gathering.run())
        loop = asyncio.get_running_loop()
        for _ in range(100):
            await asyncio.sleep(0.02)
            spent.seconds += 0.018
            line.heard_at = loop.time()
        task.cancel()
        return line.gathered

    assert run(main())


# --- with real sockets


def media(number: int, frames: int = 1) -> bytes:
    return json.dumps(
        {
            "event": "media",
            "sequenceNumber": str(number),
            "media": {"payload": b64encode(b"\xff" * 160 * frames).decode()},
            "streamSid": "MZ1",
        }
    ).encode()


START = json.dumps({
    "event": "start", "streamSid": "MZ1",
    "start": {"accountSid": "AC", "callSid": "CA", "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
              "customParameters": {"ticket": "t"}},
}).encode()  # fmt: skip


class Heard:
    def __init__(self) -> None:
        self.frames = 0
        self._more = asyncio.Event()

    def __call__(self, sound: bytes, at: float) -> None:
        self.frames += 1
        self._more.set()

    async def until(self, frames: int) -> None:
        async with asyncio.timeout(5):
            while self.frames < frames:
                self._more.clear()
                await self._more.wait()


class Far(WSListener):
    pass


@pytest.fixture
async def line() -> AsyncIterator[tuple[Door, WSTransport, Heard, House]]:
    heard = Heard()
    made = House(lambda leg: leg.deliver(heard))
    door = Door(made.admit, dict, "")
    port = await door.open("127.0.0.1", 0)
    transport, _ = await ws_connect(Far, f"ws://127.0.0.1:{port}/twilio")
    transport.send(WSMsgType.TEXT, START)
    transport.send(WSMsgType.TEXT, media(1))
    await heard.until(1)
    yield door, transport, heard, made
    await door.close()


async def passed(condition: Callable[[], bool]) -> bool:
    """Whether it became true while the sockets had every chance."""
    for _ in range(20):
        await asyncio.sleep(0.001)
        if condition():
            return True
    return False


async def test_two_messages_are_read_at_once_and_one_when_gathering_ends(line: Any) -> None:
    door, transport, heard, _ = line
    door._sweeping.cancel()
    (connection,) = door.connections
    connection.gather(True)
    transport.send(WSMsgType.TEXT, media(2))
    assert not await passed(lambda: heard.frames > 1)
    transport.send(WSMsgType.TEXT, media(3))
    await heard.until(3)
    transport.send(WSMsgType.TEXT, media(4))
    assert not await passed(lambda: heard.frames > 3)
    connection.gather(False)
    await heard.until(4)
    transport.send(WSMsgType.TEXT, media(5))
    await heard.until(5)


async def test_longer_messages_do_not_wait_for_one_another(line: Any) -> None:
    door, transport, heard, _ = line
    (connection,) = door.connections
    before = connection.heard_at
    transport.send(WSMsgType.TEXT, media(2, frames=3))
    await heard.until(4)
    assert connection.heard_at == before
    transport.send(WSMsgType.TEXT, media(3))
    await heard.until(5)
    assert connection.heard_at > before


async def test_the_last_words_of_a_line_are_not_left_lying(line: Any) -> None:
    door, transport, heard, made = line
    door.gathering._spent = lambda: 10.0 * asyncio.get_running_loop().time()  # busy beyond measure
    number = 1
    async with asyncio.timeout(5):
        while not door.gathering._gathered:
            number += 1
            transport.send(WSMsgType.TEXT, media(number))
            await asyncio.sleep(0.01)
    transport.send(WSMsgType.TEXT, b'{"event":"dtmf","streamSid":"MZ1","dtmf":{"digit":"5"}}')
    await made.told()
    assert made.events[0].digit == "5"
    assert heard.frames == number


async def test_a_far_end_that_hangs_up_is_noticed_at_once(line: Any) -> None:
    door, transport, heard, made = line
    door._sweeping.cancel()
    (connection,) = door.connections
    connection.gather(True)
    transport.send(WSMsgType.TEXT, media(2))
    transport.disconnect(graceful=True)
    await made.told()
    assert heard.frames == 2, "what was said before it was heard"
