"""A stand-in for providers of speech, in a process of its own that can be killed: `python -m …speech_server --ready FILE`.

It speaks the documented wire protocols of OpenAI's `/v1/audio/…` and of Deepgram's `/v1/listen` and `/v1/speak`, and understands nothing: it
"hears" one sentence whatever was said, and "speaks" a tone, 25 ms for each character. It was written from the documentation; the real
services were never reached from here.

What goes wrong is the first part of the path (`/stall/v1/audio/speech`), or, without one, what `POST /fault?how=…` set for all requests:
refuse (503), stall (never answers), half (breaks off in the middle), garbage (200, and not what was asked for), slow, close (at once).
"""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path

import numpy as np
from aiohttp import WSMsgType, web

HEARD = "What time do you open on Monday?"
FAULTS = ("ok", "refuse", "stall", "half", "garbage", "slow", "close")
STATE = web.AppKey("state", dict)


def tone(text: str, sample_rate: int) -> bytes:
    time = np.arange(len(text) * sample_rate * 25 // 1000) / sample_rate
    return (8000 * np.sin(2 * np.pi * 440 * time)).astype("<i2").tobytes()


async def go_wrong(request: web.Request) -> str:
    """The fault that the handler has still to act upon: "ok", "half" or "garbage"."""
    how = request.match_info.get("fault") or request.app[STATE]["fault"]
    if how == "refuse":
        raise web.HTTPServiceUnavailable(text='{"error": {"message": "overloaded"}}', content_type="application/json")
    if how == "stall":
        await asyncio.sleep(3600)
    if how == "slow":
        await asyncio.sleep(3)
    if how == "close" and request.transport is not None:
        request.transport.abort()
    return str(how)


async def transcriptions(request: web.Request) -> web.StreamResponse:
    """https://platform.openai.com/docs/api-reference/audio/createTranscription"""
    form = await request.post()
    file = form["file"]
    assert isinstance(file, web.FileField)
    request.app[STATE]["seen"].append(
        {
            "path": "transcriptions",
            "bytes": len(file.file.read()),
            "key": request.headers.get("Authorization", ""),
            **{name: value for name, value in form.items() if isinstance(value, str)},
        }
    )
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
    return await _in_pieces(request, [body[:10], body[10:]], how, "application/json")


async def speech(request: web.Request) -> web.StreamResponse:
    """https://platform.openai.com/docs/api-reference/audio/createSpeech: PCM16 at 24 kHz."""
    asked = await request.json()
    request.app[STATE]["seen"].append({"path": "speech", **asked})
    return await _speak(request, tone(asked["input"], 24_000), 4_800)


async def aura(request: web.Request) -> web.StreamResponse:
    """https://developers.deepgram.com/reference/text-to-speech-api/speak"""
    asked = await request.json()
    request.app[STATE]["seen"].append(
        {"path": "speak", "key": request.headers.get("Authorization", ""), **asked, **request.query}
    )
    rate = int(request.query["sample_rate"])
    return await _speak(request, tone(asked["text"], rate), rate // 5)


async def _speak(request: web.Request, pcm: bytes, step: int) -> web.StreamResponse:
    how = await go_wrong(request)
    if how == "garbage":
        return web.json_response({"error": "not this"})
    pieces = [pcm[at : at + step + 1] for at in range(0, len(pcm), step + 1)]  # odd lengths: samples come in halves
    return await _in_pieces(request, pieces, how, "audio/pcm")


async def _in_pieces(request: web.Request, pieces: list[bytes], how: str, kind: str) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": kind})
    answer.enable_chunked_encoding()
    await answer.prepare(request)
    for number, piece in enumerate(pieces):
        if how == "half" and number >= len(pieces) // 2 and request.transport is not None:
            request.transport.close()
            return answer
        await answer.write(piece)
        await asyncio.sleep(request.app[STATE]["pace_s"])
    await answer.write_eof()
    return answer


async def listen(request: web.Request) -> web.StreamResponse:
    """https://developers.deepgram.com/reference/speech-to-text-api/listen-streaming"""
    seen = {"path": "listen", "key": request.headers.get("Authorization", ""), "bytes": 0, "kinds": [], **request.query}
    request.app[STATE]["seen"].append(seen)
    socket = web.WebSocketResponse()
    if (request.match_info.get("fault") or request.app[STATE]["fault"]) == "refuse":
        raise web.HTTPServiceUnavailable
    await socket.prepare(request)
    async for message in socket:
        if message.type == WSMsgType.BINARY:
            seen["bytes"] += len(message.data)
        elif message.type == WSMsgType.TEXT:
            kind = json.loads(message.data)["type"]
            seen["kinds"].append(kind)
            if kind == "CloseStream":
                how = await go_wrong(request)
                if how == "garbage":
                    await socket.send_str('{"type": "Results", "is_final": true, "channel": {"alternatives": 7}}')
                    await asyncio.sleep(3600)
                await _results(socket, how)
                break
    return socket


async def _results(socket: web.WebSocketResponse, how: str) -> None:
    words = HEARD.split()
    for number, part in enumerate((words[:4], words[4:])):
        if how == "half" and number:
            return  # closed without Metadata: it is not known whether there was more
        told = [
            {"word": word.lower().strip("?"), "start": 0.1, "end": 0.3, "confidence": 0.9, "punctuated_word": word}
            for word in part
        ]
        alternative = {"transcript": " ".join(part), "confidence": 0.9, "words": told}
        for final in (False, True):
            await socket.send_json(
                {
                    "type": "Results", "channel_index": [0, 1], "duration": 1.0, "start": 0.0, "is_final": final, "speech_final": final,
                    "channel": {"alternatives": [alternative]}, "metadata": {"request_id": "stand-in"}, "from_finalize": False,
                }
            )  # fmt: skip
    await socket.send_json({"type": "Metadata", "request_id": "stand-in", "duration": 1.0, "channels": 1})


async def set_fault(request: web.Request) -> web.Response:
    request.app[STATE]["fault"] = request.query["how"]
    return web.Response()


def application(pace_s: float = 0.0) -> web.Application:
    """pace_s: between two pieces of an answer."""
    app = web.Application(client_max_size=64 * 1024**2)
    app[STATE] = {"fault": "ok", "seen": [], "pace_s": pace_s}
    for prefix in ("", f"/{{fault:{'|'.join(FAULTS)}}}"):
        app.router.add_post(f"{prefix}/v1/audio/transcriptions", transcriptions)
        app.router.add_post(f"{prefix}/v1/audio/speech", speech)
        app.router.add_post(f"{prefix}/v1/speak", aura)
        app.router.add_get(f"{prefix}/v1/listen", listen)
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
