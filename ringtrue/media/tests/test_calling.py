"""`ringtrue call`, with the real models, in virtual time; and what it says to a question that cannot be answered."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import Started, starter_workspace
from ringtrue.calendars.models import Booking
from ringtrue.calls import reading
from ringtrue.calls.models import Call
from ringtrue.media import calling
from ringtrue.media.demonstrating import play_demo_call
from ringtrue.media.measuring_turns import heard_turns, turns_in
from ringtrue.voice.lines.simulated_callers import Leave, Press, Wait
from ringtrue.voice.speech import models

pytestmark = pytest.mark.line

REAL_CALL = "audio/calls8k/aws_auto_repairs_49_2ch.flac"


@pytest.fixture(scope="module")
def shop(database: None) -> Started:
    return starter_workspace("dental", owner_email="owner@dental.example", slug="called", is_demo=True)


@pytest.fixture(scope="module")
def speech() -> None:
    for name in models.manifest():
        models.ensure(name)


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((5000 * np.sin(np.arange(8000) / 3)).astype("<i2").tobytes())
    return path


def test_the_demo_call_is_answered_understood_and_recorded(shop: Started, speech: None) -> None:
    printed: list[str] = []
    assert play_demo_call(say=printed.append, virtual=True) == 0, "\n".join(printed)
    text = "\n".join(printed)
    assert "closed on Thanksgiving" in text
    assert "$320" in text
    assert "reply after" in text
    with workspace_scope(shop.workspace.id):
        call = Call.objects.get(line="simulated")
        assert (call.outcome, call.recorded, call.is_test) == ("booking", True, True)
        assert Booking.objects.get().service == "Cleaning"
        assert reading.wav(call).duration_ms > 30_000
    assert f"/w/called/calls/{call.id}/" in text


def test_a_real_recorded_caller_goes_through_the_agent(
    shop: Started, speech: None, eval_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first minute and a half of the two-channel call; `ringtrue call` itself takes all of it."""
    from ringtrue.voice.audio.reading import read_channels

    sound, rate = read_channels(eval_data / REAL_CALL)
    cut = tmp_path / "cut.wav"
    with wave.open(str(cut), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.ascontiguousarray(sound[: 90 * rate]).tobytes())
    status = calling.main(["--agent", "demo-dental", "--audio", str(cut), "--channel", "0", "--virtual", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert (status, report["exit"]) == (0, 0)
    assert report["caller_turns_in_audio"] >= 6
    assert report["caller_turns_share"] >= 0.8
    assert report["latency"]["turns"] >= 3
    with workspace_scope(shop.workspace.id):
        kept = {line.text for line in reading.transcript(Call.objects.get(id=report["call_id"])) if line.text}
    # What was said before anybody had been told of a recording was heard and answered, and is not kept.
    spoken = {turn["text"] for turn in report["turns"] if turn["end_ms"] > report["recorded_from_ms"]}
    assert spoken <= kept
    assert report["turns"][0]["text"] not in kept
    # Nothing invented: every price and every clock time that was said is one of the business's own.
    facts = json.dumps(shop.version.document)
    said = " ".join(turn["text"] for turn in report["turns"] if turn["who"] == "agent")
    assert all(word.strip(".,") in facts for word in said.split() if word.startswith("$"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--agent", "nobody", "--say", "hello"], "There is no agent `nobody`"),
        (["--agent", "demo-dental", "--audio", "/nowhere.wav"], "There is no file /nowhere.wav."),
        (["--agent", "demo-dental", "--audio", "TONE", "--channel", "3"], "there is no channel 3"),
        (["--agent", "demo-dental", "--script", "/nowhere.txt"], "cannot be read as a script"),
        (["--agent", "demo-dental"], "Say what the caller does"),
        (["--agent", "demo-dental", "--say", "x", "--audio", "TONE"], "one of them"),
        (["--agent", "demo-dental", "--say", "x", "--line", "twilio"], "not `twilio`"),
    ],
)
def test_a_wrong_question_gets_a_sentence_and_exit_2(
    shop: Started, tone: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert calling.main([str(tone) if word == "TONE" else word for word in arguments]) == 2
    assert sentence in capsys.readouterr().err
    with workspace_scope(shop.workspace.id):
        assert not Call.objects.filter(state="ringing").exists()


def test_audio_without_speech_is_not_a_call_that_was_understood(shop: Started, speech: None, tone: Path, capsys: Any) -> None:
    assert calling.main(["--agent", "demo-dental", "--audio", str(tone), "--virtual", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["understood"], report["caller_turns_heard"], report["outcome"]) == (False, 0, "no_speech")


def test_a_script_is_turns_and_acts(tmp_path: Path) -> None:
    path = tmp_path / "script.txt"
    path.write_text("# somebody in a hurry\nHello.\nwait: 1.5\npress: 12#\n\nHang up\n")
    assert calling.read_script(path) == ["Hello.", Wait(1500), Press("12#"), Leave()]
    path.write_text("wait: soon\n")
    with pytest.raises(calling.CannotCall, match="line 1"):
        calling.read_script(path)


def test_turns_are_counted_as_heard_only_where_something_was_heard() -> None:
    turns = [(0, 1000), (3000, 4000), (8000, 9000)]
    assert heard_turns(turns, [(100, 900), (3900, 4200), (5000, 6000)]) == 2
    assert heard_turns(turns, []) == 0


def test_silence_and_noise_hold_no_turns(speech: None) -> None:
    activity = models.voice_activity(slots=1)
    assert turns_in(bytes(16000 * 5), 8000, activity) == []


@pytest.mark.django_db
def test_an_agent_of_two_workspaces_must_be_named_with_its_workspace(dental: Any) -> None:
    starter_workspace("dental", owner_email="b@dental.example", slug="second")
    with pytest.raises(calling.CannotCall, match="--workspace"):
        calling.find_agent("demo-dental")
    assert calling.find_agent("demo-dental", "second").workspace.slug == "second"
