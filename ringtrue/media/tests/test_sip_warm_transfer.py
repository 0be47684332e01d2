"""A warm transfer over SIP with real speech on every side: two telephones, the receptionist, Whisper. For `make test-long`."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import Started
from ringtrue.calls import reading
from ringtrue.core.configuring import CONFIG
from ringtrue.media.tests.processes import Media
from ringtrue.media.tests.sip_house import free_port
from ringtrue.media.tests.test_sip_calls import TRUNK_PORT, ended_calls, gateway, phone, result, shop
from ringtrue.voice.speech.hibari import HibariVoice
from ringtrue.voice.speech.whisper import Whisper

__all__ = ["gateway", "phone", "shop"]

pytestmark = [pytest.mark.realtime, pytest.mark.skipif(not os.environ.get("RINGTRUE_LONG"), reason="minutes of real speech")]

WISH = "I have severe pain in a tooth. Can you connect me to the dentist on duty?"
HELLO = "Hello, this is the dentist on duty. Please come in at once."


@pytest.fixture(scope="module")
def media(database: None) -> Iterator[Media]:
    with pytest.MonkeyPatch.context() as patch:
        port = free_port(socket.SOCK_STREAM)
        patch.setenv("RINGTRUE_MEDIA_PORT", str(port))
        made = Media(port=port, speech="ringtrue.media.loop_speech:local")
        desk = CONFIG.data / "run" / "sip.sock"
        desk.parent.mkdir(parents=True, exist_ok=True)
        desk.symlink_to(made.socket.parent / "sip.sock")
        try:
            yield made.start()
        finally:
            made.stop()
            desk.unlink()


@pytest.mark.django_db(transaction=True)
def test_the_database_is_there() -> None:
    """See `database` in conftest."""


def test_the_briefing_is_understood_and_the_caller_hears_no_silence(shop: Started, phone: Any, tmp_path: Path) -> None:
    voice = HibariVoice()
    wish, hello, theirs = (tmp_path / name for name in ("wish.raw", "hello.raw", "theirs.raw"))
    wish.write_bytes(voice.speak(WISH, 8000))
    hello.write_bytes(voice.speak(HELLO, 8000))
    colleague = phone(dial=None, answer=True, port=TRUNK_PORT, take=True, press="1", sound=hello, seconds=90, out=theirs)
    assert colleague.stdout is not None
    assert colleague.stdout.readline() == "ready\n"
    result(phone(sound=wish, converse=True, stay=True, seconds=90))
    result(colleague)
    record = ended_calls(shop, 1)[-1]
    with workspace_scope(shop.workspace.id):
        timeline = reading.timeline(record)
        said = [(line.speaker, line.text) for line in reading.transcript(record)]
    ringing = [moment.at_ms for moment in timeline if moment.fields.get("stage") == "ringing"]
    assert ringing, said
    (begun_ms,) = ringing
    heard = (tmp_path / "heard.raw").read_bytes()[begun_ms * 16 :]
    frames = np.abs(np.frombuffer(heard[: len(heard) // 320 * 320], "<i2").astype(int)).reshape(-1, 160).max(axis=1)
    silence_s = np.diff(np.flatnonzero(frames > 200)).max() * 0.02
    whisper = Whisper()
    briefed = whisper.hear(theirs.read_bytes(), 8000).text.lower()
    passed_on = whisper.hear(heard[-16 * 7000 :], 8000).text.lower()
    print(
        f"\nlongest silence of the caller: {silence_s:.2f} s\nthe colleague heard: {briefed}\nthe caller heard at last: {passed_on}"
    )
    assert silence_s < 2.0
    assert "severe pain" in briefed
    assert "come in at once" in passed_on
    assert (record.end_reason, record.outcome) == ("transferred", "transfer")
