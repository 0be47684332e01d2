"""The companies' own SDKs speak with the stand-ins: what a stand-in believes of a protocol is what the company's program says and
understands. Only in `make test-long`: loading five SDKs takes longer than all that is tested with them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from ringtrue.voice.audio.writing import wav_bytes
from ringtrue.voice.speech.tests.stand_ins import (
    assemblyai_server,
    cartesia_server,
    deepgram_server,
    elevenlabs_server,
    openai_server,
)
from ringtrue.voice.speech.tests.stand_ins.faults import HEARD, STATE, tone
from ringtrue.voice.speech.tests.stand_ins.speech_server import application

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("RINGTRUE_LONG"), reason="loads five SDKs: make test-long"),
]
SPOKEN = (np.sin(np.arange(16_000) / 3) * 5000).astype("<i2").tobytes()  # 2 s at 8 kHz
SENTENCE = "We are open on Monday from eight until five."


@pytest.fixture
async def at() -> AsyncIterator[str]:
    app = application()
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
    assert app[STATE]["wrong"] == [], "the stand-in finds fault with the company's own program"


async def test_deepgram(at: str) -> None:
    import deepgram
    from deepgram.environment import DeepgramClientEnvironment

    here = DeepgramClientEnvironment(base=f"http://{at}", production=f"ws://{at}", agent=f"ws://{at}", agent_rest=f"http://{at}")
    client = deepgram.AsyncDeepgramClient(api_key=deepgram_server.KEY, environment=here)
    said = client.speak.v1.audio.generate(
        text=SENTENCE, model="aura-2-thalia-en", encoding="linear16", sample_rate=8000, container="none", mip_opt_out=True
    )
    assert b"".join([piece async for piece in said]) == tone(SENTENCE, 8000)
    parts: list[str] = []
    over = asyncio.Event()

    def take(message: Any) -> None:
        if message.type == "Results" and message.is_final:
            parts.append(message.channel.alternatives[0].transcript)
        elif message.type == "Metadata":
            over.set()

    asked = {"model": "nova-3", "encoding": "linear16", "sample_rate": 8000, "mip_opt_out": True}
    async with client.listen.v1.connect(**asked) as connection:
        from deepgram.core.events import EventType

        connection.on(EventType.MESSAGE, take)
        listening = asyncio.create_task(connection.start_listening())
        await connection.send_media(SPOKEN)
        await connection.send_close_stream()
        await asyncio.wait_for(over.wait(), 10)
        listening.cancel()
    assert " ".join(parts) == HEARD


async def test_elevenlabs(at: str) -> None:
    from elevenlabs import client as elevenlabs

    client = elevenlabs.AsyncElevenLabs(api_key=elevenlabs_server.KEY, base_url=f"http://{at}")
    said = client.text_to_speech.stream("voice", text=SENTENCE, model_id="eleven_flash_v2_5", output_format="pcm_8000")
    assert b"".join([piece async for piece in said]) == tone(SENTENCE, 8000)


async def test_cartesia(at: str) -> None:
    import cartesia

    client = cartesia.AsyncCartesia(api_key=cartesia_server.KEY, base_url=f"http://{at}", websocket_base_url=f"ws://{at}")
    form = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 8000}
    async with client.tts.websocket_connect() as connection:
        context = connection.context(model_id="sonic-3", voice={"mode": "id", "id": "voice"}, output_format=form)
        await context.push(SENTENCE)
        await context.no_more_inputs()
        said = [answer async for answer in context.receive()]
    assert b"".join(answer.audio for answer in said if answer.type == "chunk") == tone(SENTENCE, 8000)
    assert said[-1].type == "done"


async def test_assemblyai(at: str) -> None:
    import assemblyai
    from assemblyai.streaming import v3 as streaming

    options = streaming.RealTimeTranscriberOptions(api_key=assemblyai_server.KEY, api_host=f"ws://{at}", connect_timeout=5.0)
    client = streaming.AsyncRealTimeTranscriber(options)
    turns: dict[int, str] = {}
    over: list[Any] = []
    client.on(streaming.RealTimeEvents.Turn, lambda _, turn: turns.__setitem__(turn.turn_order, turn.transcript))
    client.on(streaming.RealTimeEvents.Termination, lambda _, event: over.append(event))
    await client.connect(
        streaming.RealTimeParameters(sample_rate=8000, speech_model="universal-streaming-english", encoding="pcm_s16le")
    )
    for begin in range(0, len(SPOKEN), 1600):
        await client.stream(SPOKEN[begin : begin + 1600])
    await client.force_endpoint()
    await client.disconnect(terminate=True)
    assert " ".join(turns.values()) == HEARD
    assert over

    assemblyai.settings.sync_base_url = f"http://{at}"
    async with assemblyai.AsyncSyncTranscriber(api_key=assemblyai_server.KEY) as whole:
        heard = await whole.transcribe(wav_bytes(SPOKEN, 8000))
    assert heard.text == HEARD


async def test_openai(at: str) -> None:
    import openai

    client = openai.AsyncOpenAI(api_key=openai_server.KEY, base_url=f"http://{at}/v1")
    heard = await client.audio.transcriptions.create(
        model="gpt-4o-mini-transcribe", file=("speech.wav", wav_bytes(SPOKEN, 8000), "audio/wav")
    )
    assert heard.text == HEARD
    said = await client.audio.speech.create(model="gpt-4o-mini-tts", voice="alloy", input=SENTENCE, response_format="pcm")
    assert said.content == tone(SENTENCE, 24_000)
