"""Providers over the network, against a stand-in that speaks their wire protocols (`stand_ins/speech_server.py`)."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from ringtrue.voice.speech import providers
from ringtrue.voice.speech.kinds import Connected, RecognizerFailed, VoiceFailed
from ringtrue.voice.speech.tests.stand_ins.speech_server import HEARD, STATE, application, tone

SPOKEN = (np.sin(np.arange(16_000) / 3) * 5000).astype("<i2").tobytes()  # 2 s at 8 kHz
SENTENCE = "We are open on Monday from eight until five."
NAMES = ("openai", "deepgram")
BREAKING = ("refuse", "half", "garbage", "close")


class Server:
    def __init__(self, app: web.Application, at: str) -> None:
        self.seen: list[dict[str, Any]] = app[STATE]["seen"]
        self.at = at
        self.connected: list[Connected] = []

    def connect(self, name: str, fault: str = "ok", **more: str) -> Connected:
        given = {
            "RINGTRUE_OPENAI_KEY": "sk-stand-in", "RINGTRUE_OPENAI_URL": f"{self.at}/{fault}/v1",
            "RINGTRUE_DEEPGRAM_KEY": "dg-stand-in", "RINGTRUE_DEEPGRAM_HOST": f"{self.at}/{fault}",
        }  # fmt: skip
        self.connected += providers.connect([name, "local"], given | more)
        return self.connected[-1]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    app = application()
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made = Server(app, f"http://127.0.0.1:{runner.addresses[0][1]}")
    yield made
    for connected in made.connected:
        await connected.close()
    await runner.cleanup()


@pytest.fixture(autouse=True)
def _needs_the_sdk(request: pytest.FixtureRequest) -> None:
    if "openai" in str(request.node.name):
        pytest.importorskip("openai")


@pytest.mark.parametrize("name", NAMES)
async def test_an_utterance_is_heard(server: Server, name: str) -> None:
    recognizer = server.connect(name).recognizers[0]
    for _ in range(3):
        heard = await recognizer.transcribe(SPOKEN, 8000, hints=("Riverside",))
        assert heard.text == HEARD
        assert heard.confidence > 0.5
        assert heard.no_speech < 0.5
    got = server.seen[0]
    assert len(SPOKEN) <= got["bytes"] <= len(SPOKEN) + 44, "the whole utterance, and nothing else"
    assert "stand-in" in got["key"]
    assert "Riverside" in (got.get("prompt"), got.get("keyterm"))


async def test_openai_whisper_tells_times_and_how_sure_it_is(server: Server) -> None:
    recognizer = server.connect("openai", RINGTRUE_OPENAI_HEARING="whisper-1").recognizers[0]
    heard = await recognizer.transcribe(SPOKEN, 8000, words=True)
    assert [(word.text, word.start_ms, word.end_ms) for word in heard.words] == [("What", 100, 300)]
    assert 0.9 < heard.confidence < 0.91


@pytest.mark.promise("P-NEJ-2-7")
async def test_deepgram_is_told_to_train_on_nothing(server: Server) -> None:
    connected = server.connect("deepgram")
    await connected.recognizers[0].transcribe(SPOKEN, 8000)
    assert [piece async for piece in connected.voices[0].say(SENTENCE, 8000)]
    assert {seen["path"] for seen in server.seen} == {"listen", "speak"}
    assert all(seen["mip_opt_out"] == "true" for seen in server.seen)


async def test_deepgram_opens_the_next_stream_ahead(server: Server) -> None:
    recognizer = server.connect("deepgram").recognizers[0]
    await recognizer.transcribe(SPOKEN, 8000)
    while len(server.seen) < 2:  # noqa: ASYNC110 - another task's doing
        await asyncio.sleep(0.01)
    assert server.seen[1]["bytes"] == 0, "nothing of a caller's before it is needed"
    await recognizer.transcribe(SPOKEN, 8000)
    assert server.seen[1]["bytes"] == len(SPOKEN), "the second utterance went into the stream that was open"


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("name", NAMES)
async def test_a_sentence_is_spoken_in_pieces_at_the_rate_of_the_line(server: Server, name: str, rate: int) -> None:
    pieces = [piece async for piece in server.connect(name).voices[0].say(SENTENCE, rate)]
    assert len(pieces) > 4
    assert not any(len(piece) % 2 for piece in pieces)
    made, wanted = (np.frombuffer(pcm, "<i2").astype(float) for pcm in (b"".join(pieces), tone(SENTENCE, rate)))
    assert abs(len(made) - len(wanted)) < rate // 50
    loudest = np.abs(np.fft.rfft(made))
    assert round(np.argmax(loudest) * rate / len(made)) == 440


@pytest.mark.parametrize("fault", BREAKING)
@pytest.mark.parametrize("name", NAMES)
async def test_whatever_goes_wrong_has_a_code_of_ours(server: Server, name: str, fault: str) -> None:
    connected = server.connect(name, fault)
    with pytest.raises(RecognizerFailed, match=r"^[a-z_0-9]+$"):
        await connected.recognizers[0].transcribe(SPOKEN, 8000)
    with pytest.raises(VoiceFailed, match=r"^[a-z_0-9]+$"):
        async for _ in connected.voices[0].say(SENTENCE, 8000):
            pass


@pytest.mark.parametrize("name", NAMES)
async def test_a_provider_that_stalls_is_let_go_at_once(server: Server, name: str) -> None:
    connected = server.connect(name, "stall")
    task = asyncio.create_task(connected.recognizers[0].transcribe(SPOKEN, 8000))
    while not server.seen:  # noqa: ASYNC110 - another task's doing
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()


@pytest.mark.parametrize("name", NAMES)
async def test_half_a_sentence_is_handed_on_before_the_failure(server: Server, name: str) -> None:
    got = b""
    with pytest.raises(VoiceFailed):  # noqa: PT012
        async for piece in server.connect(name, "half").voices[0].say(SENTENCE, 8000):
            got += piece
    assert 0.3 < len(got) / len(tone(SENTENCE, 8000)) < 0.7


@pytest.mark.parametrize("name", NAMES)
async def test_killing_the_process_in_mid_sentence_is_noticed_at_once(tmp_path: Path, name: str) -> None:
    process, port = await start_process(tmp_path)
    connected = Server(application(), f"http://127.0.0.1:{port}").connect(name)
    try:
        with pytest.raises(VoiceFailed):  # noqa: PT012
            async for _ in connected.voices[0].say(SENTENCE, 8000):
                if process.returncode is None:
                    process.send_signal(signal.SIGKILL)
                    await process.wait()
        with pytest.raises(RecognizerFailed, match="unreachable"):
            await connected.recognizers[0].transcribe(SPOKEN, 8000)
    finally:
        await connected.close()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def start_process(folder: Path) -> tuple[asyncio.subprocess.Process, int]:
    ready = folder / "ready"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ringtrue.voice.speech.tests.stand_ins.speech_server", "--ready", str(ready)
    )
    while not ready.exists():
        assert process.returncode is None
        await asyncio.sleep(0.05)
    return process, int(ready.read_text())


def test_a_provider_without_its_key_says_which_variable_is_missing_and_no_other() -> None:
    with pytest.raises(providers.ProviderNotSet, match="RINGTRUE_DEEPGRAM_KEY"):
        providers.connect(["deepgram"], {"RINGTRUE_OPENAI_KEY": "sk-secret"})
    with pytest.raises(providers.ProviderUnknown, match=r"there are: .*deepgram.*openai, local"):
        providers.connect(["whispers"], {})


def test_local_needs_no_connection() -> None:
    assert providers.connect(["local"], {}) == []
