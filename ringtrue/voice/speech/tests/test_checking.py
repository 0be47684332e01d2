"""What the doctor says of companies of speech, against the stand-ins."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from ringtrue.voice.speech import checking
from ringtrue.voice.speech.tests.stand_ins.speech_server import HEARD, application, settings_for


@pytest.fixture
async def at(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    monkeypatch.setattr(checking, "SENTENCE", HEARD)  # all that a stand-in ever hears
    monkeypatch.setattr(checking, "STEP_MS", 500)
    runner = web.AppRunner(application(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def told(names: list[str], settings: dict[str, str]) -> list[checking.Finding]:
    return [finding async for finding in checking.ask_all(names, settings)]


async def test_each_that_works_speaks_and_hears_a_sentence(at: str) -> None:
    names = ["cartesia", "assemblyai"]
    findings = await told(["local", *names], {k: v for name in names for k, v in settings_for(name, at).items()})
    assert [state for state, _ in findings] == ["ok", "ok"]
    assert "Cartesia speaks" in findings[0][1]
    assert f"it heard “{HEARD}”" in findings[1][1]
    assert "where it hears along" in findings[1][1]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("ok", "does not accept the key. Is RINGTRUE_DEEPGRAM_KEY right"),
        ("limit", "too many requests"),
        ("broken", "a fault of its own"),
        ("garbage", "not speech"),
    ],
)
async def test_what_is_wrong_is_said_in_plain_words_and_never_the_key(at: str, fault: str, words: str) -> None:
    settings = settings_for("deepgram", f"{at}/{fault}") | {"RINGTRUE_DEEPGRAM_HEARING": ""}
    if fault == "ok":
        settings["RINGTRUE_DEEPGRAM_KEY"] = "wrong-secret"
    ((state, sentence),) = await told(["deepgram"], settings)
    assert state == "wrong"
    assert sentence.startswith("Deepgram ")
    assert words in sentence
    assert settings["RINGTRUE_DEEPGRAM_KEY"] not in sentence


async def test_nobody_there(unused_tcp_port: int) -> None:
    findings = await told(["elevenlabs"], settings_for("elevenlabs", f"http://127.0.0.1:{unused_tcp_port}"))
    assert findings == [("wrong", checking.in_words("elevenlabs", RuntimeError("unreachable")))]
    assert "cannot be reached from here" in findings[0][1]


def test_settings_alone_tell_what_is_missing_or_not_used() -> None:
    assert checking.settings_only(["local"], {}) == [("ok", "hearing and speaking: models on this machine, nobody else")]
    findings = checking.settings_only(["deepgram", "whispers"], {"RINGTRUE_CARTESIA_KEY": "secret"})
    assert [state for state, _ in findings] == ["wrong", "wrong", "note"]
    assert "RINGTRUE_DEEPGRAM_KEY" in findings[0][1]
    assert "there are: assemblyai" in findings[1][1]
    assert "does not name cartesia" in findings[2][1]
    assert "secret" not in str(findings)
