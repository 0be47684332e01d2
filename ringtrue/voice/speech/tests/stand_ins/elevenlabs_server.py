"""ElevenLabs: https://elevenlabs.io/docs/api-reference/text-to-speech/stream."""

from __future__ import annotations

from aiohttp import web

from ringtrue.voice.speech.tests.stand_ins.faults import check, note, speak

KEY = "el-stand-in"
RATES = ("pcm_8000", "pcm_16000", "pcm_22050", "pcm_24000", "pcm_44100", "pcm_48000")


async def stream(request: web.Request) -> web.StreamResponse:
    asked = await request.json()
    note(
        request,
        "elevenlabs",
        request.headers.get("xi-api-key", ""),
        KEY,
        **asked,
        **request.query,
        voice=request.match_info["voice"],
    )
    form = request.query.get("output_format", "")
    check(request, form in RATES, f"no form {form}")
    check(request, bool(asked.get("text")) and bool(asked.get("model_id")), "a text and a model")
    return await speak(request, asked["text"], int(form.removeprefix("pcm_")))


ROUTES = (web.post("/v1/text-to-speech/{voice}/stream", stream),)
