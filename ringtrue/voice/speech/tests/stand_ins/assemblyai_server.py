"""AssemblyAI: https://www.assemblyai.com/docs/streaming/message-sequence.md, .../streaming/common-session-errors-and-closures.md
and .../docs/sync-stt/getting-started/transcribe-a-short-audio-file."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from aiohttp import BodyPartReader, WSMsgType, web

from ringtrue.voice.speech.tests.stand_ins.faults import HEARD, REFUSED, check, fault, go_wrong, in_pieces, note

KEY = "aai-stand-in"
AHEAD_S = 4.0  # how far sound may be ahead of the time that it takes; its documentation gives no number


def _words() -> list[dict[str, Any]]:
    parts = enumerate(HEARD.split())
    return [{"text": text, "start": 100 * at, "end": 100 * at + 80, "confidence": 0.9} for at, text in parts]


async def sync(request: web.Request) -> web.StreamResponse:
    """The parts come in order: the settings before the sound."""
    names, size, config = [], 0, {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        names.append(part.name)
        body = await part.read()
        if part.name == "config":
            config = json.loads(body)
        else:
            size = len(body)
            check(request, part.headers["Content-Type"] in ("audio/wav", "audio/pcm"), "the kind of the sound")
    note(
        request,
        "sync",
        request.headers.get("Authorization", ""),
        KEY,
        bytes=size,
        model=request.headers.get("X-AAI-Model"),
        **config,
    )
    check(request, names == ["config", "audio"], "settings, then sound")
    check(request, bool(request.headers.get("X-AAI-Model")), "X-AAI-Model is required")
    how = await go_wrong(request)
    if how == "garbage":
        return web.json_response(["not this"])
    words = [word if config.get("timestamps") else {"text": word["text"], "confidence": 0.9} for word in _words()]
    whole = {"text": HEARD, "words": words, "confidence": 0.9, "audio_duration_ms": 2000, "session_id": "stand-in"}
    body = json.dumps(whole).encode()
    return await in_pieces(request, [body[:20], body[20:]], how, "application/json")


async def stream(request: web.Request) -> web.StreamResponse:
    seen = note(request, "stream", request.headers.get("Authorization", ""), KEY, bytes=0, kinds=[], **request.query)
    check(
        request, request.query.get("encoding") == "pcm_s16le" and request.query["sample_rate"].isdigit(), "pcm_s16le and its rate"
    )
    rate = int(request.query["sample_rate"])
    if fault(request) in REFUSED:
        await go_wrong(request)
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    begun = time.monotonic()
    await socket.send_json({"type": "Begin", "id": "00000000-0000-0000-0000-000000000000", "expires_at": 1_790_000_000})
    async for message in socket:
        if message.type == WSMsgType.BINARY:
            await _take(request, socket, seen, message.data, rate, time.monotonic() - begun)
        elif message.type == WSMsgType.TEXT:
            kind = json.loads(message.data)["type"]
            check(request, kind in ("ForceEndpoint", "Terminate", "KeepAlive", "UpdateConfiguration"), f"no message {kind}")
            seen["kinds"].append(kind)
            if kind == "Terminate":
                await _answer(socket, await go_wrong(request), seen["bytes"])
                await socket.close()
    ended = "Terminate" in seen["kinds"] or seen.get("refused") or fault(request) != "ok"
    check(request, bool(ended), "a session that is not terminated is charged for three hours")
    return socket


async def _take(
    request: web.Request, socket: web.WebSocketResponse, seen: dict[str, Any], pcm: bytes, rate: int, since_s: float
) -> None:
    ms = len(pcm) * 500 / rate
    seen["bytes"] += len(pcm)
    check(request, "Terminate" not in seen["kinds"], "nothing after Terminate")
    check(request, 50 <= ms <= 1000, f"a message of {ms} ms")
    if not 50 <= ms <= 1000 or seen["bytes"] / (2 * rate) > since_s * 1.25 + AHEAD_S:
        seen["refused"] = True
        await socket.send_json({"type": "Error", "error_code": 3007, "error": "Audio Transmission Rate Exceeded"})
        await socket.close(code=3007)
    elif fault(request) == "reset" and request.transport is not None:
        request.transport.abort()


async def _answer(socket: web.WebSocketResponse, how: str, size: int) -> None:
    if how == "garbage":
        await socket.send_str('{"type": "Turn", "words": 7}')
        await asyncio.sleep(3600)
    words = _words()
    turns = ((0, words[:3]), (1, words[3:])) if size else ()
    for order, part in turns:
        for known, ended in ((1, False), (len(part), True)):  # a turn is told again while it grows
            told = [word | {"word_is_final": True} for word in part[:known]]
            message = {
                "type": "Turn", "turn_order": order, "turn_is_formatted": ended, "end_of_turn": ended, "words": told,
                "transcript": " ".join(str(word["text"]) for word in told), "end_of_turn_confidence": 0.9, "utterance": "",
            }  # fmt: skip
            for _ in range(2 if how == "twice" else 1):
                await socket.send_json(message)
        if how == "half":
            return  # closed without Termination: it is not known whether there was more
    await socket.send_json({"type": "Termination", "audio_duration_seconds": 2, "session_duration_seconds": 2})


ROUTES = (web.post("/v1/transcribe", sync), web.post("/v1/transcribe/live", sync), web.get("/v3/ws", stream))
