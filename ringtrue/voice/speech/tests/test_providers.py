"""Providers over the network, against a stand-in that speaks their wire protocols (`stand_ins/speech_server.py`)."""

from __future__ import annotations

import asyncio
import signal
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest
from aiohttp import web

from ringtrue.media.tests.certificates import Authority
from ringtrue.voice.speech import pcm_over_http, providers, socket_stream
from ringtrue.voice.speech.kinds import Connected, RecognizerFailed, VoiceFailed
from ringtrue.voice.speech.tests.stand_ins.speech_server import HEARD, SERVERS, STATE, application, settings_for, tone

SPOKEN = (np.sin(np.arange(16_000) / 3) * 5000).astype("<i2").tobytes()  # 2 s at 8 kHz
SENTENCE = "We are open on Monday from eight until five."
NAMES = [name for name in providers.names() if name in SERVERS]  # Pipecat's services are those of others
HEARING = [name for name in NAMES if "hears" in providers.about(name).can]
STREAMING = [name for name in NAMES if "streams" in providers.about(name).can]
SPEAKING = [name for name in NAMES if "speaks" in providers.about(name).can]
BREAKING = {
    "refuse": "status_503",
    "broken": "status_500",
    "limit": "status_429",
    "half": "",
    "garbage": "",
    "close": "",
    "reset": "",
}


class Server:
    def __init__(self, app: web.Application, at: str) -> None:
        self.seen: list[dict[str, Any]] = app[STATE]["seen"]
        self.state: dict[str, Any] = app[STATE]
        self.at = at
        self.connected: list[Connected] = []

    def connect(self, name: str, fault: str = "ok", **more: str) -> Connected:
        self.connected += providers.connect([name, "local"], settings_for(name, f"{self.at}/{fault}") | more)
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
    assert app[STATE]["wrong"] == [], "what we sent is not what the documentation wants"


@pytest.mark.parametrize("name", HEARING)
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
    assert "Riverside" in str([got.get(name) for name in ("prompt", "keyterm", "keyterms_prompt")])


@pytest.mark.parametrize("name", STREAMING)
@pytest.mark.parametrize("fault", ["ok", "twice"])
async def test_an_utterance_is_sent_while_it_is_spoken_and_ended_at_once(server: Server, name: str, fault: str) -> None:
    recognizer = server.connect(name, fault).recognizers[0]
    stream = recognizer.stream(8000, hints=("Riverside",))
    for at in range(0, 16_300, 512):  # 32 ms as the detector of a call has them, and an odd rest
        stream.feed(SPOKEN[at : min(at + 512, 16_300)])
        await asyncio.sleep(0)
    heard = await stream.finish()
    assert heard.text == HEARD, "and each part once, however often it is told"
    assert heard.words or name == "openai", "whose models that hear along tell no times"
    got = next(seen for seen in server.seen if seen["bytes"])
    assert 16_300 <= got["bytes"] < 16_300 + 800, "all of it, and less than 50 ms of silence to fill a message"
    assert "Riverside" in str(got)


@pytest.mark.parametrize(("rate", "least"), [(8000, 1), (16_000, 2)])
async def test_openai_hears_along_at_each_rate_and_what_is_too_short_is_filled(server: Server, rate: int, least: int) -> None:
    recognizer = server.connect("openai").recognizers[0]
    stream = recognizer.stream(rate)
    stream.feed(SPOKEN[: 320 * least])  # 20 ms
    assert (await stream.finish()).text == HEARD
    assert server.seen[-1]["kinds"][0] == "session.update"
    assert 1600 <= server.seen[-1]["bytes"] < 2000
    alone = server.connect("openai", RINGTRUE_OPENAI_STREAMING="").recognizers[0]
    assert not hasattr(alone, "stream"), "a server of one's own may not know it"


@pytest.mark.parametrize("name", STREAMING)
async def test_a_stream_that_is_not_wanted_is_ended_properly(server: Server, name: str) -> None:
    stream = server.connect(name).recognizers[0].stream(8000)
    stream.feed(SPOKEN[:8000])
    while not any(seen["bytes"] for seen in server.seen):  # noqa: ASYNC110 - another task's doing
        await asyncio.sleep(0.01)
    stream.leave()
    stream.feed(SPOKEN[:8000])
    stream.leave()  # what the stand-in missed stands in `wrong`


async def test_a_session_that_is_closed_says_with_which_code(server: Server) -> None:
    stream = server.connect("assemblyai").recognizers[0].stream(8000)
    stream.feed(SPOKEN * 10)  # 20 s at once: faster than anybody speaks
    with pytest.raises(RecognizerFailed, match="refused_3007"):
        await stream.finish()


@pytest.mark.parametrize("name", STREAMING)
@pytest.mark.parametrize("fault", BREAKING)
async def test_a_stream_that_breaks_says_so_when_it_is_ended(server: Server, name: str, fault: str) -> None:
    stream = server.connect(name, fault).recognizers[0].stream(8000)
    for at in range(0, len(SPOKEN) // 2, 1600):
        stream.feed(SPOKEN[at : at + 1600])
        await asyncio.sleep(0)
    with pytest.raises(RecognizerFailed, match=BREAKING[fault] or r"^[a-z_0-9]+$"):
        await stream.finish()


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
@pytest.mark.parametrize("name", SPEAKING)
async def test_a_sentence_is_spoken_in_pieces_at_the_rate_of_the_line(server: Server, name: str, rate: int) -> None:
    pieces = [piece async for piece in server.connect(name).voices[0].say(SENTENCE, rate)]
    assert len(pieces) > 4
    assert not any(len(piece) % 2 for piece in pieces)
    made, wanted = (np.frombuffer(pcm, "<i2").astype(float) for pcm in (b"".join(pieces), tone(SENTENCE, rate)))
    assert abs(len(made) - len(wanted)) < rate // 50
    loudest = np.abs(np.fft.rfft(made))
    assert round(np.argmax(loudest) * rate / len(made)) == 440


@pytest.mark.parametrize("fault", BREAKING)
@pytest.mark.parametrize("name", HEARING)
async def test_whatever_goes_wrong_with_hearing_has_a_code_of_ours(server: Server, name: str, fault: str) -> None:
    recognizer = server.connect(name, fault).recognizers[0]
    with pytest.raises(RecognizerFailed, match=BREAKING[fault] or r"^[a-z_0-9]+$"):
        await recognizer.transcribe(SPOKEN, 8000)


@pytest.mark.parametrize("fault", BREAKING)
@pytest.mark.parametrize("name", SPEAKING)
async def test_whatever_goes_wrong_with_speaking_has_a_code_of_ours(server: Server, name: str, fault: str) -> None:
    voice = server.connect(name, fault).voices[0]
    got = b""
    with pytest.raises(VoiceFailed, match=BREAKING[fault] or r"^[a-z_0-9]+$"):  # noqa: PT012
        async for piece in voice.say(SENTENCE, 8000):
            got += piece
    if fault in ("half", "reset"):
        assert 0.3 < len(got) / len(tone(SENTENCE, 8000)) < 0.7, "half a sentence is handed on before the failure"


@pytest.mark.parametrize("name", NAMES)
async def test_a_wrong_key_is_told_apart(server: Server, name: str) -> None:
    connected = server.connect(name, **{f"RINGTRUE_{name.upper()}_KEY": "wrong"})
    for recognizer in connected.recognizers:
        with pytest.raises(RecognizerFailed, match="status_401"):
            await recognizer.transcribe(SPOKEN, 8000)
    for voice in connected.voices:
        with pytest.raises(VoiceFailed, match="status_401"):
            await anext(voice.say(SENTENCE, 8000))


@pytest.mark.parametrize("name", HEARING)
async def test_a_recognizer_that_stalls_is_let_go_at_once(server: Server, name: str) -> None:
    connected = server.connect(name, "stall")
    task = asyncio.create_task(connected.recognizers[0].transcribe(SPOKEN, 8000))
    while not server.seen:  # noqa: ASYNC110 - another task's doing
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()


@pytest.mark.parametrize("name", SPEAKING)
async def test_a_sentence_that_is_broken_off_is_made_no_further(server: Server, name: str) -> None:
    server.state["pace_s"] = 0.02
    voice = server.connect(name).voices[0]
    pieces = voice.say(SENTENCE * 20, 8000)
    await anext(pieces)
    await pieces.aclose()
    again = b"".join([piece async for piece in voice.say("Yes.", 8000)])
    assert len(again) == pytest.approx(len(tone("Yes.", 8000)), abs=320), "nothing of the first sentence is left in the way"


async def test_over_tls_only_whoever_is_vouched_for_gets_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, strangers = Authority(tmp_path, "ours"), Authority(tmp_path, "strangers")
    certified = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certified.load_cert_chain(ours.certificate("here"))
    app = application()
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=certified).start()
    settings = settings_for("deepgram", f"https://127.0.0.1:{runner.addresses[0][1]}")
    for authority, reached in ((strangers, False), (ours, True)):
        trusted = ssl.create_default_context(cafile=authority.path)
        monkeypatch.setattr(pcm_over_http, "trusted", lambda trusted=trusted: trusted)
        monkeypatch.setattr(socket_stream, "trusted", lambda trusted=trusted: trusted)
        [made] = providers.connect(["deepgram"], settings)
        if reached:
            assert (await made.recognizers[0].transcribe(SPOKEN, 8000)).text == HEARD
            assert await _spoken(made.voices[0], SENTENCE)
        else:
            with pytest.raises(RecognizerFailed, match="unreachable"):
                await made.recognizers[0].transcribe(SPOKEN, 8000)
            with pytest.raises(VoiceFailed, match="unreachable"):
                await _spoken(made.voices[0], SENTENCE)
            assert not app[STATE]["seen"]
        await made.close()
    await runner.cleanup()


async def test_cartesia_cancels_by_a_message_and_speaks_for_several_calls_over_one_socket(server: Server) -> None:
    server.state["pace_s"] = 0.02
    voice = server.connect("cartesia").voices[0]
    pieces = voice.say(SENTENCE * 20, 8000)
    await anext(pieces)
    await pieces.aclose()
    said = [asyncio.create_task(_spoken(voice, sentence)) for sentence in ("Yes.", SENTENCE)]
    assert [len(pcm) for pcm in await asyncio.gather(*said)] == [len(tone(text, 8000)) for text in ("Yes.", SENTENCE)]
    (socket,) = server.seen
    assert socket["cancelled"] == [socket["asked"][0]["context_id"]]
    assert socket["sent"][socket["cancelled"][0]] < 40, "of 110 pieces"


async def test_cartesia_opens_a_socket_that_broke_again_for_the_next_sentence(server: Server) -> None:
    voice = server.connect("cartesia").voices[0]
    server.state["fault"] = "reset"
    voice._url = voice._url.replace("/ok/", "/")  # the fault is then that of all requests, which can be lifted
    with pytest.raises(VoiceFailed, match="closed"):
        await _spoken(voice, SENTENCE)
    server.state["fault"] = "ok"
    assert len(await _spoken(voice, SENTENCE)) == len(tone(SENTENCE, 8000))
    assert len(server.seen) == 2


async def _spoken(voice: Any, text: str) -> bytes:
    return b"".join([piece async for piece in voice.say(text, 8000)])


async def test_killing_the_process_in_mid_sentence_is_noticed_at_once(tmp_path: Path) -> None:
    process, port = await start_process(tmp_path)
    connected = providers.connect(
        NAMES, {k: v for name in NAMES for k, v in settings_for(name, f"http://127.0.0.1:{port}").items()}
    )
    try:
        sentences = [voice.say(SENTENCE, 8000) for part in connected for voice in part.voices]
        assert all([await anext(pieces) for pieces in sentences])
        process.send_signal(signal.SIGKILL)
        await process.wait()
        for pieces in sentences:
            with pytest.raises(VoiceFailed):
                async for _ in pieces:
                    pass
        for recognizer in [recognizer for part in connected for recognizer in part.recognizers]:
            with pytest.raises(RecognizerFailed, match="unreachable"):
                await recognizer.transcribe(SPOKEN, 8000)
    finally:
        for part in connected:
            await part.close()
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
    with pytest.raises(providers.ProviderUnknown, match=r"there are: .*deepgram.*openai.*, local"):
        providers.connect(["whispers"], {})


async def test_a_company_can_have_several_voices_with_names_and_prices_as_agreed(server: Server) -> None:
    given = {"RINGTRUE_ELEVENLABS_VOICE": "Anna=an-1, Ben=be-2", "RINGTRUE_ELEVENLABS_SPEAKING_PRICE": "0.02"}
    made = server.connect("elevenlabs", **given)
    assert [voice.name for voice in made.voices] == ["elevenlabs-Anna", "elevenlabs-Ben"]
    assert await _spoken(made.voices[1], SENTENCE)
    assert server.seen[0]["voice"] == "be-2"
    assert "enable_logging" not in server.seen[0], "only enterprise accounts may ask for it"
    assert {price.usd for price in made.prices.values()} == {0.02}
    whole = settings_for("elevenlabs", server.at) | given
    assert providers.voices(["local", "elevenlabs", "deepgram"], whole) == [
        ("elevenlabs-Anna", "ElevenLabs"),
        ("elevenlabs-Ben", "ElevenLabs"),
    ]
    listed = server.connect("deepgram", RINGTRUE_DEEPGRAM_HEARING="nova-3-medical").prices
    assert listed["deepgram-nova-3-medical"].usd == providers.about("deepgram").prices["nova-3"].usd
    assert server.connect("cartesia").prices == {"cartesia-Katie": None}, "what is not known is not guessed"


@pytest.mark.promise("P-NEJ-2-7")
async def test_elevenlabs_is_told_to_keep_nothing_where_its_account_allows_that(server: Server) -> None:
    await _spoken(server.connect("elevenlabs", RINGTRUE_ELEVENLABS_ZERO_RETENTION="1").voices[0], SENTENCE)
    assert server.seen[0]["enable_logging"] == "false"


def test_pipecat_is_an_extra_that_is_named_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ringtrue.voice.speech.pipecat_services", None)
    settings = {"RINGTRUE_PIPECAT_SPEAKING": "pipecat.services.rime.tts:RimeTTSService"}
    with pytest.raises(providers.ProviderNotSet, match=r"needs a package that is not installed: pipecat-ai, with the extra"):
        providers.connect(["pipecat"], settings)
    with pytest.raises(providers.ProviderNotSet, match="RINGTRUE_PIPECAT_HEARING"):
        providers.connect(["pipecat"], {})


def test_a_setting_that_is_nonsense_leaves_the_company_out_and_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ringtrue.voice.speech.pipecat_services", MagicMock())
    nonsense = {"RINGTRUE_PIPECAT_SPEAKING": "a:B", "RINGTRUE_PIPECAT_SPEAKING_WITH": '{"api_key": "secret-1234'}
    with pytest.raises(providers.ProviderNotSet, match="one of its settings is not what it should be") as refused:
        providers.connect(["pipecat"], nonsense)
    assert "secret" not in str(refused.value)
    with pytest.raises(providers.ProviderNotSet, match="is not a number"):
        providers.connect(["deepgram"], {"RINGTRUE_DEEPGRAM_KEY": "k", "RINGTRUE_DEEPGRAM_HEARING_PRICE": "cheap"})


def test_local_needs_no_connection() -> None:
    assert providers.connect(["local"], {}) == []
