"""Whole calls in real time, heard and spoken by the files of four companies against their stand-ins, which begin to do wrong in the middle:
each call goes on to its end. Only in `make test-long`: calls in virtual time are in `voice/call/tests/test_failover.py` and `test_streaming.py`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from aiohttp import web

from ringtrue.voice.agent import CallOrder
from ringtrue.voice.brains.acts import Act, Ask, HangUp, HeardTurn, Say
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.tests.mortal import Loud, MortalRecognizer, MortalVoice, Tones
from ringtrue.voice.call.tests.stand_ins import AGENT, UNRECORDED, KeptPort, order
from ringtrue.voice.events import Ended, Heard, SpeechUsed, Trouble
from ringtrue.voice.lines.simulated import SimulatedLeg
from ringtrue.voice.lines.simulated_callers import Play, ScriptedCaller
from ringtrue.voice.speech import providers
from ringtrue.voice.speech.tests.stand_ins.speech_server import FAULTS, HEARD, STATE, application, settings_for

NAMES = ("deepgram", "assemblyai", "cartesia", "elevenlabs")
SAID = ("When are you open please", "And on Saturday morning")
BEGINS_S = 2.0  # in the greeting or the first turn


class Talker:
    """Answers whatever it hears, and ends after the second turn."""

    goal = "answered"

    def __init__(self) -> None:
        self.turns = 0

    async def prepare(self, order: CallOrder) -> None: ...

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Ask("How can I help you?")

    async def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        self.turns += 1
        yield HangUp("Goodbye then.") if self.turns == len(SAID) else Say("We are open on Monday from eight.")

    async def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        yield Ask("Are you still there?")

    def facts(self) -> dict[str, Any]:
        return {}


async def call(fault: str) -> tuple[Ended, KeptPort, Talker]:
    app = application()
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    settings = {name: value for company in NAMES for name, value in settings_for(company, address).items()}
    settings["RINGTRUE_DEEPGRAM_SPEAKING"] = ""
    connected = providers.connect(NAMES, settings)
    tones, talker, port = Tones(), Talker(), KeptPort()
    leg = SimulatedLeg(ScriptedCaller([Play(tones.say(text, 8000, 70.0), 8000) for text in SAID], patience_s=20))
    await leg.prepare()
    try:
        async with Office(
            recognizers=[*(one for made in connected for one in made.recognizers), MortalRecognizer("reserve", tones)],
            voices=[*(one for made in connected for one in made.voices), MortalVoice("reserve", tones, 40.0)],
            new_brain=lambda _: talker,
            activity=Loud(),
            prices={name: price for made in connected for name, price in made.prices.items()},
        ) as office:
            asyncio.get_running_loop().call_later(BEGINS_S, app[STATE].__setitem__, "fault", fault)
            ended = await office.serve(order(recording=UNRECORDED, agent=AGENT), leg, port)
    finally:
        for made in connected:
            await made.close()
        await runner.cleanup()
    return ended, port, talker


@pytest.mark.slow
@pytest.mark.realtime
@pytest.mark.skipif(not os.environ.get("RINGTRUE_LONG"), reason="half a minute of real calls: make test-long")
async def test_a_call_goes_on_whatever_the_companies_do() -> None:
    calls = dict(zip(FAULTS, await asyncio.gather(*(call(fault) for fault in FAULTS)), strict=True))
    for fault, (ended, port, talker) in calls.items():
        told = f"{fault}: {port.said()} {port.all(Trouble)}"
        assert ended.reason == "agent_hung_up", told
        assert talker.turns == len(SAID), told
        assert len(port.all(Heard)) == len(SAID), told
    _, port, _ = calls["ok"]
    assert {event.text for event in port.all(Heard)} == {HEARD}
    assert not port.all(Trouble)
    assert {used.name for used in port.all(SpeechUsed)} == {"deepgram-nova-3", "cartesia-Katie"}
    assert all(port.all(Trouble) for fault, (_, port, _) in calls.items() if fault not in ("ok", "twice"))
