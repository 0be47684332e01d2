"""What counts as speech, and where in time it lies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ringtrue.voice.audio.reading import read_audio
from ringtrue.voice.audio.resampling import resample
from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.ear import Ear
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.signs import Rises

S = CallSettings()


class Notes:
    def __init__(self) -> None:
        self.began: list[tuple[float, float]] = []
        self.ends: list[float] = []
        self.silences: list[float] = []
        self.signs: list[float] = []
        self.false_signs = 0

    def speech_began(self, start_ms: float, end_ms: float) -> None:
        self.began.append((start_ms, end_ms))

    def speech_went_on(self, end_ms: float) -> None:
        self.ends.append(end_ms)

    def silence_grew(self, silent_ms: float) -> None:
        self.silences.append(silent_ms)

    def speech_hinted(self, start_ms: float) -> None:
        self.signs.append(start_ms)

    def hint_passed(self) -> None:
        self.false_signs += 1


class Bench:
    """An ear that is fed chunks with made-up answers of the detector."""

    def __init__(self, rate: int = 8000) -> None:
        self.clock = CallClock()
        self.ear = Ear(rate, S, self.clock)
        self.rises = Rises(S)
        self.notes = Notes()
        self.ear.listener = self.notes
        self.rate = rate
        self._at = self.clock.zero

    def frames(self, pcm: bytes) -> None:
        size = self.rate // 25
        for begin in range(0, len(pcm) - size + 1, size):
            self._at += 0.02
            self.ear.hear(pcm[begin : begin + size], self._at)

    def chunks(self, *probabilities: float, power: float = 0.01) -> None:
        for probability in probabilities:
            while self.ear.next_chunk() is None:
                self.frames(bytes(self.rate // 25))
            self.ear.judge(probability, power, self.rises.one(power))


async def test_one_loud_chunk_is_no_speech_and_two_are() -> None:
    bench = Bench()
    bench.chunks(0, 0, 0.9, 0, 0)
    assert not bench.notes.began
    bench.chunks(0.9, 0.9)
    ((start, end),) = bench.notes.began
    assert end - start == 64


async def test_between_the_two_thresholds_nothing_changes() -> None:
    bench = Bench()
    bench.chunks(0.9, 0.4, 0.9)
    assert bench.notes.began, "0.4 neither begins nor ends an onset"
    bench = Bench()
    bench.chunks(0.9, 0.2, 0.9)
    assert not bench.notes.began


async def test_soft_sounds_are_never_speech() -> None:
    bench = Bench()
    bench.chunks(0.99, 0.99, 0.99, power=10 ** (-55 / 10))
    assert not bench.notes.began


async def test_a_click_in_a_pause_does_not_begin_the_speech_again() -> None:
    bench = Bench()
    bench.chunks(0.9, 0.9, *[0.0] * 10, 0.9, 0.0)
    assert not bench.notes.ends
    assert bench.notes.silences[-1] > 300
    bench.chunks(0.9, 0.9)
    assert bench.notes.ends


async def test_the_agents_own_echo_is_no_onset_unless_it_lasts_or_is_loud() -> None:
    soft, loud = 10 ** (-42 / 10), 10 ** (-30 / 10)
    bench = Bench()
    bench.ear.echo_until_ms = 400
    bench.chunks(*[0.9] * 4, *[0.0] * 3, power=soft)
    assert not bench.notes.began
    bench = Bench()
    bench.ear.echo_until_ms = 400
    bench.chunks(*[0.9] * 4, power=loud)
    assert bench.notes.began
    bench = Bench()
    bench.ear.echo_until_ms = 400
    bench.chunks(*[0.9] * 7, power=soft)
    assert bench.notes.began


async def test_one_chunk_is_a_sign_and_no_speech() -> None:
    bench = Bench()
    bench.chunks(0.9, *[0.0] * 12)
    assert len(bench.notes.signs) == 1
    assert bench.notes.false_signs == 1
    assert not bench.notes.began
    bench.chunks(0.9, 0.9)
    assert len(bench.notes.signs) == 2
    assert bench.notes.false_signs == 1, "this one became speech"
    assert bench.notes.began


async def test_a_little_speech_is_a_sign_until_it_was_wrong() -> None:
    bench = Bench()
    for _ in range(2):
        bench.chunks(0.25, power=10**-4.7)  # one chunk: no rise of loudness
        bench.chunks(*[0.0] * 8, power=10**-6.0)
        assert (len(bench.notes.signs), bench.notes.false_signs) == (1, 1)
    assert len(bench.notes.signs) == 1, "guesses rest after a mistake"


async def test_loudness_over_the_lines_noise_is_a_sign_until_it_was_wrong() -> None:
    quiet, loud = 10**-6.0, 10**-3.5
    bench = Bench()
    bench.chunks(*[0.0] * 4, power=quiet)
    bench.chunks(0.0, 0.0, power=loud)
    assert len(bench.notes.signs) == 1, "a word that begins with a noise, as far as anybody knows"
    bench.chunks(*[0.0] * 10, power=quiet)
    assert bench.notes.false_signs == 1
    for _ in range(3):  # somebody is washing up
        bench.chunks(0.0, 0.0, power=loud)
        bench.chunks(*[0.0] * 14, power=quiet)
    assert len(bench.notes.signs) <= 3, "after each mistake loudness counts for nothing, longer every time"
    before = len(bench.notes.signs)
    bench.chunks(0.9, power=loud)
    assert len(bench.notes.signs) == before + 1, "what the detector takes for speech always counts"
    assert not bench.notes.began


async def test_a_loud_line_is_its_own_measure() -> None:
    bench = Bench()
    bench.chunks(*[0.0] * 400, power=10**-5.3)
    bench.chunks(*[0.0] * 3, power=10**-4.4)
    assert not bench.notes.signs, "9 dB over the noise of a car"
    bench.chunks(*[0.0] * 3, power=10**-6.0)
    bench.chunks(*[0.0] * 3, power=10**-4.4)
    assert len(bench.notes.signs) == 1, "the car has stopped"


async def test_the_agents_own_echo_is_no_sign() -> None:
    bench = Bench()
    bench.chunks(*[0.0] * 4, power=10**-6.0)
    bench.ear.echo_until_ms = bench.ear.heard_ms + 400
    bench.chunks(*[0.9] * 3, power=10 ** (-42 / 10))
    assert not bench.notes.signs


async def test_the_detector_is_reset_in_long_quiet() -> None:
    bench = Bench()
    bench.chunks(*[0.0] * (S.reset_after_quiet // 32 - 2))
    assert not bench.ear.reset_due()
    bench.chunks(0.0, 0.0, 0.0, 0.0)
    assert bench.ear.reset_due()
    assert not bench.ear.reset_due(), "once"


async def test_preroll_is_kept_and_memory_is_not() -> None:
    bench = Bench()
    minute = np.arange(8000 * 60, dtype=np.int32).astype("<i2").tobytes()
    for second in range(60):
        bench.frames(minute[second * 16000 : second * 16000 + 16000])
        while bench.ear.has_chunk:  # as the office has them judged, tick by tick
            assert bench.ear.next_chunk() is not None
            bench.ear.judge(0.0, 0.0, 0)
    assert len(bench.ear._kept) <= 4 * S.preroll * 16
    end = bench.ear.heard_ms
    start, pcm = bench.ear.audio(end - S.preroll, end)
    assert start == end - S.preroll
    assert len(pcm) == S.preroll * 16


async def test_lost_frames_leave_silence_in_their_place() -> None:
    bench = Bench()
    bench.frames(bytes(16 * 1000))
    bench._at += 0.8  # forty frames never came
    bench.frames(bytes(16 * 3000))
    assert abs(bench.ear.heard_ms - (bench._at - bench.clock.zero) * 1000) <= 40


async def test_late_frames_are_not_lost_frames() -> None:
    bench = Bench()
    bench.frames(bytes(16 * 1000))
    late = bench._at
    for n in range(40):  # a stall on the way, then all at once
        bench.ear.hear(bytes(320), late + 0.8)
        bench._at = late + 0.02 * (n + 1)
    bench.frames(bytes(16 * 2000))
    assert abs(bench.ear.heard_ms - (bench._at - bench.clock.zero) * 1000) <= 40


async def test_silence_put_in_for_late_frames_is_taken_out_again() -> None:
    bench = Bench()
    bench.frames(bytes(16 * 1000))
    late = bench._at + 0.8
    bench.ear.fill(late)
    for n in range(40):
        bench.ear.hear(bytes(320), late + n * 0.0001)
    bench._at = late
    bench.frames(bytes(16 * 200))
    assert abs(bench.ear.heard_ms - (bench._at - bench.clock.zero) * 1000) <= 80


async def test_a_line_that_stops_sending_lets_the_turn_end() -> None:
    bench = Bench()
    bench.chunks(0.9, 0.9, 0.9)
    before = bench.ear.heard_ms
    bench.ear.fill(bench._at + 0.3)
    assert bench.ear.heard_ms == before
    bench.ear.fill(bench._at + 1.0)
    assert bench.ear.heard_ms >= before + 900


@pytest.mark.parametrize("rate", [8000, 16000])
async def test_recorded_people_are_heard_where_they_speak(activity: Any, eval_data: Path, rate: int) -> None:
    rows = [json.loads(row) for row in (eval_data / "audio" / "manifest.jsonl").open()]
    rows = [row for row in rows if "/an4/" in row["file"] and row["duration"] > 1.0][:20]
    heard = 0
    for row in rows:
        pcm, own = read_audio(eval_data / row["file"])
        bench = Bench(rate)
        activity.reset(0)
        bench.frames(bytes(rate) + resample(pcm, own, rate) + bytes(2 * rate))
        while (chunk := bench.ear.next_chunk()) is not None:
            sound = chunk.astype(np.float32)[None] / 32768
            power = float(np.mean(sound**2))
            bench.ear.judge(float(activity.probabilities(sound, np.array([0]))[0]), power, bench.rises.one(power))
        assert not any(start < 450 for start, _ in bench.notes.began), "speech in the silence before"
        heard += bool(bench.notes.began)
    assert heard == len(rows)
