"""OpenAI: https://platform.openai.com/docs/api-reference/audio/createTranscription and .../createSpeech."""

from __future__ import annotations

import json

from aiohttp import web

from ringtrue.voice.speech.tests.stand_ins.faults import HEARD, check, go_wrong, in_pieces, note, speak

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


ROUTES = (web.post("/v1/audio/transcriptions", transcriptions), web.post("/v1/audio/speech", speech))
