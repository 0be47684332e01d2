"""Interrupting the agent: it stops at once, goes on at the same sample when nothing was meant, and yields to words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ringtrue.voice.audio.reading import read_audio
from ringtrue.voice.brains.acts import Ask, HangUp, HeardTurn, Say, Use
from ringtrue.voice.call.interrupting import is_backchannel, judge
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.tests.stand_ins import Call, StubBrain, Studio, audio_of
from ringtrue.voice.events import Heard, Interrupted, Said
from ringtrue.voice.lines.simulated_callers import BreakIn, Play

LONG = "We are open from Monday to Thursday and on Fridays we close a little earlier than on the other days of the week."


def played_exactly(call: Call, text: str) -> tuple[np.ndarray, np.ndarray]:
    """What the caller heard of a sentence, silences taken out, beside what the voice had made of it."""
    heard = np.frombuffer(call.leg.heard.pcm, "<i2")
    made = np.frombuffer(audio_of(text), "<i2")
    begin = next(i for i in range(len(heard)) if np.array_equal(heard[i : i + 80], made[:80]))
    rest = heard[begin:]
    return rest[rest != 0][: len(made)], made[made != 0]


async def test_the_agent_stops_at_once_and_yields_to_words(studio: Studio) -> None:
    brain = StubBrain([Say(LONG), Ask("Anything else?")], [HangUp("Goodbye.")])
    call = await studio.call(["When are you open?", BreakIn("I only need to know about Friday.", 1500)], brain)
    (stop,) = call.port.all(Interrupted)
    assert not stop.resumed
    assert stop.pause_ms <= 150
    assert call.leg.clears == 1
    cut = next(said for said in call.port.all(Said) if not said.complete)
    assert LONG.startswith(cut.text)
    assert 3 <= len(cut.text.split()) < len(LONG.split())
    assert cut.at_ms == stop.at_ms, "the floor is given up at the words, not at the end of the turn"
    assert brain.heard[1].text == "I only need to know about Friday."
    assert brain.heard[1].interrupted == cut.text
    assert "Anything else?" not in call.port.said()


async def test_what_is_told_as_said_is_what_was_heard(studio: Studio) -> None:
    brain = StubBrain([Say(LONG)], [HangUp("Goodbye.")])
    call = await studio.call(["When are you open?", BreakIn("I only need to know about Friday.", 2000)], brain)
    cut = next(said for said in call.port.all(Said) if not said.complete)
    heard, made = played_exactly(call, LONG)
    same = int(np.argmax(heard[: len(made)] != made[: len(heard)]))  # samples until something else was heard
    told_ms = len(cut.text) * 50
    assert abs(same / 8 - told_ms) < 500
    assert abs((cut.end_ms - cut.start_ms) - same / 8) <= 40


@pytest.mark.parametrize("nod", ["Okay.", "Uh-huh.", "Yeah, sure."])
async def test_a_nod_does_not_stop_the_agent(studio: Studio, nod: str) -> None:
    brain = StubBrain([Say(LONG), HangUp("Goodbye.")])
    call = await studio.call(["When are you open?", BreakIn(nod, 1500)], brain)
    assert [stop.resumed for stop in call.port.all(Interrupted)] == [True]
    assert [(heard.text, heard.backchannel) for heard in call.port.all(Heard)][1:] == [(nod, True)]
    assert len(brain.heard) == 1
    heard, made = played_exactly(call, LONG)
    assert np.array_equal(heard[: len(made)], made), "the sentence was not taken up again at the very sample"


async def test_a_word_that_the_recognizer_does_not_believe_in_is_a_hum(studio: Studio) -> None:
    studio.recognizer.confidence = 0.2
    brain = StubBrain([Say(LONG), HangUp("Goodbye.")])
    call = await studio.call(["When are you open?", BreakIn("Tomorrow.", 1500)], brain)
    assert [stop.resumed for stop in call.port.all(Interrupted)] == [True]
    assert call.port.said().endswith(f"{LONG} | Goodbye.")


async def test_noise_stops_nothing_for_good(studio: Studio, speech: Any) -> None:
    """Speech without words, as far as any recognizer can tell: the television next door."""
    murmur = bytes(speech("Nobody understands this."))
    speech._clips.pop("Nobody understands this.")
    brain = StubBrain([Say(LONG), HangUp("Goodbye.")])
    call = await studio.call(["When are you open?", Play(murmur, 8000, after_ms=1500)], brain)
    assert [stop.resumed for stop in call.port.all(Interrupted)] == [True]
    heard, made = played_exactly(call, LONG)
    assert np.array_equal(heard[: len(made)], made)
    assert call.port.said().endswith(f"{LONG} | Goodbye.")


async def test_lasting_noise_does_not_silence_the_agent(studio: Studio, speech: Any) -> None:
    text = "This is somebody on the radio who talks and talks and never comes to an end, and goes on about the weather tomorrow and after that."
    murmur = bytes(speech(text)) * 2
    speech._clips.pop(text)
    brain = StubBrain([Say(LONG + " " + LONG), HangUp("Goodbye.")])
    call = await studio.call(["When are you open?", Play(murmur, 8000, after_ms=1000)], brain)
    first = call.port.all(Interrupted)[0]
    assert first.resumed
    assert first.at_ms < call.caller.spoke[1][0] + 3000, "the pause lasted as long as the noise"
    assert call.port.said().count(LONG) == 2


async def test_noise_that_nobody_can_make_out_in_time_does_not_silence_the_agent(studio: Studio, speech: Any) -> None:
    """The recognizer hangs over it."""
    text = "This is somebody on the radio who talks and talks and never comes to an end, and goes on about the weather tomorrow and after that."
    murmur = bytes(speech(text)) * 3
    works = studio.recognizer.transcribe

    async def hangs(pcm: bytes, *given: Any, **named: Any) -> Any:
        if studio.recognizer.given:
            await asyncio.sleep(3600)
        return await works(pcm, *given, **named)

    studio.recognizer.transcribe = hangs  # type: ignore[method-assign]
    brain = StubBrain([Say(LONG + " " + LONG), HangUp("Goodbye.")])
    call = await studio.call(["When are you open?", Play(murmur, 8000, after_ms=1000)], brain)
    first = call.port.all(Interrupted)[0]
    assert first.resumed
    assert first.at_ms < call.caller.spoke[1][0] + CallSettings().hold_longest + 300


async def test_firm_passages_are_heard_to_their_end(studio: Studio) -> None:
    brain = StubBrain(
        [Say(LONG, firm=True), Say("And this can be cut, should you want to say something else now.")], [HangUp("Bye.")]
    )
    call = await studio.call(["When are you open?", BreakIn("Stop it, I know all of that already.", 1500)], brain)
    assert call.leg.clears <= 1
    assert next(said for said in call.port.all(Said) if said.text == LONG).complete
    assert "should you want to say something else now" not in call.port.said()
    assert brain.heard[1].text == "Stop it, I know all of that already."


async def test_whoever_still_speaks_when_a_firm_passage_ends_is_heard_at_once(studio: Studio) -> None:
    brain = StubBrain(
        [Say(LONG, firm=True), Say("And this can be cut, should you want to say something else now.")], [HangUp("Bye.")]
    )
    words = "Stop it, I know all of that already, and what I want to know is when I can come."
    call = await studio.call(["When are you open?", BreakIn(words, 4000)], brain)
    (stop,) = call.port.all(Interrupted)
    firm = next(said for said in call.port.all(Said) if said.text == LONG)
    assert firm.complete
    assert call.caller.spoke[1][1] > firm.end_ms + 500, "the caller spoke beyond it"
    assert stop.pause_ms >= 0
    assert "And this can be cut" not in call.port.said()


async def test_the_disclosure_cannot_be_talked_over(studio: Studio) -> None:
    call = await studio.call([BreakIn("I want to book a cleaning please.", 500)], StubBrain([HangUp("Bye.")]))
    assert call.port.said().startswith("Hi, this is Robin, the AI assistant of Riverside Dental. | This call is recorded.")
    assert call.brain.heard[0].text == "I want to book a cleaning please."


async def test_an_okay_to_a_question_is_its_answer(studio: Studio) -> None:
    question = "I could offer you Monday at nine o'clock in the morning, shall I put you down for that?"
    brain = StubBrain([Ask(question, "yes_no")], [HangUp("Done.")])
    call = await studio.call(["I'd like a cleaning.", BreakIn("Okay.", 3600)], brain)
    assert [turn.text for turn in call.brain.heard] == ["I'd like a cleaning.", "Okay."]


async def test_a_tool_is_not_broken_off(studio: Studio) -> None:
    done: list[str] = []

    async def slow(_: dict[str, str]) -> dict[str, str]:
        await asyncio.sleep(6.0)
        done.append("booked")
        return {"booked": "true"}

    async def book(heard: HeardTurn) -> AsyncGenerator[Any, Any]:
        yield Say("I'm putting that into the calendar now, and it can take a little while to go through.")
        yield Use("book")
        yield Say("You are booked.")

    from ringtrue.voice.call.tests.stand_ins import KeptPort

    port = KeptPort(tools={"book": slow})
    brain = StubBrain(book, [HangUp("Bye.")])
    call = await studio.call(["I'd like a cleaning.", BreakIn("What does that cost, please?", 1500)], brain, port=port)
    assert done == ["booked"]
    assert "You are booked." in call.port.said()
    assert call.brain.heard[1].text == "What does that cost, please?"


def test_which_words_are_nods() -> None:
    for text in ("mhm", "Uh-huh.", "Okay.", "yeah, right", "I see.", "Mm-hmm", "All right.", "oh okay", "Yes?", "Write."):
        assert is_backchannel(text, 3), text
    for text in (
        "no",
        "wait",
        "huh?",
        "yes but when?",
        "stop",
        "Okay, what about Friday",
        "really?",
        "hello",
        "I",
        "okay okay okay okay",
    ):
        assert not is_backchannel(text, 3), text
    assert judge("okay", sure=True, most_words=3, question_playing=True, played_share=0.9) == "interruption"
    assert judge("...", sure=True, most_words=3, question_playing=False, played_share=0.9) == "nothing"
    assert judge("Thomas.", sure=False, most_words=3, question_playing=False, played_share=0.9) == "backchannel", "a hum"
    assert judge("Thomas.", sure=True, most_words=3, question_playing=False, played_share=0.9) == "interruption"
    assert judge("Not today please", sure=False, most_words=3, question_playing=False, played_share=0.9) == "interruption"


async def test_a_click_makes_a_short_pause_and_nothing_is_lost(studio: Studio) -> None:
    """Loud enough to be a first sign of speech, and then nothing follows: taken back, to the sample, and no event tells of it."""
    click = np.zeros(8 * 1500, "<i2")
    click[: 8 * 90] = np.random.default_rng(5).normal(0, 3000, 8 * 90)
    brain = StubBrain([Say(LONG), HangUp("Goodbye.")])
    call = await studio.call(["When are you open?", Play(click.tobytes(), 8000, after_ms=1500)], brain)
    assert call.leg.clears == 1
    assert not call.port.all(Interrupted)
    assert len(brain.heard) == 1
    heard, made = played_exactly(call, LONG)
    assert np.array_equal(heard[: len(made)], made)


async def test_the_agent_pauses_before_speech_is_sure(studio: Studio, speech: Any) -> None:
    """A word that begins with a noise: voice activity alone would notice it only at its vowel."""
    hiss = np.random.default_rng(4).normal(0, 1200, 8 * 160).astype("<i2").tobytes()
    words = speech("I only need to know about Friday.")
    sound = np.frombuffer(words, "<i2")
    words = sound[np.flatnonzero(np.abs(sound) > 500)[0] :].tobytes()
    speech.know("I only need to know about Friday.", hiss + words)
    waits = {}
    for how, settings in (("signs", None), ("onset", CallSettings(sign_level_dbfs=0.0))):
        studio.settings = settings
        call = await studio.call(
            ["When are you open?", Play(hiss + words, 8000, after_ms=1500)], StubBrain([Say(LONG)], [HangUp("Bye.")])
        )
        begins = call.caller.spoke[1][0]
        waits[how] = _quiet_from(call, begins) - begins
        assert not call.port.all(Interrupted)[0].resumed
    assert waits["signs"] <= 110
    assert waits["onset"] >= waits["signs"] + 60


async def test_the_agents_own_echo_does_not_stop_it(studio: Studio, speech: Any) -> None:
    """Its first syllables come back softly from a speakerphone, as speech: they stop nothing. The same speech aloud does."""
    text = "I only need to know about Friday."
    sound = np.frombuffer(speech(text), "<i2").astype(float)
    sound = sound[np.flatnonzero(np.abs(sound) > 500)[0] :][: 8 * 150]
    pauses = []
    for level_dbfs in (-42, -20):
        echo = (
            (sound * (32768 * 10 ** (level_dbfs / 20) / np.sqrt(np.mean(sound**2)))).clip(-32768, 32767).astype("<i2").tobytes()
        )
        brain = StubBrain([Say(LONG), HangUp("Goodbye.")])
        call = await studio.call(["When are you open?", Play(echo, 8000, after_ms=20)], brain)
        pauses.append(call.leg.clears)
        assert call.port.said().endswith(f"{LONG} | Goodbye.")
    assert pauses[0] == 0
    assert pauses[1] >= 1


async def test_pause_time_on_recorded_people(studio: Studio, speech: Any, eval_data: Path) -> None:
    """Twelve people of AN4 break in. The pause is measured from where their own clip begins to sound."""
    import json

    rows = [json.loads(line) for line in (eval_data / "audio" / "manifest.jsonl").open()]
    spoken: dict[str, dict[str, Any]] = {}
    for row in rows:
        if "/an4/" in row["file"] and 1.2 < row["duration"] < 4 and row["speaker"] not in spoken:
            spoken[row["speaker"]] = row
    pauses = []
    for row in list(spoken.values())[:12]:
        pcm, rate = read_audio(eval_data / row["file"])
        from ringtrue.voice.audio.resampling import resample

        pcm = resample(pcm, rate, 8000)
        sound = np.frombuffer(pcm, "<i2").astype(np.float32)
        power = np.array([np.mean(sound[i : i + 80] ** 2) for i in range(0, len(sound) - 80, 80)])
        onset_ms = 10 * int(np.argmax(power > power.max() / 300))
        speech.know(row["transcript"], pcm)
        brain = StubBrain([Say(LONG)], [HangUp("Bye.")])
        call = await studio.call(["When are you open?", Play(pcm, 8000, after_ms=1500)], brain)
        speech._clips.pop(row["transcript"])
        stop = call.port.all(Interrupted)[0]
        assert not stop.resumed, row["file"]
        paused_at = call.caller.spoke[1][0] + onset_ms
        pauses.append(_quiet_from(call, paused_at) - paused_at)
    print("barge-in to pause, ms:", sorted(pauses))
    assert np.median(pauses) <= 100
    assert sorted(pauses)[-2] <= 150


def _quiet_from(call: Call, ms: int) -> int:
    """When the caller heard the agent stop, after `ms`."""
    heard = np.frombuffer(call.leg.heard.pcm, "<i2")
    while np.any(heard[ms * 8 : (ms + 60) * 8]):
        ms += 5
    return ms
