"""When the process stops, every caller is told, and nothing is broken off that a few seconds would finish."""

from __future__ import annotations

import asyncio
from typing import Any

from ringtrue.voice.brains.acts import Ask, HangUp, Say, Use
from ringtrue.voice.call import wording
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.tests.stand_ins import UNRECORDED, KeptPort, StubBrain, Studio, order
from ringtrue.voice.events import Ended, Said, ToolUsed
from ringtrue.voice.lines.simulated import SimulatedLeg
from ringtrue.voice.lines.simulated_callers import ScriptedCaller
from ringtrue.voice.speech.kinds import VoiceFailed

CLOSING = wording.CLOSING_DOWN.replace(". ", ". | ")
LONG = [Say(f"This is sentence number {number} of a long answer.") for number in range(12)]


async def begin(studio: Studio, office: Office, port: KeptPort, *script: str, name: str = "1") -> asyncio.Task[Ended]:
    leg = SimulatedLeg(ScriptedCaller(studio.acts(list(script)), patience_s=60))
    await leg.prepare()
    return asyncio.create_task(office.serve(order(call_id=name, recording=UNRECORDED), leg, port))


async def until_said(port: KeptPort, text: str) -> None:
    while text not in port.said():  # noqa: ASYNC110 - virtual time
        await asyncio.sleep(0.05)


async def test_the_sentence_is_finished_the_rest_is_not_and_goodbye_is_heard(studio: Studio) -> None:
    office = studio.new_office(StubBrain(LONG))
    port = KeptPort()
    task = await begin(studio, office, port, "When are you open?")
    await office.prepare(order().agent, 8000)
    await until_said(port, "number 0")
    await asyncio.sleep(1.0)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await office.stop(within_s=8)
    assert (await task).reason == "stopped"
    assert loop.time() - began < 8
    assert port.said().endswith(f"number 1 of a long answer. | {CLOSING}")
    assert all(said.complete for said in port.all(Said))


async def test_what_was_asked_for_is_done_and_told(studio: Studio) -> None:
    async def slow(_: dict[str, str]) -> dict[str, str]:
        await asyncio.sleep(2)
        return {"booked": "true"}

    office = studio.new_office(StubBrain([Use("book", {}), HangUp("You are booked.")]))
    port = KeptPort(tools={"book": slow})
    task = await begin(studio, office, port, "I'd like a cleaning.")
    while not port.used:  # noqa: ASYNC110 - virtual time
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    await office.stop(within_s=15)
    await task
    assert next((used.name, used.ok) for used in port.all(ToolUsed)) == ("book", True)
    assert "You are booked." in port.said()


async def test_every_one_of_many_callers_is_told(studio: Studio) -> None:
    office = studio.new_office(StubBrain([Ask("What else?")]))
    ports = [KeptPort() for _ in range(5)]
    tasks = [await begin(studio, office, port, name=str(number)) for number, port in enumerate(ports)]
    await asyncio.sleep(6)
    await office.stop(within_s=12)
    assert {(await task).reason for task in tasks} == {"stopped"}
    assert all(port.said().endswith(CLOSING) for port in ports)


async def test_probes_of_providers_end_with_the_process(studio: Studio) -> None:
    class Down:
        name = "down"

        async def say(self, text: str, sample_rate: int) -> Any:
            await asyncio.sleep(3600)
            yield b""
            raise VoiceFailed("never")

    voice = Down()
    async with studio.new_office(StubBrain()) as office:
        for _ in range(office.settings.circuit_failures):
            office.speaking_circuits.failed(voice)
        await asyncio.sleep(office.settings.circuit_wait / 1000 + 1)
        office.speaking_circuits.ranked([voice])
        await asyncio.sleep(0.1)
        assert len(asyncio.all_tasks()) == 2, "the probe is under way"
    assert asyncio.all_tasks() == {asyncio.current_task()}
