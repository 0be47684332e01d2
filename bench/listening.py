"""What a listener costs: `python -m bench.listening`. One process with the loop's own office, door and admission holds calls in which
the agent speaks all the time; by turns a member of the business listens to each of them over a real websocket, or nobody does. The
difference of this process's CPU time, over listeners and seconds, is what they add. Two processes are at work: this one, and the pages
that listen."""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
from picows import WSFrame, WSListener, WSTransport, ws_connect

from ringtrue.media.loop import Loop
from ringtrue.media.loop_sockets import Door
from ringtrue.media.tests.stub_speech import LONG_ANSWER, Ear, Loud, Talker, Tone
from ringtrue.voice.agent import Agent, CallOrder
from ringtrue.voice.audio.g711 import ulaw_encode
from ringtrue.voice.brains.acts import Act, Say
from ringtrue.voice.call.office import Office
from ringtrue.voice.events import AudioPiece, CallEvent
from ringtrue.voice.lines.leg import Can
from ringtrue.voice.lines.socket_leg import SocketLeg

ORIGIN = "http://bench.example"
HOW = "python -m bench.listening; CPU time of the process with the calls, G.711 at 8 kHz, both sides sounding, sound as PCM16 to the page"


class Reciter(Talker):
    """Speaks for five minutes."""

    async def prepare(self, order: CallOrder) -> None:
        return

    async def greet(self) -> AsyncGenerator[Act, Any]:
        for _ in range(100):
            yield Say(LONG_ANSWER)


class Wire(SocketLeg):
    """A caller whose frames the bench brings, and to whom nothing is sent."""

    line = "bench"
    sample_rate = 8000
    coding = "ulaw"
    can: frozenset[Can] = frozenset({"clear"})

    def text(self, data: bytes) -> None:
        return

    def binary(self, data: bytes) -> None:
        return

    def play(self, pcm: bytes) -> None:
        return

    def clear(self) -> None:
        return


class Nobody:
    """The far end of a `Wire`, the port of a call, and the scribe that lets everybody in who names a call."""

    def send_text(self, text: bytes) -> None:
        return

    def send_bytes(self, data: bytes) -> None:
        return

    def close(self, code: int = 1000) -> None:
        return

    def emit(self, event: CallEvent) -> None:
        return

    def audio(self, piece: AudioPiece) -> None:
        return

    async def use(self, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        return {}

    async def admit(self, token: str, *, again: bool = False) -> dict[str, str]:
        return {"call": token, "member": "bench", "speaks": "true"}


async def measure_all(calls: int, seconds: float, rounds: int) -> list[dict[str, Any]]:
    office = Office(recognizers=[Ear()], voices=[Tone()], new_brain=lambda _: Reciter(), activity=Loud(), max_calls=calls)
    nobody = Nobody()
    loop = Loop(office, nobody)  # type: ignore[arg-type]
    door = Door(loop.admit, loop.health, ORIGIN)
    port = await door.open("127.0.0.1", 0)
    agent = Agent(slug="bench", business="Bench", greeting="Hello.")
    legs = [Wire(nobody, {}) for _ in range(calls)]
    orders = [CallOrder(call_id=f"call-{n}", agent=agent, line="bench", listening=True) for n in range(calls)]
    serving = [asyncio.create_task(office.serve(order, leg, nobody)) for order, leg in zip(orders, legs, strict=True)]
    pumping = asyncio.create_task(pump(legs))
    await until(lambda: all(one.call_id in office.calls and office.calls[one.call_id].desk.recorder.on for one in orders))
    alone, listened = 0.0, 0.0
    for _ in range(rounds):
        alone += await cpu_of(seconds)
        async with listeners(port, calls):
            await until(lambda: all(call.members.count for call in office.calls.values()))
            listened += await cpu_of(seconds)
        await until(lambda: not any(call.members.count for call in office.calls.values()))
    pumping.cancel()
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, pumping, return_exceptions=True)
    await door.close()
    whole = calls * seconds * rounds
    added = 1000 * (listened - alone) / whole
    common: dict[str, Any] = {"n": calls, "how": HOW}
    return [
        {"name": "listening.cpu_ms_per_listener_s", "value": round(added, 2), "unit": "ms/s", **common},
        {"name": "listening.share_of_its_call", "value": round((listened - alone) / alone, 2), "unit": "ratio", **common},
    ]


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.1)


async def pump(legs: list[Wire]) -> None:
    """20 ms of soft noise for each caller, by an absolute clock."""
    noise = ulaw_encode(np.random.default_rng(1).normal(0, 60, 160 * 50).astype("<i2").tobytes())
    clock = asyncio.get_running_loop()
    due, at = clock.time(), 0
    while True:
        for leg in legs:
            leg.heard(noise[at : at + 160])
        at = (at + 160) % len(noise)
        due += 0.02
        await asyncio.sleep(max(0.0, due - clock.time()))


async def cpu_of(seconds: float) -> float:
    before = time.process_time()
    await asyncio.sleep(seconds)
    return time.process_time() - before


@asynccontextmanager
async def listeners(port: int, count: int) -> AsyncIterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "bench.listening", "--as-pages", str(port), "--calls", str(count)])  # noqa: ASYNC220
    try:
        yield
    finally:
        process.terminate()
        process.wait()


class Page(WSListener):
    """Hears everything and does nothing with it."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        return


async def be_pages(port: int, count: int) -> None:
    for n in range(count):
        await ws_connect(Page, f"ws://127.0.0.1:{port}/member?ticket=call-{n}", extra_headers={"Origin": ORIGIN})
    await asyncio.Event().wait()


def measure(calls: int = 20, seconds: float = 5.0, rounds: int = 4) -> list[dict[str, Any]]:
    import uvloop

    return uvloop.run(measure_all(calls, seconds, rounds))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.listening", description=__doc__)
    parser.add_argument("--calls", type=int, default=20, help="each of them with one listener")
    parser.add_argument("--seconds", type=float, default=5.0, help="measured at a time")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--as-pages", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, help="write the result here")
    options = parser.parse_args()
    if options.as_pages:
        asyncio.run(be_pages(options.as_pages, options.calls))
        return 0
    results = measure(options.calls, options.seconds, options.rounds)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    for row in results:
        print(f"{row['name']:<52}{row['value']:>10}  {row['unit']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
