"""What lets one process hold hundreds of calls: work only where there is some, and nothing left behind."""

from __future__ import annotations

import asyncio
import gc
from types import SimpleNamespace
from typing import Any

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
from ringtrue.voice.call.signs import Rises
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


class Told:
    """Everything that an ear tells, in order."""

    def __init__(self) -> None:
        self.what: list[tuple[object, ...]] = []

    def speech_began(self, start_ms: float, end_ms: float) -> None:
        self.what.append(("began", start_ms, end_ms))

    def speech_went_on(self, end_ms: float) -> None:
        self.what.append(("went on", end_ms))

    def silence_grew(self, silent_ms: float) -> None:
        self.what.append(("silence", silent_ms))

    def speech_hinted(self, start_ms: float) -> None:
        self.what.append(("hinted", start_ms))

    def hint_passed(self) -> None:
        self.what.append(("passed",))


def chunks_of_a_call(seed: int) -> list[tuple[float, float]]:
    """(chance of speech, dBFS) for two minutes: long quiet, then speech, noise, clicks and quiet in stretches of any length."""
    rng = np.random.default_rng(seed)
    kinds = {"quiet": (0, 0.1, -68, -55), "speech": (0.3, 1, -40, -15), "hum": (0, 0.25, -56, -45), "any": (0, 1, -65, -20)}
    found = [(0.02, -62.0)] * 200
    while len(found) < 3750:
        low, high, soft, loud = kinds[rng.choice(["quiet", "quiet", "quiet", *kinds])]
        found += [(rng.uniform(low, high), rng.uniform(soft, loud)) for _ in range(rng.integers(1, 150))]
    return found


@pytest.mark.parametrize("seed", range(6))
async def test_an_ear_that_is_told_of_some_chunks_hears_what_it_hears_when_told_of_all(seed: int) -> None:
    settings, chance = CallSettings(), [0.0]

    class Known:
        def probabilities(self, chunks: np.ndarray, slots: np.ndarray) -> np.ndarray:
            return np.array(chance, np.float32)

        def reset(self, slot: int) -> None: ...

    clock = CallClock()
    some, every = Ear(8000, settings, clock), Ear(8000, settings, clock)
    rises, told_of, resets = Rises(settings), [], []
    call: Any = SimpleNamespace(ear=some, slot=1, order=SimpleNamespace(call_id="a"))
    some.listener, every.listener = first, second = Told(), Told()
    whole = some.judge

    def counted(*answer: Any) -> None:
        told_of.append(answer)
        whole(*answer)

    some.judge = counted  # type: ignore[method-assign]
    judge = Judge(Known(), 2, settings, lambda call, problem: pytest.fail(repr(problem)))
    judge.follow(call)
    given = chunks_of_a_call(seed)
    for at, (speech, dbfs) in enumerate(given, 1):
        chance[0] = speech
        sound = np.full(256, round(32768 * 10 ** (dbfs / 20)), "<i2")
        for ear in (some, every):
            ear.hear(sound.tobytes(), clock.zero + at * 0.032)
        full_scale = (sound / np.float32(32768))[None]
        power = float(np.einsum("ij,ij->i", full_scale, full_scale)[0] / 256)
        assert every.next_chunk() is not None
        every.judge(float(np.float32(speech)), power, rises.one(power))
        await judge.judge({"a": call}, 0.0)
        resets += [some.reset_due()]
        assert resets[-1] == every.reset_due()
        if second.what and second.what[-1] == ("silence", 640.0):  # a turn is over
            some.rest()
            every.rest()
        assert first.what[-3:] == second.what[-3:]
    assert first.what == second.what
    assert any(what[0] == "began" for what in first.what)
    assert any(resets)
    assert len(told_of) < 0.8 * len(given)
