"""Warm transfers in virtual time: what the caller and the colleague really hear."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import numpy as np
import pytest

from ringtrue.voice.brains.acts import HangUp, HeardTurn, Say, Transfer
from ringtrue.voice.call import wording
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.tests.stand_ins import KeptPort, StubBrain, Studio, audio_of, order
from ringtrue.voice.events import Consulted, Emergency, Ended, Transferred
from ringtrue.voice.lines.leg import FRAME_MS
from ringtrue.voice.lines.simulated import ALL, SimulatedLeg
from ringtrue.voice.lines.simulated_callers import BreakIn, Leave, Press, ScriptedCaller, Wait
from ringtrue.voice.lines.simulated_callers import Say as Speak
from ringtrue.voice.port import ToolFailed
from ringtrue.voice.speech.hibari import HibariVoice
from ringtrue.voice.speech.whisper import Whisper

BRIEFING = "I have Susan Miller on the line for you."
WANTS = "I want to speak to somebody."
LONG = bool(os.environ.get("RINGTRUE_LONG"))
SORRY = "I'm sorry, that did not work."
ASKED = "Will you take the call?"
RATE = 8000


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - what is awaited is a state of the call, not an event
        await asyncio.sleep(0.1)


def holds(pcm: bytes, clip: bytes) -> bool:
    """A second of the clip, found in the sound by normalised cross-correlation."""
    sound, part = (np.frombuffer(data, "<i2").astype(np.float64) for data in (pcm, clip[:16000]))
    size = 1 << (len(sound) + len(part)).bit_length()
    places = len(sound) - len(part) + 1
    matches = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(part, size)), size)[:places]
    energy = np.concatenate([[0.0], np.cumsum(sound**2)])
    there = energy[len(part) :] - energy[:places]
    return bool((matches / np.sqrt(there * np.dot(part, part) + 1)).max() > 0.7)


class Answering(ScriptedCaller):
    """Whoever picks up a telephone speaks first."""

    def __init__(self, acts: Sequence[Any]) -> None:
        super().__init__(acts, patience_s=100.0)
        self._heard_since = True


class Shop:
    """One call that is handed over to the front desk. `state`: what the house says of the colleague's telephone; it is picked up after
    `rings_s`, or never."""

    def __init__(self, studio: Studio, *, rings_s: float | None = 3.0, state: str = "ringing", hangs_up: bool = True) -> None:
        self.studio = studio
        self.rings_s, self.state, self.hangs_up = rings_s, state, hangs_up
        self.port = KeptPort(tools={"ring_colleague": self._ring, "colleague_state": self._look, "stop_ringing": self._stop})
        self.stopped = False
        self.results: list[Any] = []
        self.colleague: SimulatedLeg | None = None
        self.over: asyncio.Event | None = None
        self._arriving: set[asyncio.Task[None]] = set()

    async def _ring(self, asked: dict[str, str]) -> dict[str, str]:
        if self.state == "not_permitted":
            raise ToolFailed(self.state)
        if self.rings_s is not None:
            self._arriving.add(asyncio.create_task(self._pick_up(asked["ticket"])))
        return {"attempt": "1", "briefing": BRIEFING}

    async def _pick_up(self, ticket: str) -> None:
        await asyncio.sleep(self.rings_s or 0)
        assert self.colleague is not None
        if not self.stopped:
            self.over = self.office.second_legs.arrived(ticket, self.colleague)

    async def _look(self, asked: dict[str, str]) -> dict[str, str]:
        return {"state": self.state}

    async def _stop(self, asked: dict[str, str]) -> dict[str, str]:
        self.stopped = True
        return {"done": "true"}

    async def run(self, colleague: Sequence[Any], *, caller: Sequence[Any] = (), during: Any = None) -> Ended:
        async def answer(heard: HeardTurn) -> Any:
            yield Say("I'll connect you.")
            self.results.append((yield Transfer("person")))
            yield HangUp(SORRY) if self.hangs_up else Say(SORRY)

        studio = self.studio
        can = ALL | {"second_leg"}
        self.caller = SimulatedLeg(ScriptedCaller(studio.acts([WANTS, *caller]), patience_s=100.0), can=can)
        self.colleague = SimulatedLeg(Answering(studio.acts(colleague)), can=can)
        await self.caller.prepare()
        await self.colleague.prepare()
        self.office: Office = studio.new_office(StubBrain(answer, greeting=[Say("How can I help you today?")]))
        the_order = order()
        async with self.office:
            await self.office.prepare(the_order.agent, RATE)
            serving = asyncio.create_task(self.office.serve(the_order, self.caller, self.port))
            if during is not None:
                await during(self)
            self.ended = await serving
            await until(lambda: not self.office.calls)  # the colleague is told goodbye meanwhile
        assert self.over is None or self.over.is_set(), "the colleague's connection would never be closed"
        return self.ended

    @property
    def stages(self) -> list[str]:
        return [event.stage for event in self.port.all(Consulted)]

    def caller_heard(self, clip: bytes) -> bool:
        return holds(bytes(self.caller.heard.pcm), clip)

    def colleague_heard(self, clip: bytes) -> bool:
        assert self.colleague is not None
        return holds(bytes(self.colleague.heard.pcm), clip)

    def longest_silence_s(self) -> float:
        """Of what the caller heard from the end of "I'll connect you" to the colleague's turn to speak, or to our last word."""
        frames = np.frombuffer(self.caller.heard.pcm, "<i2").astype(int)
        frames = frames[: len(frames) // 160 * 160].reshape(-1, 160)
        loud = np.flatnonzero(np.abs(frames).max(axis=1) > 200)
        begin = next(said.end_ms for said in self.port.events if getattr(said, "text", "") == "I'll connect you.") // FRAME_MS
        connected = next((event.at_ms for event in self.port.all(Transferred) if event.ok), len(frames) * FRAME_MS) // FRAME_MS
        return float(np.diff(loud[(loud >= begin - 5) & (loud <= connected)]).max() * FRAME_MS / 1000)


async def test_a_colleague_is_told_who_calls_and_takes_the_call(studio: Studio) -> None:
    shop = Shop(studio)
    words = ["Hello, this is Sam.", "Yes, put them through.", "Hello Susan, how can I help?", Leave()]
    ended = await shop.run(words, caller=[Speak("I have a question about my bill.", 2500)])
    assert shop.stages == ["ringing", "answered", "briefed", "accepted"]
    told = next(event.text for event in shop.port.all(Consulted) if event.stage == "briefed")
    assert BRIEFING in told
    assert wording.disclosure(order().agent) in told
    assert shop.colleague_heard(audio_of(BRIEFING))
    assert shop.colleague_heard(audio_of(ASKED))
    assert shop.colleague_heard(studio.speech("I have a question about my bill.")), "connected"
    assert shop.caller_heard(audio_of(wording.put_through("the front desk")))
    assert shop.caller_heard(studio.speech("Hello Susan, how can I help?"))
    assert not shop.caller_heard(audio_of(BRIEFING))
    assert shop.longest_silence_s() < 2.0
    [passed] = shop.port.all(Transferred)
    assert (passed.ok, passed.person, ended.reason) == (True, "the front desk", "transferred")
    assert max(piece.start_ms + len(piece.pcm) // 32 for piece in shop.port.pieces) <= passed.at_ms, (
        "people talking are not recorded"
    )
    assert "bill" not in " ".join(str(event) for event in shop.port.events if event.at_ms > passed.at_ms)


@pytest.mark.skipif(not LONG, reason="make test-long: real speech, made and recognised")
async def test_a_briefing_in_the_agents_own_voice_is_understood(studio: Studio) -> None:
    class Spoken:
        name = "heart"
        voice = HibariVoice()

        async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
            yield self.voice.speak(text, sample_rate)

    studio.voice = Spoken()  # type: ignore[assignment]
    shop = Shop(studio)
    await shop.run(["Hello, this is Sam.", "Yes, put them through.", "Hello Susan, how can I help?", Leave()])
    assert shop.colleague is not None
    heard = Whisper().hear(bytes(shop.colleague.heard.pcm), RATE).text.lower()
    assert "susan miller" in heard, heard
    assert "yes or press" in heard, heard
    assert shop.longest_silence_s() < 2.0


@pytest.mark.promise("P-NEJ-1-6")
@pytest.mark.parametrize(
    ("colleague", "rung", "reason"),
    [
        (["Hello, this is Sam.", "No, not now."], {}, "declined"),
        (["Hello, this is Sam.", Leave()], {}, "declined"),
        (["You have reached the voicemail of Sam. Please leave a message after the tone.", Wait(20_000)], {}, "voicemail"),
        ([], {"rings_s": None, "state": "busy"}, "busy"),
        ([], {"rings_s": None}, "no_answer"),
        ([], {"rings_s": None, "state": "not_permitted"}, "not_permitted"),
        *([([Press("2")], {}, "declined"), ([Wait(60_000)], {}, "declined")] if LONG else []),  # a key; picks up and says nothing
    ],
)
async def test_without_a_yes_the_caller_is_with_the_agent_again(
    studio: Studio, colleague: list[Any], rung: dict[str, Any], reason: str
) -> None:
    shop = Shop(studio, **rung)
    ended = await shop.run(colleague)
    assert shop.results == [{"ok": "false", "reason": reason}]
    assert [(event.ok, event.reason) for event in shop.port.all(Transferred)] == [(False, reason)]
    assert shop.caller_heard(audio_of(SORRY))
    assert ended.reason == "agent_hung_up"
    assert shop.longest_silence_s() < 2.0
    assert "accepted" not in shop.stages
    assert shop.stopped == (reason in ("busy", "no_answer"))
    if reason == "voicemail":
        assert not shop.colleague_heard(audio_of(BRIEFING)), "nothing about a caller is said to a machine"


@pytest.mark.parametrize("rings_s", [2.0, None])
async def test_a_caller_who_hangs_up_leaves_nobody_ringing(studio: Studio, rings_s: float | None) -> None:
    shop = Shop(studio, rings_s=rings_s)

    async def hang_up(shop: Shop) -> None:
        await until(lambda: ("ringing" if rings_s is None else "answered") in shop.stages)
        await shop.caller.hang_up()

    ended = await shop.run(["Hello, this is Sam.", Wait(60_000)], during=hang_up)
    assert ended.reason == "caller_hung_up"
    assert shop.stopped == (rings_s is None)
    assert not shop.port.all(Transferred)


async def test_an_emergency_on_hold_is_answered(studio: Studio) -> None:
    shop = Shop(studio, rings_s=None, hangs_up=False)
    await shop.run([], caller=[BreakIn("Help, my house is on fire!", 3000), Leave()])
    assert shop.results == [{"ok": "false", "reason": "emergency"}]
    assert shop.stopped
    assert shop.port.all(Emergency)


async def test_a_process_that_stops_tells_the_caller_in_words(studio: Studio) -> None:
    shop = Shop(studio)

    async def stop(shop: Shop) -> None:
        await until(lambda: bool(shop.port.all(Transferred)))
        await shop.office.stop(10.0)

    ended = await shop.run(["Hello, this is Sam.", "Yes, put them through."], during=stop)
    assert ended.reason == "stopped"
    assert shop.caller_heard(audio_of("I'm sorry, I have to end this call now."))
