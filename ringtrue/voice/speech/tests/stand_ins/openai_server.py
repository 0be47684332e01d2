"""OpenAI: https://platform.openai.com/docs/api-reference/audio/createTranscription, .../createSpeech and
https://developers.openai.com/api/docs/guides/realtime-transcription."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

from aiohttp import WSMsgType, web

from ringtrue.voice.speech.tests.stand_ins.faults import HEARD, REFUSED, check, fault, go_wrong, in_pieces, note, speak

KEY = "sk-stand-in"


async def transcriptions(request: web.Request) -> web.StreamResponse:
    form = await request.post()
    file = form["file"]
    assert isinstance(file, web.FileField)
    words = {name: value for name, value in form.items() if isinstance(value, str)}
    note(
        request, "transcriptions", request.headers.get("Authorization", ""), f"Bearer {KEY}", bytes=len(file.file.read()), **words
    )
    check(request, bool(form.get("model")) and file.filename.endswith(".wav"), "a model and a file with the name of its kind")
    how = await go_wrong(request)
    if how == "garbage":
        return web.Response(text="<html>not this</html>", content_type="application/json")
    whole: dict[str, object] = {"text": HEARD}
    if form.get("response_format") == "verbose_json":
        word = {"word": "What", "start": 0.1, "end": 0.3}
        segment = {"id": 0, "seek": 0, "start": 0.0, "end": 1.0, "text": HEARD, "tokens": [], "temperature": 0.0}
        sure = {"avg_logprob": -0.1, "compression_ratio": 1.0, "no_speech_prob": 0.01}
        whole |= {"language": "english", "duration": 1.0, "segments": [{**segment, **sure}], "words": [word]}
    body = json.dumps(whole).encode()
    return await in_pieces(request, [body[:10], body[10:]], how, "application/json")


async def speech(request: web.Request) -> web.StreamResponse:
    """PCM16 at 24 kHz."""
    asked = await request.json()
    note(request, "speech", request.headers.get("Authorization", ""), f"Bearer {KEY}", **asked)
    check(
        request, {"model", "input", "voice"} <= asked.keys() and asked["response_format"] == "pcm", "model, input, voice and pcm"
    )
    return await speak(request, asked["input"], 24_000)


async def realtime(request: web.Request) -> web.StreamResponse:
    """A transcription session. `bytes`: of what came, as PCM16 at 8 kHz."""
    seen = note(request, "realtime", request.headers.get("Authorization", ""), f"Bearer {KEY}", bytes=0, kinds=[])
    check(request, dict(request.query) == {"intent": "transcription"}, "the model stands in the session, not in the address")
    if fault(request) in REFUSED:
        await go_wrong(request)
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_json({"type": "session.created", "event_id": "event_1", "session": {"type": "transcription"}})
    async for message in socket:
        if message.type == WSMsgType.TEXT:
            told = json.loads(message.data)
            seen["kinds"].append(told["type"])
            await _session(request, socket, seen, told)
    return socket


async def _session(request: web.Request, socket: web.WebSocketResponse, seen: dict[str, Any], told: dict[str, Any]) -> None:
    match told["type"]:
        case "session.update":
            heard = told["session"]["audio"]["input"]
            good = heard["format"] in ({"type": "audio/pcmu"}, {"type": "audio/pcm", "rate": 24_000})
            check(request, told["session"]["type"] == "transcription" and good, "a transcription session and its format")
            check(
                request,
                heard["turn_detection"] is None and bool(heard["transcription"]["model"]),
                "a model, and no detection of turns",
            )
            seen |= {"scale": 2 if heard["format"]["type"] == "audio/pcmu" else 1 / 3, **heard["transcription"]}
            await socket.send_json({"type": "session.updated", "event_id": "event_2", "session": told["session"]})
        case "input_audio_buffer.append":
            check(
                request,
                "scale" in seen and "input_audio_buffer.commit" not in seen["kinds"],
                "sound after the session, before its end",
            )
            seen["bytes"] += int(len(base64.b64decode(told["audio"], validate=True)) * seen["scale"])
            if fault(request) == "reset" and request.transport is not None:
                request.transport.abort()
        case "input_audio_buffer.commit" if seen["bytes"] < 1600:
            error = {"type": "invalid_request_error", "code": "input_audio_buffer_commit_empty", "message": "buffer too small"}
            await socket.send_json({"type": "error", "event_id": "event_3", "error": error})
        case "input_audio_buffer.commit":
            await _heard(socket, await go_wrong(request))
        case other:
            check(request, False, f"no message {other}")


async def _heard(socket: web.WebSocketResponse, how: str) -> None:
    if how == "close":
        return
    item = {"item_id": "item_1", "content_index": 0}
    if how == "garbage":
        await socket.send_str('{"type": 7}')
        await asyncio.sleep(3600)
    await socket.send_json(
        {"type": "input_audio_buffer.committed", "event_id": "event_4", "previous_item_id": None, "item_id": "item_1"}
    )
    for word in HEARD.split():
        await socket.send_json({"type": "conversation.item.input_audio_transcription.delta", **item, "delta": f"{word} "})
        if how == "half":
            await socket.close()
            return
    for _ in range(2 if how == "twice" else 1):
        await socket.send_json({"type": "conversation.item.input_audio_transcription.completed", **item, "transcript": HEARD})


ROUTES = (
    web.post("/v1/audio/transcriptions", transcriptions),
    web.post("/v1/audio/speech", speech),
    web.get("/v1/realtime", realtime),
)
