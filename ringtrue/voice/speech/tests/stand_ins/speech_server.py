"""A stand-in for all providers of speech at once, in a process of its own that can be killed: `python -m …speech_server --ready FILE`.

It speaks their documented wire protocols and understands nothing: it "hears" one sentence whatever was said, and "speaks" a tone, 25 ms
for each character. Written from the documentation, and spoken to with the companies' own SDKs (`test_sdks.py`); the real services were
never reached from here.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from aiohttp import web

from ringtrue.voice.speech.tests.stand_ins import (
    assemblyai_server,
    cartesia_server,
    deepgram_server,
    elevenlabs_server,
    openai_server,
)
from ringtrue.voice.speech.tests.stand_ins.faults import FAULTS, HEARD, STATE, tone

__all__ = ["FAULTS", "HEARD", "STATE", "application", "settings_for", "tone"]

SERVERS = {
    "openai": openai_server, "deepgram": deepgram_server, "assemblyai": assemblyai_server, "elevenlabs": elevenlabs_server,
    "cartesia": cartesia_server,
}  # fmt: skip


def settings_for(name: str, url: str) -> dict[str, str]:
    """The variables that lead a provider to the stand-in at `url`."""
    where = {f"RINGTRUE_{name.upper()}_URL": f"{url}/v1"} if name == "openai" else {f"RINGTRUE_{name.upper()}_HOST": url}
    streams = {"RINGTRUE_OPENAI_STREAMING": "gpt-4o-mini-transcribe"} if name == "openai" else {}
    return where | streams | {f"RINGTRUE_{name.upper()}_KEY": SERVERS[name].KEY}


async def set_fault(request: web.Request) -> web.Response:
    request.app[STATE]["fault"] = request.query["how"]
    return web.Response()


def application(pace_s: float = 0.0) -> web.Application:
    """pace_s: between two pieces of an answer."""
    app = web.Application(client_max_size=64 * 1024**2)
    app[STATE] = {"fault": "ok", "seen": [], "wrong": [], "pace_s": pace_s}
    for prefix in ("", f"/{{fault:{'|'.join(FAULTS)}}}"):
        for server in SERVERS.values():
            for route in server.ROUTES:
                app.router.add_route(route.method, prefix + route.path, route.handler)
    app.router.add_post("/fault", set_fault)
    return app


async def serve(port: int, ready: Path, pace_s: float) -> None:
    runner = web.AppRunner(application(pace_s))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    draft = ready.with_suffix(".part")
    draft.write_text(str(runner.addresses[0][1]))
    draft.replace(ready)
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ready", type=Path, required=True)
    parser.add_argument("--pace", type=float, default=0.05)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.ready, options.pace))
