"""Keys of businesses' own: one set of connections each, kept while calls use it."""

from __future__ import annotations

import asyncio

import pytest

from ringtrue.voice.agent import SpeechChoice
from ringtrue.voice.speech import own_companies
from ringtrue.voice.speech.kinds import Connected
from ringtrue.voice.speech.own_companies import OwnCompanies


def choice(key: str, company: str = "cartesia") -> SpeechChoice:
    return SpeechChoice(company=company, settings={"KEY": key})


async def test_each_key_has_its_own_connections_and_calls_share_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_companies, "MOST_KEPT", 1)
    own = OwnCompanies()
    async with own.of([choice("a"), choice("b"), choice("", "cartesia"), choice("x", "whispers")]) as made:
        assert [[voice.name for voice in one.voices] for one in made] == [["cartesia-Katie"]] * 2, "the others are left out"
        async with own.of([choice("a")]) as again:
            assert again[0] is made[0]
        async with own.of([choice("c")]) as other:
            assert other[0] is not made[0]
        assert len(own._kept) == 3, "what a call uses is not closed under it"
        assert made[0].prices == {"cartesia-Katie": None}
    assert len(own._kept) == 1
    await own.close()
    assert not own._kept


async def test_calls_that_begin_together_share_connections_too(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = asyncio.Event()

    async def load(company: str) -> None:
        await loaded.wait()

    monkeypatch.setattr(own_companies, "_load", load)
    own = OwnCompanies()

    async def call() -> list[Connected]:
        async with own.of([choice("a")]) as made:
            return made

    calls = [asyncio.create_task(call()) for _ in range(2)]
    await asyncio.sleep(0)
    loaded.set()
    [first], [second] = await asyncio.gather(*calls)
    assert first is second
    await own.close()
