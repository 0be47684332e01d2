"""Recognizers that take an utterance while it is spoken: what they are given, what becomes of a call when they die, what it costs."""

from __future__ import annotations

import asyncio
import os
import random
from dataclasses import dataclass, field
from unittest.mock import AsyncMock

import msgspec
import numpy as np
import pytest

from ringtrue.voice.agent import Limits, SpeechChoice
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.tests.mortal import ANSWERS, HOWS, QUESTIONS, Death, Loud, MortalBrain, MortalRecognizer, MortalVoice
from ringtrue.voice.call.tests.stand_ins import AGENT, UNRECORDED, KeptPort, order
from ringtrue.voice.call.tests.test_failover import OURS, RESERVE, Scene, heard_of, many, without_fillers
from ringtrue.voice.events import Heard, SpeechUsed, Trouble
from ringtrue.voice.lines.simulated import SimulatedLeg
from ringtrue.voice.lines.simulated_callers import Play, ScriptedCaller
from ringtrue.voice.speech import own_companies, providers
from ringtrue.voice.speech.kinds import Connected, Price, Transcript

PRICES = {"ours": Price(usd=3.6, per="hour", as_of=""), "heart": Price(usd=2.0, per="1000 characters", as_of="")}


class Streaming(MortalRecognizer):
    """`streams`: of each, the sizes of what it was fed."""

    streams: list[list[int]]

    def stream(self, sample_rate: int, *, hints: tuple[str, ...] = ()) -> Fed:
        made = Fed(self, sample_rate)
        self.streams.append(made.sizes)
        return made


class Fed:
    def __init__(self, recognizer: Streaming, sample_rate: int) -> None:
        self.sizes: list[int] = []
        self._pcm = bytearray()
        self._recognizer, self._rate = recognizer, sample_rate

    def feed(self, pcm: bytes) -> None:
        self.sizes.append(len(pcm))
        self._pcm += pcm

    async def finish(self) -> Transcript:
        return await MortalRecognizer.transcribe(self._recognizer, bytes(self._pcm), self._rate)

    def leave(self) -> None: ...


@dataclass
class StreamedScene(Scene):
    streams: list[list[int]] = field(default_factory=list)

    def make(self) -> Office:
        self.recognizer = Streaming("ours", self.tones, self.deaths["recognizer"])
        self.recognizer.streams = self.streams
        self.voice = MortalVoice("heart", self.tones, OURS, self.deaths["voice"])
        self.brain = MortalBrain(self.deaths["brain"])
        self.other_recognizer = MortalRecognizer("reserve", self.tones)
        self.other_voice = MortalVoice("reserve", self.tones, RESERVE)
        return Office(
            recognizers=[self.recognizer, self.other_recognizer], voices=[self.voice, self.other_voice],
            new_brain=lambda _: self.brain, activity=Loud(), prices=PRICES,
        )  # fmt: skip


async def test_an_utterance_is_fed_while_it_is_spoken_and_what_was_used_is_told_at_the_end() -> None:
    scene = await StreamedScene().play()
    assert [event.text for event in scene.port.all(Heard)] == list(QUESTIONS)
    assert not scene.port.all(Trouble)
    assert len(scene.streams) == len(QUESTIONS)
    for sizes, question in zip(scene.streams, QUESTIONS, strict=True):
        assert len(sizes) > 20
        assert sizes[-1] <= 2 * 8 * 40, "all but the last 40 ms were there before its end was known"
        spoken_ms = len(question) * 70
        assert spoken_ms < sum(sizes) / 16 < spoken_ms + 800, "once, with a little quiet before and after"
    hearing, speaking = sorted(scene.port.all(SpeechUsed), key=lambda used: used.part)
    assert (hearing.part, hearing.name, hearing.requests) == ("hearing", "ours", len(QUESTIONS))
    assert hearing.sound_ms == sum(map(sum, scene.streams)) // 16
    assert hearing.cost_usd == pytest.approx(hearing.sound_ms * 3.6 / 3_600_000)
    assert (speaking.name, speaking.characters) == ("heart", sum(map(len, scene.voice.asked[-speaking.requests :])))
    assert speaking.cost_usd == pytest.approx(speaking.characters * 0.002)
    assert speaking.sound_ms == pytest.approx(speaking.characters * OURS, rel=0.05)


async def test_a_call_whose_hearing_and_speaking_cost_too_much_is_ended() -> None:
    agent = msgspec.structs.replace(AGENT, limits=Limits(max_spend_usd=0.15))
    scene = StreamedScene()
    leg = SimulatedLeg(ScriptedCaller([Play(scene.tones.say(QUESTIONS[0], 8000, 70.0), 8000)] * 4, patience_s=20))
    await leg.prepare()
    async with scene.make() as office:
        await office.prepare(agent, 8000)
        ended = await office.serve(order(agent, recording=UNRECORDED), leg, port := KeptPort())
    assert ended.reason == "too_long"
    assert [event.code for event in port.all(Trouble)] == ["spend_limit"]


async def test_a_business_is_heard_and_spoken_for_by_its_own_companies_first(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = StreamedScene()
    office = scene.make()
    theirs = Connected([MortalRecognizer("theirs-1", scene.tones)], [MortalVoice("theirs-2", scene.tones, OURS)], AsyncMock())
    theirs = theirs._replace(prices={"theirs-1": PRICES["ours"], "theirs-2": PRICES["heart"]})

    async def load(company: str) -> None:
        await asyncio.sleep(1)  # a package that has to be imported first

    monkeypatch.setattr(own_companies, "_load", load)
    monkeypatch.setattr(providers, "connect", lambda chosen, settings: [theirs])
    leg = SimulatedLeg(
        ScriptedCaller([Play(scene.tones.say(question, 8000, 70.0), 8000) for question in QUESTIONS], patience_s=20)
    )
    await leg.prepare()
    async with office:
        own = (SpeechChoice(company="theirs", settings={"KEY": "k"}),)
        await office.serve(order(recording=UNRECORDED, speech=own), leg, port := KeptPort())
    assert [event.text for event in port.all(Heard)] == list(QUESTIONS)
    assert {used.name for used in port.all(SpeechUsed)} == {"theirs-1", "theirs-2"}
    assert theirs.close.await_count == 1, "let go with the office"


async def test_streams_die_in_mid_utterance_and_nothing_is_lost() -> None:
    chance = random.Random(20261122)
    hows = HOWS if os.environ.get("RINGTRUE_LONG") else ("close", "stall")
    scenes = [StreamedScene() for _ in hows]
    for number, scene in enumerate(scenes):
        scene.deaths["recognizer"] = Death(hows[number], at=chance.uniform(2.0, 20.0))
    for scene in await many(list(scenes)):
        told = f"{scene.deaths} {scene.port.said()}"
        assert [event.text for event in scene.port.all(Heard)] == list(QUESTIONS), told
        assert without_fillers(scene.words_heard()) == heard_of(ANSWERS), told
        assert scene.longest_silence_ms() <= 2000, told
    assert sum(bool(scene.port.all(Trouble)) for scene in scenes) == len(scenes)


async def test_after_a_pause_that_did_not_end_the_turn_the_whole_of_it_is_sent_again() -> None:
    scene = StreamedScene()
    first, rest = (scene.tones.say(part, 8000, 70.0) for part in ("When are you ", "open please?"))
    pause = np.zeros(8000 * 30 // 100, "<i2").tobytes()
    goodbye = scene.tones.say(QUESTIONS[2], 8000, 70.0)
    leg = SimulatedLeg(ScriptedCaller([Play(first + pause + rest, 8000), Play(goodbye, 8000)], patience_s=20))
    await leg.prepare()
    async with scene.make() as office:
        await office.prepare(AGENT, 8000)
        await office.serve(order(recording=UNRECORDED), leg, port := KeptPort())
    assert [event.text for event in port.all(Heard)] == [QUESTIONS[0], QUESTIONS[2]]
    assert len(scene.streams) == 2
    (used,) = [event for event in port.all(SpeechUsed) if event.part == "hearing"]
    assert used.requests == 3, "the stream of the first part, the whole of it again, and the stream of the second turn"
