"""Pacing: a little ahead, by an absolute clock, exact to the sample."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.mouth import Mouth, Passage
from ringtrue.voice.call.recording import Recorder
from ringtrue.voice.call.said_part import said_part
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.events import AudioPiece, Said
from ringtrue.voice.lines.leg import FRAME_MS
from ringtrue.voice.speech.speaking_text import sentences


class Line:
    sample_rate = 8000
    can: Any = frozenset({"clear"})

    def __init__(self) -> None:
        self.frames: list[tuple[float, bytes]] = []
        self.clears = 0

    def play(self, pcm: bytes) -> None:
        self.frames.append((asyncio.get_running_loop().time(), pcm))

    def clear(self) -> None:
        self.clears += 1


class Stage:
    def __init__(self) -> None:
        self.line = Line()
        self.said: list[Said] = []
        self.pieces: list[AudioPiece] = []
        self.clock = CallClock()
        self.recorder = Recorder(8000, 1000, self.pieces.append)
        self.recorder.start(0)
        self.mouth = Mouth(self.line, CallSettings(), self.clock, self.recorder, self.said.append, lambda _: None)  # type: ignore[arg-type]

    def passage(self, ms: int, text: str = "One two three four.", **how: Any) -> Passage:
        passage = Passage(text, **how)
        self.mouth.add(passage)
        rng = np.random.default_rng(len(text) + ms)
        passage.pcm += rng.integers(1, 9000, 8 * ms).astype("<i2").tobytes()
        passage.made = True
        return passage

    async def run(self, ms: int, step: int = 20) -> None:
        for _ in range(ms // step):
            self.mouth.pump(self.clock.now())
            self.recorder.tick(self.clock.ms())
            await asyncio.sleep(step / 1000)


async def test_audio_is_always_60_to_100_ms_ahead() -> None:
    stage = Stage()
    stage.passage(3000)
    began = stage.clock.now()
    for _ in range(100):
        stage.mouth.pump(stage.clock.now())
        ahead = len(stage.line.frames) * FRAME_MS - (stage.clock.now() - began) * 1000
        assert 60 <= round(ahead) <= 100
        await asyncio.sleep(0.02)
        assert len(stage.line.frames) * FRAME_MS - (stage.clock.now() - began) * 1000 > 59.9


async def test_after_a_stall_there_is_no_burst_and_nothing_is_skipped() -> None:
    stage = Stage()
    passage = stage.passage(3000)
    await stage.run(500)
    await asyncio.sleep(0.7)  # the process was stopped
    before = len(stage.line.frames)
    stage.mouth.pump(stage.clock.now())
    assert len(stage.line.frames) - before <= 100 // FRAME_MS
    await stage.run(3000)
    assert b"".join(pcm for _, pcm in stage.line.frames) == bytes(passage.pcm)


async def test_pause_and_resume_lose_and_repeat_no_sample() -> None:
    stage = Stage()
    passage = stage.passage(2000)
    await stage.run(500)
    await asyncio.sleep(0.0071)  # in the middle of a frame
    at = stage.clock.now()
    heard_ms = (at - stage.line.frames[0][0]) * 1000
    assert stage.mouth.pause(at)
    assert stage.line.clears == 1
    assert passage.head == round(heard_ms * 8) * 2
    await stage.run(400)
    stage.mouth.resume(stage.clock.now())
    frames = [pcm for time, pcm in stage.line.frames if time >= stage.clock.now()]
    assert frames[0] == bytes(passage.pcm)[round(heard_ms * 8) * 2 :][:320]
    await stage.run(2000)
    (said,) = stage.said
    assert said.complete
    assert abs(said.end_ms - 2400) <= 40


async def test_the_recording_holds_silence_where_the_agent_was_stopped() -> None:
    stage = Stage()
    stage.passage(3000)
    await stage.run(500)
    stage.mouth.pause(stage.clock.now())
    await stage.run(300)
    stage.mouth.cut(stage.clock.now())
    await stage.run(1000)
    agent = np.frombuffer(stage.pieces[0].pcm, "<i2").reshape(-1, 2)[:, 1]
    assert np.all(agent[: 500 * 8])
    assert not np.any(agent[500 * 8 :])


async def test_a_line_that_cannot_clear_is_not_thought_to_have_stopped() -> None:
    stage = Stage()
    stage.line.can = frozenset()
    passage = stage.passage(2000)
    await stage.run(500)
    stage.mouth.pause(stage.clock.now())
    assert stage.line.clears == 0
    assert passage.head == len(stage.line.frames) * 320


async def test_sentences_follow_each_other_with_a_breath() -> None:
    stage = Stage()
    stage.passage(400, "First one.")
    stage.passage(400, "Second one.")
    await stage.run(1500)
    first, second = stage.said
    assert (first.text, second.text) == ("First one.", "Second one.")
    played = b"".join(pcm for _, pcm in stage.line.frames)
    assert not np.any(np.frombuffer(played, "<i2")[400 * 8 :][: CallSettings().between_sentences * 8])


def test_sentences_are_not_split_at_abbreviations() -> None:
    assert sentences("Dr. Patel is in. It costs $1.50 at 9 a.m. on Monday. Is that fine?") == [
        "Dr. Patel is in.",
        "It costs $1.50 at 9 a.m. on Monday.",
        "Is that fine?",
    ]
    assert sentences("") == []


def test_only_whole_words_count_as_said() -> None:
    assert said_part("We are open until five.", 0.45) == "We are"
    assert said_part("We are open until five.", 0.0) == ""
    assert said_part("We are open until five.", 1.0) == "We are open until five."


def test_the_silence_around_a_sentence_is_cut() -> None:
    from ringtrue.voice.call.trimming import without_leading_silence, without_trailing_silence

    words = np.full(800, 5000, "<i2").tobytes()
    padded = bytes(2 * 2400) + words + bytes(2 * 4000)
    assert without_leading_silence(padded, 8000) == bytes(2 * 160) + words + bytes(2 * 4000)
    assert without_trailing_silence(padded, 8000) == bytes(2 * 2400) + words + bytes(2 * 320)
    assert without_leading_silence(bytes(320), 8000) == b""


async def test_before_the_time_that_it_names_there_is_nothing_to_do() -> None:
    always, asked = Stage(), Stage()
    for stage in (always, asked):
        stage.passage(700, "One two.")
        stage.passage(330, "Three.")
        late = Passage("Four, which the voice is still at.")
        stage.mouth.add(late)
    looks = 0
    for tick in range(120):
        now = always.clock.now()
        if tick == 60:  # the voice has made the rest
            for stage in (always, asked):
                stage.mouth._queue[-1].pcm += bytes(range(256)) * 25
                stage.mouth._queue[-1].made = True
                stage.mouth.pump(now)
        if tick in (15, 75):
            assert always.mouth.pause(now) == asked.mouth.pause(now)
        if tick in (30, 80):
            always.mouth.resume(now)
            asked.mouth.resume(now)
        always.mouth.pump(now)
        if now >= asked.mouth.look_at:
            looks += 1
            asked.mouth.pump(now)
        assert asked.line.frames == always.line.frames
        assert asked.said == always.said
        assert asked.mouth.busy == always.mouth.busy
        await asyncio.sleep(0.02)
    assert len(always.said) == 3
    assert not always.mouth.busy
    assert looks < 120, "it is looked at only when there is something to do"
