"""Deepgram: https://developers.deepgram.com/reference/speech-to-text-api/listen-streaming, .../docs/close-stream and
.../reference/text-to-speech-api/speak."""

from __future__ import annotations

import asyncio
import json

from aiohttp import WSMsgType, web

from ringtrue.voice.speech.tests.stand_ins.faults import HEARD, REFUSED, check, fault, go_wrong, note, speak

KEY = "dg-stand-in"


async def aura(request: web.Request) -> web.StreamResponse:
    asked = await request.json()
    note(request, "speak", request.headers.get("Authorization", ""), f"Token {KEY}", **asked, **request.query)
    check(request, request.query.get("container") == "none" and request.query.get("encoding") == "linear16", "raw linear16")
    return await speak(request, asked["text"], int(request.query["sample_rate"]))


async def listen(request: web.Request) -> web.StreamResponse:
    seen = note(request, "listen", request.headers.get("Authorization", ""), f"Token {KEY}", bytes=0, kinds=[], **request.query)
    check(
        request, request.query.get("encoding") == "linear16" and request.query["sample_rate"].isdigit(), "linear16 and its rate"
    )
    if fault(request) in REFUSED:
        await go_wrong(request)
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        if message.type == WSMsgType.BINARY:
            check(request, len(message.data) % 2 == 0 and "CloseStream" not in seen["kinds"], "whole samples, before CloseStream")
            seen["bytes"] += len(message.data)
            if fault(request) == "reset" and request.transport is not None:
                request.transport.abort()
        elif message.type == WSMsgType.TEXT:
            kind = json.loads(message.data)["type"]
            check(request, kind in ("KeepAlive", "Finalize", "CloseStream"), f"no message {kind}")
            seen["kinds"].append(kind)
            if kind == "CloseStream":
                how = await go_wrong(request)
                if how == "garbage":
                    await socket.send_str('{"type": "Results", "is_final": true, "channel": {"alternatives": 7}}')
                    await asyncio.sleep(3600)
                await _results(socket, how, seen["bytes"])
                break
    return socket


async def _results(socket: web.WebSocketResponse, how: str, size: int) -> None:
    words = HEARD.split() if size else []
    for number, part in enumerate((words[:4], words[4:])):
        if how == "half" and number:
            return  # closed without Metadata: it is not known whether there was more
        told = [
            {
                "word": word.lower().strip("?"),
                "start": number + 0.1,
                "end": number + 0.3,
                "confidence": 0.9,
                "punctuated_word": word,
            }
            for word in part
        ]
        alternative = {"transcript": " ".join(part), "confidence": 0.9, "words": told}
        for final in (False, True) if how != "twice" else (False, True, True):
            await socket.send_json(
                {
                    "type": "Results", "channel_index": [0, 1], "duration": 1.0, "start": float(number), "is_final": final,
                    "speech_final": final, "channel": {"alternatives": [alternative]}, "from_finalize": False,
                    "metadata": {
                        "request_id": "stand-in", "model_uuid": "stand-in",
                        "model_info": {"name": "nova-3", "version": "1", "arch": "nova-3"},
                    },
                }
            )  # fmt: skip
    await socket.send_json(
        {
            "type": "Metadata", "transaction_key": "deprecated", "request_id": "stand-in", "sha256": "0" * 64,
            "created": "2026-11-22T00:00:00Z", "duration": 1.0, "channels": 1,
        }
    )  # fmt: skip


ROUTES = (web.post("/v1/speak", aura), web.get("/v1/listen", listen))
