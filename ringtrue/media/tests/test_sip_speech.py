"""A telephone at the SIP gateway says a real recorded sentence, and the agent's own recognizer writes it down."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import Started
from ringtrue.calls import reading
from ringtrue.media.tests.processes import Media
from ringtrue.media.tests.test_sip_calls import behind_a_desk, calls_so_far, ended_calls, gateway, phone, result, shop
from ringtrue.voice.audio.reading import read_audio
from ringtrue.voice.audio.resampling import resample
from ringtrue.voice.speech import models

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(os.environ.get("RINGTRUE_LONG") != "1", reason="make test-long: the models are loaded for one call"),
]
__all__ = ["gateway", "phone", "shop"]  # fixtures
SENTENCE = "audio/speechbrain/spk1_snt5.flac"  # "Sunday is the best part of the week"


@pytest.fixture(scope="module")
def media(database: None) -> Iterator[Media]:
    for name in models.manifest():
        models.ensure(name)
    yield from behind_a_desk("ringtrue.media.loop_speech:configured")


@pytest.mark.django_db(transaction=True)
def test_a_recorded_sentence_is_heard_over_sip(shop: Started, phone: Any, eval_data: Path, tmp_path: Path) -> None:
    before = calls_so_far(shop)
    pcm, rate = read_audio(eval_data / SENTENCE)
    said = tmp_path / "said.raw"
    said.write_bytes(resample(pcm, rate, 8000))
    told = result(phone(sound=said, converse=True, seconds=55, codecs="pcmu"))  # the telephone plays at the rate of its codec
    assert told["turns_heard"] == 2, "the greeting, and the answer"
    record = ended_calls(shop, before + 1)[-1]
    with workspace_scope(shop.workspace.id):
        heard = " ".join(line.text.lower() for line in reading.transcript(record) if line.speaker == "caller")
    assert "sunday" in heard, heard
    assert "week" in heard, heard
