"""Fixtures of the conversation's tests: virtual time, real voice activity, real speech carried by the pinned packages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ringtrue.voice.audio.resampling import resample
from ringtrue.voice.call.tests.stand_ins import Speech, Studio
from ringtrue.voice.call.virtual_time import VirtualLoop


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Any]:
    """Every test of this folder runs in virtual time."""
    return {"virtual": VirtualLoop}


@pytest.fixture(scope="session")
def activity() -> Any:
    """Silero itself."""
    from ringtrue.voice.speech.models import voice_activity

    return voice_activity()


@pytest.fixture(scope="session")
def hibari() -> Callable[[str], bytes]:
    """Sentence -> PCM16 at 8 kHz in the caller's voice."""
    from ringtrue.voice.lines.simulated_callers import OTHER_PERSON
    from ringtrue.voice.speech.hibari import HibariVoice

    voice = HibariVoice()
    made: dict[str, bytes] = {}

    def say(text: str) -> bytes:
        if text not in made:
            made[text] = resample(voice.speak(text, 16000), round(16000 * OTHER_PERSON), 8000)
        return made[text]

    return say


@pytest.fixture(scope="session")
def speech(hibari: Callable[[str], bytes]) -> Speech:
    """Everything that callers of these tests can say, and how a recognizer would find it again."""
    return Speech(hibari)


@pytest.fixture
def studio(activity: Any, speech: Speech) -> Studio:
    return Studio(activity, speech)
