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
    seen = note(request, "cartesia", request.headers.get("Authorization", ""), f"Bearer {KEY}", asked=[], cancelled=[], sent={})
    version = request.headers.get("Cartesia-Version") or request.query.get("cartesia_version")
    check(request, bool(version), "a version is required")
    if fault(request) in REFUSED:
        await go_wrong(request)
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    speaking: dict[str, asyncio.Task[None]] = {}
    async for message in socket:
        if message.type != WSMsgType.TEXT:
            continue
        asked = json.loads(message.data)
        context = asked["context_id"]
        if asked.get("cancel"):
            seen["cancelled"].append(context)
            check(request, context in speaking, "nothing to cancel")
            speaking[context].cancel()
            continue
        seen["asked"].append(asked)
        check(request, context not in speaking, "a context of its own for each sentence")
        check(
            request,
            asked["output_format"]["encoding"] == "pcm_s16le" and asked["voice"]["mode"] == "id",
            "raw pcm_s16le of a voice",
        )
        speaking[context] = asyncio.create_task(_speak(request, socket, asked, seen))
    for task in speaking.values():
        task.cancel()
    return socket


async def _speak(request: web.Request, socket: web.WebSocketResponse, asked: dict[str, Any], seen: dict[str, Any]) -> None:
    how = await go_wrong(request)
    about = {"context_id": asked["context_id"]}
    if how == "garbage":
        await socket.send_str('{"type": "chunk", "data": 7}')
        return
    if not asked["transcript"]:
        words = {"title": "Invalid transcript", "message": "empty", "error_code": "invalid", "status_code": 400}
        await socket.send_json({"type": "error", "done": True, **words, **about})
        return
    rate = asked["output_format"]["sample_rate"]
    pcm, step = tone(asked["transcript"], rate), rate // 5
    for number, at in enumerate(range(0, len(pcm), step)):
        if how in ("half", "reset") and at >= len(pcm) // 2 and request.transport is not None:
            request.transport.abort() if how == "reset" else await socket.close()
            return
        data = base64.b64encode(pcm[at : at + step]).decode()
        await socket.send_json({"type": "chunk", "data": data, "done": False, "status_code": 206, "step_time": 1.0, **about})
        seen["sent"][asked["context_id"]] = number + 1
        await asyncio.sleep(state(request)["pace_s"])
    await socket.send_json({"type": "done", "done": True, "status_code": 200, **about})


ROUTES = (web.get("/tts/websocket", websocket),)
