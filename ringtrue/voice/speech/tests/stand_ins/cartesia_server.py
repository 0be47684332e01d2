"""Cartesia: https://docs.cartesia.ai/api-reference/tts/websocket. Contexts of one socket are spoken at the same time."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

from aiohttp import WSMsgType, web

from ringtrue.voice.speech.tests.stand_ins.faults import REFUSED, check, fault, go_wrong, note, state, tone

KEY = "ct-stand-in"


async def websocket(request: web.Request) -> web.StreamResponse:
    shown = request.headers.get("Authorization") or f"Bearer {request.headers.get('X-API-Key')}"
    seen = note(request, "cartesia", shown, f"Bearer {KEY}", asked=[], cancelled=[], sent={})
    version = request.headers.get("Cartesia-Version") or request.query.get("cartesia_version")
    check(request, bool(version), "a version is required")
    if fault(request) in REFUSED:
        await go_wrong(request)
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    contexts: dict[str, tuple[asyncio.Task[None], asyncio.Queue[dict[str, Any]]]] = {}
    async for message in socket:
        if message.type != WSMsgType.TEXT:
            continue
        asked = json.loads(message.data)
        context = asked["context_id"]
        if asked.get("cancel"):
            seen["cancelled"].append(context)
            check(request, context in contexts, "nothing to cancel")
            contexts[context][0].cancel()
            continue
        seen["asked"].append(asked)
        check(
            request,
            asked["output_format"]["encoding"] == "pcm_s16le" and asked["voice"]["mode"] == "id",
            "raw pcm_s16le of a voice",
        )
        if context not in contexts:
            inputs: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
            contexts[context] = asyncio.create_task(_speak(request, socket, context, inputs, seen)), inputs
        else:
            check(request, not contexts[context][0].done(), "the context is over")
        contexts[context][1].put_nowait(asked)
    for task, _ in contexts.values():
        task.cancel()
    return socket


async def _speak(
    request: web.Request, socket: web.WebSocketResponse, context: str, inputs: asyncio.Queue[dict[str, Any]], seen: dict[str, Any]
) -> None:
    """Inputs of one context follow one another until one says that none follows."""
    number = 0
    more = True
    while more:
        asked = await inputs.get()
        more = bool(asked.get("continue"))
        how = await go_wrong(request)
        if how == "garbage":
            await socket.send_str('{"type": "chunk", "data": 7}')
            return
        rate = asked["output_format"]["sample_rate"]
        pcm, step = tone(asked["transcript"], rate), rate // 5
        for at in range(0, len(pcm), step):
            if how in ("half", "reset") and at >= len(pcm) // 2 and request.transport is not None:
                request.transport.abort() if how == "reset" else await socket.close()
                return
            data = base64.b64encode(pcm[at : at + step]).decode()
            chunk = {"type": "chunk", "data": data, "done": False, "status_code": 206, "step_time": 1.0}
            await socket.send_json(chunk | {"context_id": context})
            number += 1
            seen["sent"][context] = number
            await asyncio.sleep(state(request)["pace_s"])
    if not number:
        words = {"title": "Invalid transcript", "message": "empty", "error_code": "invalid", "status_code": 400}
        await socket.send_json({"type": "error", "done": True, "context_id": context} | words)
        return
    await socket.send_json({"type": "done", "done": True, "status_code": 200, "context_id": context})


ROUTES = (web.get("/tts/websocket", websocket),)
