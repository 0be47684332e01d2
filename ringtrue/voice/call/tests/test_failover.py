"""Recognizer, voice and brain die in mid-call, one after another, in a hundred calls: nobody waits in silence, and no call is lost."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from ringtrue.voice.call import wording
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.tests.mortal import (
    ANSWERS,
    HOWS,
    QUESTIONS,
    Death,
    Loud,
    MortalBrain,
    MortalRecognizer,
    MortalVoice,
    Tones,
)
from ringtrue.voice.call.tests.stand_ins import AGENT, UNRECORDED, KeptPort, order
from ringtrue.voice.events import Ended, Heard, Said, Trouble
from ringtrue.voice.lines.simulated import SimulatedLeg
from ringtrue.voice.lines.simulated_callers import Play, ScriptedCaller, Wait
from ringtrue.voice.speech.kinds import RecognizerFailed, Transcript
from ringtrue.voice.speech.speaking_text import sentences

QUIET = order(recording=UNRECORDED)
CALLS = 100 if os.environ.get("RINGTRUE_LONG") else 20
OURS, RESERVE = 50.0, 58.0  # ms per character: two voices do not speak at the same pace
FILLERS = (wording.ONE_MOMENT, wording.STILL_AT_IT)


@dataclass
class Scene:
    """One call, its providers and what became of it."""

    tones: Tones = field(default_factory=Tones)
    deaths: dict[str, Death] = field(default_factory=lambda: {part: Death() for part in ("recognizer", "voice", "brain")})
    reserves: bool = True
    script: tuple[str | Wait, ...] = QUESTIONS
    port: KeptPort = field(default_factory=KeptPort)

    def make(self) -> Office:
        self.recognizer = MortalRecognizer("ours", self.tones, self.deaths["recognizer"])
        self.voice = MortalVoice("heart", self.tones, OURS, self.deaths["voice"])
        self.brain = MortalBrain(self.deaths["brain"])
        self.other_recognizer = MortalRecognizer("reserve", self.tones)
        self.other_voice = MortalVoice("reserve", self.tones, RESERVE)
        return Office(
            recognizers=[self.recognizer, self.other_recognizer][: 1 + self.reserves],
            voices=[self.voice, self.other_voice][: 1 + self.reserves],
            new_brain=lambda _: self.brain,
            activity=Loud(),
        )

    async def play(self) -> Scene:
        acts = [Play(self.tones.say(act, 8000, 70.0), 8000) if isinstance(act, str) else act for act in self.script]
        self.caller = ScriptedCaller(acts, patience_s=20)
        self.leg = SimulatedLeg(self.caller)
        await self.leg.prepare()
        async with self.make() as office:
            times = [(death, death.at, death.back_at) for death in self.deaths.values()]
            for death in self.deaths.values():
                death.at = 1e12
            await office.prepare(AGENT, 8000)
            self.zero = asyncio.get_running_loop().time()
            for death, at, back_at in times:
                death.at, death.back_at = self.zero + at, self.zero + back_at
            self.ended = await office.serve(QUIET, self.leg, self.port)
        return self

    # --- what the caller noticed

    def words_heard(self) -> list[str]:
        """Words that reached the caller, in order; a word that a dying voice broke off and the next one says again counts once."""
        words: list[str] = []
        for burst in self.tones.find(bytes(self.leg.heard.pcm), 8000):
            if words and words[-1] == burst.word:
                self.broken_words += 1
            else:
                words.append(burst.word)
        return words

    broken_words = 0

    def longest_silence_ms(self) -> int:
        """While the agent owed a sound: from the answer to the end of the greeting, and from the end of each of the caller's lines to
        the end of what the agent said to it."""
        loud = self.tones.audible(bytes(self.leg.heard.pcm), 8000)
        begins = [0] + [end for _, end in self.caller.spoke]
        ends = [begin for begin, _ in self.caller.spoke] + [len(loud) * 20]
        worst = 0
        for begin, end in zip(begins, ends, strict=True):
            sounding = np.flatnonzero(loud[begin // 20 : end // 20])
            if not len(sounding):
                return 10**6
            worst = max(worst, int(np.diff(np.concatenate([[0], sounding])).max()) * 20)
        return worst

    def codes(self, part: str) -> list[str]:
        return [event.code for event in self.port.all(Trouble) if event.part == part]


def heard_of(answers: tuple[str, ...]) -> list[str]:
    opening = [*wording.disclosure(AGENT).split(), *"How can I help you today?".split()]
    return opening + [word for answer in answers for word in answer.split()]


def without_fillers(words: list[str]) -> list[str]:
    text = f" {' '.join(words)} "
    for filler in FILLERS:
        text = text.replace(f" {filler} ", " ")
    return text.split()


async def many(scenes: list[Scene]) -> list[Scene]:
    return list(await asyncio.gather(*(scene.play() for scene in scenes)))


async def test_without_faults_the_measure_finds_none() -> None:
    scene = await Scene().play()
    assert scene.words_heard() == heard_of(ANSWERS)
    assert scene.broken_words == 0
    assert scene.longest_silence_ms() < 1200
    assert not scene.port.all(Trouble)


async def test_recognizer_and_voice_die_in_mid_call_and_nothing_is_lost() -> None:
    chance = random.Random(20261121)
    scenes = []
    for number in range(CALLS):
        scene = Scene()
        scene.deaths["recognizer"] = Death(HOWS[number % len(HOWS)], at=chance.uniform(0.0, 26.0))
        scene.deaths["voice"] = Death(HOWS[(number + number // len(HOWS)) % len(HOWS)], at=chance.uniform(0.0, 26.0))
        scenes.append(scene)
    struck: Counter[str] = Counter()
    for begin in range(0, CALLS, 20):
        for scene in await many(scenes[begin : begin + 20]):
            told = f"{scene.deaths} {scene.port.said()}"
            assert scene.ended.reason == "agent_hung_up", told
            assert [event.text for event in scene.port.all(Heard)] == list(QUESTIONS), told
            assert scene.brain.heard == list(QUESTIONS), told
            assert without_fillers(scene.words_heard()) == heard_of(ANSWERS), told
            assert scene.broken_words <= 1, told
            assert scene.longest_silence_ms() <= 2000, told
            said = [event.text for event in scene.port.all(Said) if event.text not in FILLERS]
            assert " ".join(said).split() == heard_of(ANSWERS), told
            struck.update(f"{part} {code}" for part in ("recognizer", "voice") for code in scene.codes(part))
            struck["in mid-sentence"] += bool(scene.other_voice.asked) and scene.other_voice.asked[0] not in [
                sentence for answer in (*ANSWERS, wording.disclosure(AGENT)) for sentence in sentences(answer)
            ]
    print(struck)
    assert struck["recognizer failed"] >= CALLS // 6
    assert struck["recognizer timeout"] >= CALLS // 8
    assert struck["voice failed"] >= CALLS // 8
    assert struck["voice timeout"] >= CALLS // 10
    assert struck["in mid-sentence"] >= CALLS // 10


async def test_the_brain_dies_too() -> None:
    chance = random.Random(5)
    scenes = []
    for number in range(CALLS if CALLS > 20 else 8):
        scene = Scene(script=(*QUESTIONS[:2], *QUESTIONS))
        for index, part in enumerate(("recognizer", "voice", "brain")):
            scene.deaths[part] = Death(HOWS[(number + index) % len(HOWS)], at=chance.uniform(0.0, 20.0))
        scene.deaths["brain"].back_at = scene.deaths["brain"].at + 6.0
        scenes.append(scene)
    for begin in range(0, len(scenes), 20):
        for scene in await many(scenes[begin : begin + 20]):
            told = f"{scene.deaths} {scene.port.said()}"
            assert scene.ended.reason == "agent_hung_up", told
            first = [event for event in scene.port.all(Said) if event.turn]
            for _, end in scene.caller.spoke:
                assert min((said.start_ms for said in first if said.end_ms > end), default=10**6) - end <= 2000, told
            assert isinstance(scene.port.events[-1], Ended)


async def test_a_provider_that_is_down_is_set_aside_for_all_calls_and_found_well_again() -> None:
    scene = Scene()
    async with scene.make() as office:
        scene.recognizer.death = Death("stall", at=0.0, back_at=asyncio.get_running_loop().time() + 45)
        asked, paid = [], []
        for number in range(12):
            asked.append(scene.recognizer.asked)
            caller = ScriptedCaller([Play(scene.tones.say(QUESTIONS[2], 8000, 70.0), 8000)], patience_s=20)
            leg = SimulatedLeg(caller)
            await leg.prepare()
            port = KeptPort()
            await office.serve(order(call_id=str(number), recording=UNRECORDED), leg, port)
            assert [event.text for event in port.all(Heard)] == [QUESTIONS[2]]
            paid.append(len(port.all(Trouble)))
        calls = np.diff([*asked, scene.recognizer.asked])
        print(calls, paid)
        assert paid == [1, 1, *[0] * 10], "the first calls find it out, and no other pays for it"
        assert all(call <= 1 for call in calls), "a probe in the background now and then"
        assert office.hearing_circuits.ranked([scene.recognizer, scene.other_recognizer])[0] is scene.recognizer
        assert scene.other_recognizer.asked < 12, "the last calls are served by the first recognizer again"


async def test_a_probe_holds_nothing_of_a_caller() -> None:
    heard: list[bytes] = []

    class Listening(MortalRecognizer):
        async def transcribe(self, pcm: bytes, *rest: object, **more: object) -> Transcript:  # type: ignore[override]
            heard.append(pcm)
            raise RecognizerFailed("down")

    scene = Scene()
    async with scene.make() as office:
        recognizer = Listening("ours", scene.tones)
        for _ in range(office.settings.circuit_failures):
            office.hearing_circuits.failed(recognizer)
        await asyncio.sleep(1 + office.settings.circuit_wait / 1000)
        assert office.hearing_circuits.ranked([recognizer, scene.other_recognizer])[0] is scene.other_recognizer
        await asyncio.sleep(1)
        assert len(heard) == 1
        assert not any(heard[0])
