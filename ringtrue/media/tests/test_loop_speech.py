"""Which recognizers and voices the loop gets, and in which order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from ringtrue.core.configuring import CONFIG, read
from ringtrue.media import loop_speech


@asynccontextmanager
async def no_models(max_calls: int) -> AsyncIterator[dict[str, Any]]:
    yield {"recognizers": ["local"], "voices": ["local"], "new_brain": None, "activity": None}


async def wired(monkeypatch: pytest.MonkeyPatch, speech: str) -> dict[str, Any]:
    monkeypatch.setattr(loop_speech, "local", no_models)
    monkeypatch.setattr(loop_speech, "CONFIG", msgspec.structs.replace(CONFIG, speech=read({"RINGTRUE_SPEECH": speech}).speech))
    async with loop_speech.configured(4) as made:
        return made


async def test_providers_come_before_local_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGTRUE_DEEPGRAM_KEY", "dg-secret")
    made = await wired(monkeypatch, "deepgram, local")
    assert [getattr(one, "name", one) for one in made["recognizers"]] == ["deepgram-nova-3", "local"]
    assert [getattr(one, "name", one) for one in made["voices"]] == ["deepgram-aura-2-thalia-en", "local"]


async def test_a_provider_that_is_not_set_up_is_told_of_and_the_telephone_is_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("RINGTRUE_DEEPGRAM_KEY", raising=False)
    made = await wired(monkeypatch, "deepgram,whispers")
    assert made["recognizers"] == made["voices"] == ["local"]
    told = "".join(capsys.readouterr()) + caplog.text
    assert "RINGTRUE_DEEPGRAM_KEY" in told
    assert "whispers" in told
