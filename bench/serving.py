"""The media process under measurement: the real loop, door and scribe link, with the stand-ins of `stand_ins.py` for speech.

It takes every call, also when it is late: N calls are to be N calls, and the figures show what that was like.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import uvloop

from bench.stand_ins import CannedVoice, DelayedRecognizer, OneSentence
from ringtrue.media.loop import Loop
from ringtrue.media.loop_port import ScribeLink
from ringtrue.media.loop_sockets import Door
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.going_first import go_first
from ringtrue.voice.speech.models import voice_activity


async def serve(port: int, socket: Path, ready: Path, max_calls: int, models: Path) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    office = Office(
        recognizers=[DelayedRecognizer()], voices=[CannedVoice()], new_brain=lambda order: OneSentence(), activity=voice_activity(models),
        max_calls=max_calls, settings=CallSettings(late_share=1.0, same_announcement=1_000_000),
    )  # fmt: skip
    link = ScribeLink(socket)
    loop = Loop(office, link)
    door = Door(loop.admit, loop.health, "http://localhost")
    at = await door.open("127.0.0.1", port)
    tasks = [asyncio.create_task(link.run()), asyncio.create_task(loop.watch_lag())]
    await link.connected.wait()
    office.warm()
    loop.collector.calm()
    go_first()
    ready.write_text(str(at))  # noqa: ASYNC240 - once, before any call
    await stop.wait()
    await office.stop(3.0)
    await link.drained(5.0)
    await door.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--ready", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--max-calls", type=int, default=800)
    options = parser.parse_args()
    uvloop.run(serve(options.port, options.socket, options.ready, options.max_calls, options.models))
    return 0


if __name__ == "__main__":
    sys.exit(main())
