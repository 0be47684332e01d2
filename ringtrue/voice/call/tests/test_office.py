"""All calls of a process: one inference for all, a door that closes in time, an end that is told."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from ringtrue.voice.agent import SpeechChoice
from ringtrue.voice.brains.acts import Ask, HangUp
from ringtrue.voice.call import wording
from ringtrue.voice.call.lag import LoopLag
from ringtrue.voice.call.office import Refused
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.call.tests.stand_ins import UNRECORDED, KeptPort, StubBrain, Studio, order
from ringtrue.voice.events import Ended, Said
from ringtrue.voice.lines.simulated import SimulatedLeg
from ringtrue.voice.lines.simulated_callers import ScriptedCaller
from ringtrue.voice.speech import own_companies
from ringtrue.voice.speech.kinds import RecognizerFailed


async def line(studio: Studio, *script: Any, patience_s: float = 60) -> SimulatedLeg:
    leg = SimulatedLeg(ScriptedCaller(studio.acts(list(script)), patience_s=patience_s))
    await leg.prepare()
    return leg


async def test_one_inference_per_tick_for_all_calls(studio: Studio) -> None:
    batches: list[int] = []
    resets: list[int] = []
    real = studio.activity

    class Counting:
        def probabilities(self, chunks: np.ndarray, slots: np.ndarray) -> np.ndarray:
            batches.append(len(slots))
            assert len(set(slots.tolist())) == len(slots)
            return real.probabilities(chunks, slots)

        def reset(self, slot: int) -> None:
            resets.append(slot)
            real.reset(slot)

    studio.activity = Counting()
    office = studio.new_office(StubBrain([HangUp("Bye.")]))
    async with office:
        ports = [KeptPort() for _ in range(4)]
        calls = [
            office.serve(order(call_id=str(n), recording=UNRECORDED), await line(studio, "When are you open?"), port)
            for n, port in enumerate(ports)
        ]
        ended = await asyncio.gather(*calls)
    assert {end.reason for end in ended} == {"agent_hung_up"}
    assert max(batches) == 4
    assert np.mean(batches) > 2, "calls whose chunks are whole at the same tick share an inference"
    assert len(resets) > 4, "in long quiet the detector is made to forget, not only at the start of a call"
    studio.activity = real


@pytest.mark.promise("P-CLX-4-2")
@pytest.mark.parametrize("withheld", [(), ("deepgram",)])
async def test_a_provider_that_is_withheld_is_not_asked_to_hear(studio: Studio, withheld: tuple[str, ...]) -> None:
    class Far:
        name = "deepgram-nova"
        asked = 0

        async def transcribe(self, *_: Any, **__: Any) -> Any:
            self.asked += 1
            raise RecognizerFailed("unreachable")

    far = Far()
    office = studio.new_office(StubBrain([HangUp("Bye.")]))
    office.recognizers = (far, *office.recognizers)
    async with office:
        ended = await office.serve(
            order(withheld=withheld, recording=UNRECORDED), await line(studio, "Are you open?"), KeptPort()
        )
    assert ended.reason == "agent_hung_up"
    assert bool(far.asked) is not bool(withheld)


async def test_a_full_office_refuses_and_says_why(studio: Studio) -> None:
    office = studio.new_office(StubBrain(), max_calls=1)
    port = KeptPort()
    async with office:
        first = asyncio.create_task(office.serve(order(), await line(studio), KeptPort()))
        await asyncio.sleep(1)
        assert office.refusal() == "full"
        with pytest.raises(Refused) as refused:
            await office.serve(order(call_id="2"), await line(studio), port)
        assert refused.value.reason == "full"
        assert not port.events
        office.calls["call-1"].abort("stopped")
        assert (await first).reason == "stopped"
        assert office.refusal() == ""


async def test_a_call_that_waits_for_its_own_companies_has_a_place(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    async def load(company: str) -> None:
        await asyncio.sleep(5)  # a package that has to be imported first

    monkeypatch.setattr(own_companies, "_load", load)
    office = studio.new_office(StubBrain(), max_calls=1)
    own = (SpeechChoice(company="cartesia", settings={}),)
    async with office:
        first = asyncio.create_task(office.serve(order(speech=own), await line(studio), KeptPort()))
        await asyncio.sleep(1)
        assert office.refusal() == "full"
        await asyncio.sleep(5)
        office.calls["call-1"].abort("stopped")
        await first


async def test_a_late_loop_takes_no_more_calls(studio: Studio) -> None:
    office = studio.new_office(StubBrain())
    async with office:
        task = asyncio.create_task(office.serve(order(), await line(studio), KeptPort()))
        await asyncio.sleep(1)
        assert office.refusal() == ""
        loop: Any = asyncio.get_running_loop()
        for _ in range(5):  # something stalls the process, again and again
            loop.moment += 0.2
            await asyncio.sleep(0.05)
        assert office.refusal() == "late"
        await asyncio.sleep(30)
        assert office.refusal() == "", "the alarm ends when the loop keeps time again"
        office.calls["call-1"].abort("stopped")
        await task


def test_a_single_hiccup_is_no_alarm() -> None:
    lag = LoopLag(CallSettings())
    lag.note(0.5)
    assert not lag.late
    assert lag.worst_ms == 500


async def test_stopping_tells_the_callers_and_takes_no_new_call(studio: Studio) -> None:
    office = studio.new_office(StubBrain())
    port = KeptPort()
    task = asyncio.create_task(office.serve(order(recording=UNRECORDED), await line(studio), port))
    await asyncio.sleep(6)
    stopping = asyncio.create_task(office.stop(within_s=20))
    await asyncio.sleep(0.5)
    assert office.refusal() == "stopping"
    await stopping
    assert (await task).reason == "stopped"
    assert port.said().endswith(wording.CLOSING_DOWN.replace(". ", ". | "))
    assert isinstance(port.events[-1], Ended)


async def test_whoever_is_still_there_is_cut_off(studio: Studio) -> None:
    office = studio.new_office(StubBrain(greeting=[Ask("word " * 400)]))
    task = asyncio.create_task(office.serve(order(recording=UNRECORDED), await line(studio), KeptPort()))
    await asyncio.sleep(6)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await office.stop(within_s=2)
    assert loop.time() - began < 2.5
    assert (await task).reason == "stopped"


async def test_a_fault_in_one_call_ends_no_other(studio: Studio) -> None:
    office = studio.new_office(StubBrain([HangUp("Bye.")]))
    async with office:
        good, bad = KeptPort(), KeptPort()
        first = asyncio.create_task(
            office.serve(order(call_id="good", recording=UNRECORDED), await line(studio, "When are you open?"), good)
        )
        second = asyncio.create_task(office.serve(order(call_id="bad", recording=UNRECORDED), await line(studio), bad))
        await asyncio.sleep(2)

        def broken(now: float) -> None:
            raise RuntimeError("broken")

        office.calls["bad"].tick = broken  # type: ignore[method-assign]
        assert (await second).reason == "lost"
        assert (await first).reason == "agent_hung_up"
    assert any(said.text == "Bye." for said in good.all(Said))
    assert isinstance(bad.events[-1], Ended)


async def test_nothing_is_left_behind(studio: Studio) -> None:
    office = studio.new_office(StubBrain([HangUp("Bye.")]))
    async with office:
        await office.serve(order(recording=UNRECORDED), await line(studio, "When are you open?"), KeptPort())
        await asyncio.sleep(1)
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        assert others == []
        assert not office.calls
