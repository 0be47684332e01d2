"""The clock of the tests, and the caller without a telephone."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import numpy as np
import pytest

from ringtrue.voice.call.tests.stand_ins import StubVoice
from ringtrue.voice.call.virtual_time import TimedRecognizer, TimedVoice, run, standing_still
from ringtrue.voice.lines.leg import Digit, Frame, HungUp
from ringtrue.voice.lines.simulated import Heard, SimulatedLeg
from ringtrue.voice.lines.simulated_callers import OTHER_PERSON, Leave, Press, RecordedCaller, Say, ScriptedCaller
from ringtrue.voice.speech.kinds import Expecting, Transcript


async def test_an_hour_takes_no_time() -> None:
    began, loop = time.monotonic(), asyncio.get_running_loop()
    before = loop.time()
    await asyncio.sleep(3600)
    assert abs(loop.time() - before - 3600) < 0.01
    assert time.monotonic() - began < 600


async def test_work_in_a_thread_takes_no_virtual_time() -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.02)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await loop.run_in_executor(None, time.sleep, 0.3)
    ticking.cancel()
    assert loop.time() - before <= 0.04
    assert ticks <= 2


class Slow:
    name = "slow"

    async def transcribe(
        self, pcm: bytes, sample_rate: int, *, expecting: Expecting = "open", hints: tuple[str, ...] = ()
    ) -> Transcript:
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.05)
        return Transcript(text="hello", cpu_ms=250.0)


async def test_real_work_costs_what_it_says() -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    await TimedRecognizer(Slow()).transcribe(b"", 8000)
    assert abs(loop.time() - before - 0.25) < 0.01
    before = loop.time()
    await TimedRecognizer(Slow(), cost_ms=10).transcribe(b"", 8000)
    assert abs(loop.time() - before - 0.01) < 0.005
    before = loop.time()
    assert [piece async for piece in TimedVoice(StubVoice(delay_ms=0), cost_ms=70).say("Hello.", 8000)]
    assert abs(loop.time() - before - 0.07) < 0.005


def test_run_is_for_programs() -> None:
    async def work() -> float:
        with standing_still():
            pass
        await asyncio.sleep(1000)
        return asyncio.get_running_loop().time()

    assert run(work()) == pytest.approx(2000)


async def listen(leg: SimulatedLeg, agent: bytes = b"", at_s: float = 0.2, limit_s: float = 60) -> list[Any]:
    """All events of the leg, while an agent speaks once."""
    await leg.prepare()
    events: list[Any] = []

    async def speak() -> None:
        await asyncio.sleep(at_s)
        for begin in range(0, len(agent), 320):
            leg.play(agent[begin : begin + 320].ljust(320, b"\0"))

    speaking = asyncio.create_task(speak())
    async with asyncio.timeout(limit_s):
        async for event in leg.events():
            events.append(event)
    await speaking
    return events


async def test_a_recording_is_played_whole_and_then_the_caller_leaves() -> None:
    pcm = np.random.default_rng(3).integers(-9000, 9000, 16000).astype("<i2").tobytes()
    leg = SimulatedLeg(RecordedCaller(pcm, 8000, lead_s=0.5, tail_silence_s=1.0), noise_dbfs=None)
    events = await listen(leg)
    heard = b"".join(event.pcm for event in events if isinstance(event, Frame))
    assert heard[8000 : 8000 + len(pcm)] == pcm
    assert isinstance(events[-1], HungUp)
    assert len(heard) // 16 == pytest.approx(3500, abs=60)


async def test_frames_come_every_20_ms() -> None:
    leg = SimulatedLeg(RecordedCaller(bytes(16000), 8000))
    times = [event.at for event in await listen(leg) if isinstance(event, Frame)]
    assert np.allclose(np.diff(times), 0.02, atol=1e-4)


async def test_a_scripted_caller_waits_for_the_agent_to_finish_by_hearing_it() -> None:
    voice = StubVoice(delay_ms=0)
    caller = ScriptedCaller([Say("Hello there."), Leave(500)], voice)
    leg = SimulatedLeg(caller)
    agent = np.random.default_rng(5).integers(-9000, 9000, 8000 * 2).astype("<i2").tobytes()  # two seconds
    events = await _with_reply(leg, agent)
    begin, end = caller.spoke[0]
    assert 3000 + 900 - 60 <= begin <= 3000 + 900 + 60
    assert end - begin == pytest.approx(12 * 50 / OTHER_PERSON, abs=25)
    assert isinstance(events[-1], HungUp)


async def _with_reply(leg: SimulatedLeg, agent: bytes) -> list[Any]:
    """The agent speaks at 1 s, and again at 7 s."""

    async def again() -> None:
        await asyncio.sleep(7.0)
        for _ in range(20):
            leg.play(agent[:320])

    task = asyncio.create_task(again())
    events = await listen(leg, agent, at_s=1.0)
    await task
    return events


async def test_keys_come_one_by_one() -> None:
    caller = ScriptedCaller([Press("12#", 200)], patience_s=2)
    agent = np.full(3200, 5000, "<i2").tobytes()
    events = await listen(SimulatedLeg(caller), agent)
    assert [event.digit for event in events if isinstance(event, Digit)] == ["1", "2", "#"]


async def test_clear_throws_away_what_was_not_heard() -> None:
    class Nobody:
        def __init__(self) -> None:
            self.left = 100

        async def prepare(self, sample_rate: int) -> None: ...

        def next(self, heard: Heard) -> bytes | None:
            self.left -= 1
            return b"" if self.left else None

    leg = SimulatedLeg(Nobody())
    agent = np.full(8000, 5000, "<i2").tobytes()
    task = asyncio.create_task(listen(leg, agent, at_s=0.1))
    await asyncio.sleep(0.5)
    leg.clear()
    await task
    heard = np.frombuffer(leg.heard.pcm, "<i2")
    assert np.count_nonzero(heard) == pytest.approx(400 * 8, abs=8)
