"""What lets one process hold hundreds of calls: work only where there is some, and nothing left behind."""

from __future__ import annotations

import asyncio
import gc

import numpy as np
import pytest

from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode
from ringtrue.voice.brains.acts import HangUp
from ringtrue.voice.call.clock import CallClock
from ringtrue.voice.call.conversation import Conversation
from ringtrue.voice.call.ear import Ear
from ringtrue.voice.call.judging import SOFT_CHUNKS, Judge
from ringtrue.voice.call.recording import Recorder
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.tests.stand_ins import UNRECORDED, KeptPort, StubBrain, Studio, order
from ringtrue.voice.call.tests.test_office import line
from ringtrue.voice.events import AudioPiece


def tone(ms: int, amplitude: int = 8000, rate: int = 8000) -> bytes:
    return (amplitude * np.sin(np.arange(rate * ms // 1000) / 5)).astype("<i2").tobytes()


async def test_nothing_of_a_call_is_left_behind(studio: Studio) -> None:
    office = studio.new_office(StubBrain([HangUp("Bye.")]), max_calls=3)
    async with office:
        for round_ in range(4):
            calls = [
                office.serve(
                    order(call_id=f"{round_}-{n}", recording=UNRECORDED), await line(studio, "When are you open?"), KeptPort()
                )
                for n in range(3)
            ]
            await asyncio.gather(*calls)
        del calls
        await asyncio.sleep(1)
        gc.collect()
        assert [held for held in gc.get_objects() if isinstance(held, Conversation)] == []
        assert not office.calls
        assert office.refusal() == "", "every slot came back"


async def test_mu_law_heard_as_it_came_gives_the_same_sound() -> None:
    settings, clock = CallSettings(), CallClock()
    coded, linear = Ear(8000, settings, clock, "ulaw"), Ear(8000, settings, clock)
    sound = ulaw_encode(tone(400))
    for at in range(0, len(sound), 160):
        frame = sound[at : at + 160]
        moment = clock.zero + (at + 160) / 8000
        assert coded.hear(frame, moment) == linear.hear(ulaw_decode(frame), moment)
    assert coded.audio(100, 300) == linear.audio(100, 300)
    taken = coded.next_coded()
    chunk = linear.next_chunk()
    assert taken is not None
    assert chunk is not None
    assert ulaw_decode(taken) == chunk.astype("<i2").tobytes()


def test_a_recording_from_mu_law_has_silence_where_nothing_came() -> None:
    put: list[AudioPiece] = []
    recorder = Recorder(8000, 1000, put.append)
    recorder.caller_coding = "ulaw"
    recorder.start(0)
    recorder.caller(100.0, ulaw_encode(tone(20)))
    recorder.caller(500.0, ulaw_encode(tone(20)))
    recorder.close(1000)
    left = np.frombuffer(put[0].pcm, "<i2")[0::2]
    said = np.frombuffer(ulaw_decode(ulaw_encode(tone(20))), "<i2")
    assert not left[:800].any()
    assert (left[800:960] == said).all()
    assert not left[960:4000].any()
    assert (left[4000:4160] == said).all()
    assert len(left) == 8000


async def test_the_detector_is_not_asked_about_silence_and_at_once_about_sound(studio: Studio) -> None:
    asked: list[int] = []
    passed: list[int] = []

    class Counting:
        def probabilities(self, chunks: np.ndarray, slots: np.ndarray) -> np.ndarray:
            asked.extend(slots.tolist())
            return np.full(len(slots), 0.9, np.float32)

        def pass_over(self, chunks: np.ndarray, slots: np.ndarray) -> None:
            passed.extend(slots.tolist())

        def reset(self, slot: int) -> None: ...

    judge = Judge(Counting(), 2, CallSettings(), lambda call, problem: None)
    soft, loud = np.full((1, 256), 1e-5, np.float32), np.full((1, 256), 0.1, np.float32)
    rows = np.array([1])
    for _ in range(SOFT_CHUNKS + 5):
        judge.chances(soft, rows, np.einsum("ij,ij->i", soft, soft) / 256)
    assert (len(asked), len(passed)) == (SOFT_CHUNKS, 5)
    assert judge.chances(loud, rows, np.einsum("ij,ij->i", loud, loud) / 256).tolist() == [pytest.approx(0.9)]


async def test_speech_that_does_not_keep_up_takes_no_more_calls(studio: Studio) -> None:
    behind = [0.0]
    office = studio.new_office(StubBrain(), behind_s=lambda: behind[0])
    async with office:
        behind[0] = 5.0
        assert office.refusal() == "", "nobody waits when there is no call"
        task = asyncio.create_task(office.serve(order(), await line(studio), KeptPort()))
        await asyncio.sleep(1)
        assert office.refusal() == "behind"
        behind[0] = 0.1
        assert office.refusal() == ""
        office.calls["call-1"].abort("stopped")
        await task
