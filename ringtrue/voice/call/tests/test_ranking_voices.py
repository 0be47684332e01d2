from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from ringtrue.voice.agent import USUAL_VOICE
from ringtrue.voice.call.ranking_voices import ranked


class Named(NamedTuple):
    name: str


ALL: Any = [Named(name) for name in ("elevenlabs-Anna", "elevenlabs-Ben", "openai-alloy", "heart")]


@pytest.mark.parametrize(
    ("chosen", "order"),
    [
        (USUAL_VOICE, ["elevenlabs-Anna", "openai-alloy", "heart"]),
        ("elevenlabs-Ben", ["elevenlabs-Ben", "openai-alloy", "heart"]),
        ("alloy", ["openai-alloy", "elevenlabs-Anna", "heart"]),
        ("of a company that was taken away", ["elevenlabs-Anna", "openai-alloy", "heart"]),
    ],
)
def test_the_chosen_voice_goes_first_and_each_company_is_asked_once(chosen: str, order: list[str]) -> None:
    assert [voice.name for voice in ranked(ALL, chosen)] == order
