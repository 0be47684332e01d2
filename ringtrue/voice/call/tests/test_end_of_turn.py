"""When the caller has finished, and when not."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np

from ringtrue.voice.audio.reading import read_audio
from ringtrue.voice.audio.resampling import resample
from ringtrue.voice.brains.acts import Ask, HangUp
from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.ear import Ear
from ringtrue.voice.call.ending_turns import Habit, digits_in, end_delay
from ringtrue.voice.call.hearing import Hearing
from ringtrue.voice.call.keypad import Keypad
from ringtrue.voice.call.listening import Listening, Utterance
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.tests.stand_ins import UNRECORDED, StubBrain, Studio, order
from ringtrue.voice.events import Digits, Heard, Said, TurnTimes
from ringtrue.voice.lines.simulated import Heard as CallerHears
from ringtrue.voice.lines.simulated_callers import Leave, Play, Press, ScriptedCaller
from ringtrue.voice.speech.kinds import Expecting, Transcript

QUIET = order(recording=UNRECORDED)
S = CallSettings()


def pause(ms: int) -> bytes:
    return bytes(16 * ms)


def trimmed(pcm: bytes) -> bytes:
    """Without the silence that a voice puts around its sentences."""
    sound = np.frombuffer(pcm, "<i2")
    loud = np.flatnonzero(np.abs(sound) > 300)
    return sound[loud[0] : loud[-1]].tobytes()


def test_delays_follow_the_words_and_what_was_asked() -> None:
    assert end_delay("When are you open?", "open", S) == S.end_complete
    assert end_delay("I'd like to book a", "open", S) == S.end_unfinished
    assert end_delay("My number is", "open", S) == S.end_unfinished
    assert end_delay("Which number should I call you at?", "open", S) == S.end_complete
    assert end_delay("tomorrow morning at nine", "open", S) == S.end_unclear
    assert end_delay("Yes.", "yes_no", S) == S.end_complete
    assert end_delay("555 01", "digits", S) == S.end_code
    assert end_delay("Eight.", "digits", S) == S.end_code
    assert end_delay("856", "digits", S) == end_delay("856 555.", "digits", S) == S.end_digits, "half a telephone number"
    assert end_delay("856 555 0123", "digits", S) == S.end_whole_number, "ten digits are a whole number"
    assert end_delay("March 25th.", "date", S) == S.end_unclear, "the year may follow"
    assert end_delay("It's 856 555", "open", S) == S.end_digits, "nobody asked for it, but more will come"
    assert end_delay("M I L", "spelling", S) == S.end_spelling
    assert end_delay("12 Oak Street", "address", S) == S.end_address
    assert end_delay("", "open", S) == S.end_unclear
    assert end_delay("tomorrow morning", "open", S, habit_ms=800) == 1000
    assert end_delay("tomorrow morning", "open", S, habit_ms=9000) == S.end_unfinished
    assert end_delay("When are you open?", "open", S, habit_ms=400) == 500
    assert end_delay("When are you open?", "open", S, habit_ms=9000) == S.end_unclear, (
        "a whole sentence is never waited on for long"
    )
    patient = CallSettings(end_unfinished=9000)
    assert end_delay("My number is", "open", patient) == patient.end_longest, "whatever was asked"
    assert digits_in("five five five oh one") == "55501"


def test_habits_are_a_moving_average() -> None:
    habit = Habit(0.5)
    for ms in (400, 800):
        habit.paused(ms)
    assert habit.ms == 600


async def test_the_early_transcript_costs_no_time_at_the_end(studio: Studio) -> None:
    studio.recognizer.delay_ms = 100
    call = await studio.call(["When are you open?"], StubBrain([HangUp("Bye.")]), order=QUIET)
    (times,) = call.port.all(TurnTimes)
    assert times.endpoint_ms <= S.end_complete + 60
    assert times.recognize_ms == 100
    assert times.reply_ms <= S.end_complete + 120
    assert len(studio.recognizer.given) == 1


async def test_the_recognizer_gets_what_went_before_the_onset(studio: Studio) -> None:
    """The first consonant is softer than what voice activity notices."""
    await studio.call(["When are you open?"], StubBrain([HangUp("Bye.")]), order=QUIET)
    begins = int(np.argmax(np.abs(np.frombuffer(studio.recognizer.last_pcm, "<i2")) > 500))
    assert 100 * 8 <= begins <= 2 * S.preroll * 8


async def test_a_pause_inside_a_number_does_not_end_the_turn(studio: Studio, speech: Any) -> None:
    first, second = trimmed(speech("Eight five six.")), trimmed(speech("Five five five oh one two three."))
    speech.know("Eight five six.", first)
    speech.know("Five five five oh one two three.", second)
    brain = StubBrain([Ask("What is your number?", "digits")], [HangUp("Bye.")])
    call = await studio.call(["Call me back please.", Play(first + pause(1000) + second, 8000)], brain, order=QUIET)
    assert [turn.text for turn in brain.heard][1:] == ["Eight five six. Five five five oh one two three."]
    assert len(call.port.all(Heard)) == 2


async def test_half_a_telephone_number_is_waited_on_longer_than_a_whole_one(studio: Studio, speech: Any) -> None:
    """The same pause: after six digits the turn goes on, after ten it is over."""
    half, rest, more = (
        trimmed(speech(text)) for text in ("Five five five five six.", "Oh one two three.", "Thanks, that is all.")
    )
    speech._clips.clear()
    for text, clip in (("856 555.", half), ("0123.", rest), ("Thanks, that is all.", more)):
        speech.know(text, clip)
    heard = []
    for said in (half + pause(1000) + rest, half + pause(300) + rest + pause(1000) + more):
        brain = StubBrain([Ask("I see, thank you very much, and is there anything else?")])
        brain.greeting = [Ask("What is your number?", "digits")]
        await studio.call([Play(said, 8000)], brain, order=QUIET)
        heard.append(brain.heard[0].text)
    speech._clips.clear()
    assert heard == ["856 555. 0123.", "856 555. 0123."]


async def test_a_caller_who_pauses_long_is_given_longer(studio: Studio, speech: Any) -> None:
    """The second pause is as long as the first, and longer than what such words get from a caller who was not heard pausing."""
    parts = ["Well tomorrow", "in the morning", "about nine"]
    clips = [trimmed(speech(part)) for part in parts]
    speech._clips.clear()
    for part, clip in zip(parts, clips, strict=True):
        speech.know(part, clip)
    said = clips[0] + pause(560) + clips[1] + pause(700) + clips[2]
    brain = StubBrain([HangUp("Bye.")])
    await studio.call([Play(said, 8000)], brain, order=QUIET)
    assert brain.heard[0].text == "Well tomorrow in the morning about nine"
    studio.settings = CallSettings(habit_factor=0.0)
    brain = StubBrain([HangUp("Bye.")])
    await studio.call([Play(said, 8000)], brain, order=QUIET)
    assert brain.heard[0].text != "Well tomorrow in the morning about nine"
    speech._clips.clear()


async def test_the_same_pause_ends_an_ordinary_turn(studio: Studio, speech: Any) -> None:
    first, second = trimmed(speech("When are you open?")), trimmed(speech("And where are you?"))
    speech.know("When are you open?", first)
    speech.know("And where are you?", second)
    brain = StubBrain([Ask("We are open until five, and we are in Mill Street.")])
    await studio.call([Play(first + pause(1000) + second, 8000)], brain, order=QUIET)
    assert brain.heard[0].text == "When are you open?"


async def test_a_caller_who_was_not_finished_is_not_answered_twice(studio: Studio, speech: Any) -> None:
    """They go on before anything of the answer was heard: both parts are one turn to the brain."""
    first, second = trimmed(speech("I would like to book.")), trimmed(speech("A cleaning for Tuesday."))
    speech.know("I would like to book.", first)
    speech.know("A cleaning for Tuesday.", second)
    studio.voice.delay_ms = 700
    brain = StubBrain([Ask("Which service would you like, please?")], [HangUp("Bye.")])
    call = await studio.call([Play(first + pause(450) + second, 8000)], brain, order=QUIET)
    assert brain.heard[-1].text == "I would like to book. A cleaning for Tuesday."
    assert "Which service" not in call.port.said()


class Turns:
    """A floor that keeps the turns."""

    expecting: Expecting = "open"
    hints: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.over: list[Utterance] = []

    def turn_over(self, utterance: Utterance) -> None:
        self.over.append(utterance)

    def __getattr__(self, _: str) -> Any:
        return lambda *_: None


async def test_long_speech_is_heard_in_parts_and_ends_at_last() -> None:
    lengths: list[float] = []

    class Recognizer:
        name = "stub"

        async def transcribe(self, pcm: bytes, sample_rate: int, **_: Any) -> Transcript:
            lengths.append(len(pcm) / 2 / sample_rate)
            return Transcript(text="and so on", confidence=0.9)

    settings = CallSettings(longest_utterance=1000, longest_turn=3500)
    clock, floor = CallClock(), Turns()
    ear = Ear(8000, settings, clock)
    Listening(ear, Hearing([Recognizer()], settings, lambda _: None), settings, clock, floor)
    for _ in range(200):  # 4 s without a pause
        await asyncio.sleep(0.02)
        ear.hear(bytes(320), clock.now())
        if ear.next_chunk() is not None:
            ear.judge(0.9, 0.01, 0)
    assert len(lengths) >= 3
    assert max(lengths) <= 1.5, "a recognizer is given no more than it can take"
    assert [turn.text for turn in floor.over][:1] == ["and so on " * 3 + "and so on"]


async def test_keys_are_a_turn(studio: Studio) -> None:
    brain = StubBrain([HangUp("Bye.")])
    call = await studio.call([Press("8565550123")], brain, order=QUIET)
    assert [(turn.text, turn.digits) for turn in brain.heard] == [("", "8565550123")]
    assert [event.digits for event in call.port.all(Digits)] == ["8565550123"]


def test_a_pause_or_the_hash_key_ends_an_entry() -> None:
    keys = Keypad(pause_ms=2000)
    keys.press("1", 0.0)
    assert not keys.full(1.9)
    assert keys.full(2.0)
    keys.press("#", 2.1)
    assert keys.full(2.1)
    assert keys.take() == "1"


async def test_keys_stop_the_agent(studio: Studio) -> None:
    class Impatient(ScriptedCaller):
        pressed = False

        def next(self, heard: CallerHears) -> bytes | str | None:
            if self.spoke and not self._playing and heard.speaking_ms >= 1000 and not self.pressed:
                self.pressed = True
                self.clock_ms += 20
                return "key:2"
            return super().next(heard)

    menu = "Press one for the hours, two for an appointment, three for prices, and four to speak to somebody at the practice."
    brain = StubBrain([Ask(menu)], [HangUp("Bye.")])
    caller = Impatient(studio.acts(["I'd like a cleaning."]), patience_s=30)
    call = await studio.call(caller, brain, order=QUIET)
    assert [turn.digits for turn in brain.heard] == ["", "2"]
    cut = next(said for said in call.port.all(Said) if not said.complete)
    assert menu.startswith(cut.text)
    assert len(cut.text) < len(menu) / 2


async def test_the_last_words_of_a_caller_who_hangs_up_are_kept(studio: Studio, speech: Any) -> None:
    class Abrupt(ScriptedCaller):
        def next(self, heard: CallerHears) -> bytes | str | None:
            before = bool(self._playing)
            frame = super().next(heard)
            return None if before and not self._playing else frame

    clip = trimmed(speech("Tell them Susan called."))
    speech.know("Tell them Susan called.", clip)
    call = await studio.call(Abrupt([Play(clip, 8000)]), order=QUIET)
    assert call.ended.reason == "caller_hung_up"
    assert [heard.text for heard in call.port.all(Heard)] == ["Tell them Susan called."]
    assert not call.brain.heard


async def test_a_wideband_leg_hears_the_same(studio: Studio) -> None:
    call = await studio.call(["When are you open?"], StubBrain([HangUp("Bye.")]), order=QUIET, sample_rate=16000)
    assert [turn.text for turn in call.brain.heard] == ["When are you open?"]
    assert call.port.all(TurnTimes)[0].reply_ms < 500


async def test_recorded_codes_are_not_cut_in_two(studio: Studio, speech: Any, eval_data: Path) -> None:
    """People of AN4 who read out letters and digits, each with their natural pauses, after a code was asked for."""
    rows = [json.loads(line) for line in (eval_data / "audio" / "manifest.jsonl").open()]
    codes = [
        r for r in rows if "/an4/" in r["file"] and r["duration"] > 2.4 and all(len(w) == 1 for w in r["transcript"].split()[:3])
    ]
    cut = 0
    for row in codes[:16]:
        pcm, rate = read_audio(eval_data / row["file"])
        pcm = resample(pcm, rate, 8000)
        speech.know(row["transcript"], pcm)
        brain = StubBrain([HangUp("Bye.")], greeting=[Ask("Please spell it.", "spelling")])
        call = await studio.call([Play(pcm, 8000), Leave(4000)], brain, order=QUIET)
        speech._clips.pop(row["transcript"])
        end = call.caller.spoke[0][1]
        cut += bool(call.port.all(TurnTimes)) and call.port.all(TurnTimes)[0].at_ms < end - 300
    print("codes tried:", len(codes[:16]), "cut into:", cut)
    assert cut == 0
