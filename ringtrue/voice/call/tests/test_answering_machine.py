"""A machine answers our call: nothing is said over its greeting, and what is left on it comes after the beep. A person waits for nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from ringtrue.voice.agent import Mission
from ringtrue.voice.audio.beeps import BeepDetector
from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode
from ringtrue.voice.audio.reading import read_audio
from ringtrue.voice.brains.campaign_call import CampaignCall
from ringtrue.voice.call import wording
from ringtrue.voice.call.tests.stand_ins import AGENT, Call, StubBrain, Studio, order
from ringtrue.voice.events import Consent, Said
from ringtrue.voice.lines.simulated_callers import RecordedCaller

LEAD_MS = 400
MESSAGE = "Riverside Dental called. Please call us back."
NAMELESS = "Dana and the dog are up in the hills until the end of the month."  # nothing in it says what it is


def quiet(ms: int) -> bytes:
    return bytes(16 * ms)


def beep(ms: int = 400, hz: float = 1000.0, dbfs: float = -15.0) -> bytes:
    tone = 10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * np.arange(8 * ms) / 8000)
    return ulaw_decode(ulaw_encode((tone * 32767).astype("<i2").tobytes()))


async def answered(studio: Studio, pcm: bytes, voicemail: str = MESSAGE) -> Call:
    mission = Mission(goal="remind", reason="You have an appointment tomorrow.", voicemail=voicemail)
    brain = CampaignCall(StubBrain(), mission)  # type: ignore[arg-type]
    caller = RecordedCaller(pcm, 8000, lead_s=LEAD_MS / 1000, tail_silence_s=6.0)
    return await studio.call(caller, brain, order=order(direction="outbound", mission=mission))  # type: ignore[arg-type]


def ends_ms(pcm: bytes) -> int:
    return LEAD_MS + len(pcm) // 16


@pytest.mark.parametrize(
    ("first", "then"),
    [("You've reached Dana.", "I can't come to the phone. Please leave a message after the tone."), (NAMELESS, "")],
    ids=["by its words", "by its beep alone"],
)
async def test_a_message_is_left_after_the_beep_and_never_over_the_greeting(studio: Studio, first: str, then: str) -> None:
    pcm = studio.speech(first) + (quiet(700) + studio.speech(then) if then else b"") + quiet(500) + beep()
    call = await answered(studio, pcm + quiet(200))
    assert call.port.said() == f"{wording.disclosure(AGENT)} | {MESSAGE.replace('. ', '. | ')}"
    begins = call.port.all(Said)[0].start_ms - ends_ms(pcm)
    assert 0 <= begins <= 1500
    assert call.ended.reason == "agent_hung_up"
    assert [consent.granted for consent in call.port.all(Consent)] == [False]  # a machine agrees to no recording
    assert not call.port.pieces


async def test_a_machine_that_says_something_which_is_not_understood_is_still_greeting(studio: Studio) -> None:
    """A machine puts the digits of an extension together one by one, and a single digit may be taken for noise."""
    last = "They are on the phone. Please leave your message after the tone."
    digits = 2 * (quiet(400) + studio.speech.unknown("two"))
    pcm = studio.speech("The person at this extension.") + digits + quiet(400) + studio.speech(last) + quiet(500) + beep()
    call = await answered(studio, pcm + quiet(200))
    assert 0 <= call.port.all(Said)[0].start_ms - ends_ms(pcm) <= 1500
    assert MESSAGE.split(". ")[1] in call.port.said()


async def test_a_machine_without_a_beep_is_left_its_message_when_it_has_fallen_silent(studio: Studio) -> None:
    pcm = studio.speech("You've reached the voicemail of Dana.") + quiet(1800) + studio.speech("Please leave a message.")
    call = await answered(studio, pcm)
    assert MESSAGE.split(". ")[1] in call.port.said()
    assert 2500 <= call.port.all(Said)[0].start_ms - ends_ms(pcm) <= 4500


async def test_where_nothing_is_to_be_left_nothing_is_said(studio: Studio) -> None:
    pcm = studio.speech("Please leave a message after the tone.") + quiet(3000) + beep()
    call = await answered(studio, pcm, voicemail="")
    assert (call.port.said(), call.ended.reason) == ("", "agent_hung_up")
    assert call.ended.duration_ms < ends_ms(pcm)


@pytest.mark.parametrize("greeting", ["Hello?", "Thank you for calling the bakery, this is Amy in the shop today."])
async def test_a_person_is_spoken_to_within_two_seconds(studio: Studio, greeting: str) -> None:
    pcm = studio.speech(greeting)
    call = await answered(studio, pcm)
    assert call.port.said().startswith(wording.disclosure(AGENT))
    assert -300 <= call.port.all(Said)[0].start_ms - ends_ms(pcm) <= 2000  # a clip ends with some silence


async def test_recorded_greetings_of_real_voicemail(studio: Studio, eval_data: Path) -> None:
    rows = [json.loads(line) for line in (eval_data / "audio/manifest.jsonl").read_text().splitlines()]
    greetings = [row for row in rows if row.get("label") == "voicemail_greeting_with_beep"]
    assert greetings
    for row in greetings:
        pcm, rate = read_audio(eval_data / row["file"])
        assert rate == 8000
        studio.speech.know(row["transcript"].partition(" (simple")[0], pcm)
        call = await answered(studio, pcm)
        assert MESSAGE.split(". ")[1] in call.port.said(), row["file"]
        assert 0 <= call.port.all(Said)[0].start_ms - ends_ms(pcm) <= 1500, row["file"]


def hears(pcm: bytes) -> int:
    detector = BeepDetector()
    return sum(detector.feed(pcm[begin : begin + 1280]) for begin in range(0, len(pcm), 1280))


def test_beeps_are_heard_and_told_apart() -> None:
    for hz in (400, 440, 500, 620, 800, 1000, 1200, 1400, 2000, 2200):
        for ms in (180, 250, 500, 1000, 1500):
            for dbfs in (-9, -20, -30):
                assert hears(quiet(333) + beep(ms, hz, dbfs) + quiet(500)) == 1, (hz, ms, dbfs)
    key = np.frombuffer(beep(300, 697), "<i2") // 2 + np.frombuffer(beep(300, 1209), "<i2") // 2
    assert hears(quiet(100) + key.astype("<i2").tobytes() + quiet(500)) == 0
    assert hears(quiet(100) + beep(4000, 425) + quiet(500)) == 0  # a tone of the network lasts
    assert hears(quiet(100) + beep(90) + quiet(500)) == 0


def test_no_beep_is_heard_in_speech(eval_data: Path) -> None:
    rows = [json.loads(line) for line in (eval_data / "audio/manifest.jsonl").read_text().splitlines()]
    clips = [row for row in rows if row["file"].split("/")[1] in ("calls8k", "asterisk_prompts")]
    assert len(clips) > 100
    clips = clips if os.environ.get("RINGTRUE_LONG") else clips[::4]
    alarms = [row["file"] for row in clips if hears(read_audio(eval_data / row["file"])[0] + quiet(500))]
    assert len(alarms) <= 0.01 * len(clips), alarms
