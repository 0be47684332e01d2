"""What the stand-ins of all providers of speech share: what they have seen, what was wrong with it, and what they are told to do wrong.

What goes wrong is the first part of the path (`/stall/v1/audio/speech`), or, without one, what `POST /fault?how=...` set for all requests.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np
from aiohttp import web

HEARD = "What time do you open on Monday?"
SAMPLES_PER_CHARACTER_MS = 25
REFUSED = {"refuse": 503, "broken": 500, "limit": 429, "forbid": 401}
FAULTS = ("ok", *REFUSED, "stall", "half", "garbage", "slow", "close", "reset", "twice")
"""refuse, broken, limit, forbid: that status. stall: never answers. half: breaks off in the middle. garbage: not what was asked for.
slow: after 3 s. close: at once. reset: in the middle of what we send. twice: each message of its own two times."""
STATE = web.AppKey("state", dict)


def state(request: web.Request) -> dict[str, Any]:
    return request.app[STATE]


def fault(request: web.Request) -> str:
    return str(request.match_info.get("fault") or state(request)["fault"])


def note(request: web.Request, path: str, key: str, wanted: str, **seen: Any) -> dict[str, Any]:
    """What came, for tests to look at; a key that is not the stand-in's is answered with 401."""
    noted = {"path": path, "key": key, **seen}
    state(request)["seen"].append(noted)
    if key != wanted:
        raise web.HTTPUnauthorized(text='{"error": "invalid key"}', content_type="application/json")
    return noted


def check(request: web.Request, good: bool, sentence: str) -> None:
    """What we send is wrong: the test fails at its end."""
    if not good:
        state(request)["wrong"].append(f"{request.path}: {sentence}")


async def go_wrong(request: web.Request) -> str:
    """The fault that the handler has still to act upon."""
    how = fault(request)
    if how in REFUSED:
        words = json.dumps({"error": {"message": "no"}})
        answer = web.HTTPException(text=words, content_type="application/json")
        answer.set_status(REFUSED[how])
        raise answer
    if how == "stall":
        await asyncio.sleep(3600)
    if how == "slow":
        await asyncio.sleep(3)
    if how == "close" and request.transport is not None:
        request.transport.abort()
    return how


def tone(text: str, sample_rate: int) -> bytes:
    time = np.arange(len(text) * sample_rate * SAMPLES_PER_CHARACTER_MS // 1000) / sample_rate
    return (8000 * np.sin(2 * np.pi * 440 * time)).astype("<i2").tobytes()


async def speak(request: web.Request, text: str, sample_rate: int) -> web.StreamResponse:
    how = await go_wrong(request)
    if how == "garbage":
        return web.json_response({"error": "not this"})
    pcm, step = tone(text, sample_rate), sample_rate // 5 + 1  # odd lengths: samples come in halves
    return await in_pieces(request, [pcm[at : at + step] for at in range(0, len(pcm), step)], how, "audio/pcm")


async def in_pieces(request: web.Request, pieces: list[bytes], how: str, kind: str) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": kind})
    answer.enable_chunked_encoding()
    await answer.prepare(request)
    for number, piece in enumerate(pieces):
        if how in ("half", "reset") and number >= len(pieces) // 2 and request.transport is not None:
            request.transport.abort() if how == "reset" else request.transport.close()
            return answer
        await answer.write(piece)
        await asyncio.sleep(state(request)["pace_s"])
    await answer.write_eof()
    return answer
