"""A page whose network breaks in the middle of a call: the same call goes on over another connection, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ringtrue.voice.brains.acts import Ask
from ringtrue.voice.call.tests.stand_ins import AGENT, KeptPort, StubBrain, Studio, audio_of, order
from ringtrue.voice.events import Ended, Said, Trouble
from ringtrue.voice.lines.browser.media import BrowserLeg
from ringtrue.voice.lines.browser.resuming import CUT_FOR_S

RATE = 16000
GREETING = (
    "We are open from nine to five on weekdays, on Saturdays from ten until two, and on Sundays we are closed all day long."
)
ORDER = order(agent=AGENT, line="browser")
ON_ITS_WAY_S = 0.04


class Network:
    """Between a page and the house. What is on its way when it breaks never arrives, and no end is told of it."""

    def __init__(self, page: Page) -> None:
        self.page, self.up, self.code = page, True, 0
        self._last = 0.0

    def send_text(self, text: bytes) -> None:
        self._later(lambda: self.page.told(json.loads(text)))

    def send_bytes(self, data: bytes) -> None:
        self._later(lambda: self.page.hear(data))

    def close(self, code: int = 1000) -> None:
        self.code = code

    def _later(self, arrive: Any) -> None:
        loop = asyncio.get_running_loop()
        self._last = max(self._last + 1e-6, loop.time() + ON_ITS_WAY_S)  # timers of the same moment come in any order
        loop.call_at(self._last, lambda: self.up and arrive())


class Page:
    """As `call-audio.js`: plays what it gets, and sends a frame every 20 ms."""

    def __init__(self) -> None:
        self.texts: list[dict[str, Any]] = []
        self.sound = bytearray()
        self.got = self.events = 0
        self.network: Network | None = None
        self.leg: BrowserLeg | None = None

    def connect(self, **query: str) -> BrowserLeg:
        self.network = Network(self)
        self.leg = BrowserLeg(self.network, query)
        return self.leg

    def told(self, text: dict[str, Any]) -> None:
        self.texts.append(text)
        self.events += text["type"] == "event"
        if text["type"] == "resumed":
            self.got = 0

    def hear(self, pcm: bytes) -> None:
        self.got += len(pcm)
        self.sound += pcm

    async def speak(self) -> None:
        while True:
            if self.network and self.leg and self.network.up:
                self.leg.binary(bytes(640))
            await asyncio.sleep(0.02)

    def again(self) -> BrowserLeg:
        return self.connect(resume=self.texts[0]["resume"], got=str(self.got), events=str(self.events))


class Visit:
    """One call from a page. `async with` begins it; `over` is its end."""

    def __init__(self, studio: Studio, greeting: str = GREETING) -> None:
        self.page, self.port = Page(), KeptPort()
        self.leg = self.page.connect(ticket="t", resumable="1")
        self._office = studio.new_office(StubBrain(greeting=[Ask(greeting)]))

    async def __aenter__(self) -> Visit:
        await self._office.__aenter__()
        leg, port = self.leg, self.port

        class Told(KeptPort):
            def emit(self, event: Any) -> None:
                port.emit(event)
                leg.tell(event)

        self.leg.started()
        told = Told()
        told.audio = self.port.audio  # type: ignore[method-assign]
        self.over = asyncio.create_task(self._office.serve(ORDER, self.leg, told))
        self._speaking = asyncio.create_task(self.page.speak())
        await self._office.prepare(AGENT, RATE)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.page.leg is not None
        self.page.leg.text(b'{"type": "hang_up"}')
        await self.over
        self.leg.finished()
        self._speaking.cancel()
        await self._office.__aexit__(None, None, None)

    async def is_cut_off(self, after_s: float) -> None:
        """The page has got so much of the greeting, and then its network breaks."""
        sample = audio_of(GREETING, RATE)[: int(after_s * RATE) * 2][-640:]
        await until(lambda: sample in self.page.sound)
        assert self.page.network is not None
        self.page.network.up = False

    def place(self) -> int:
        """Of the greeting in what the page played, in bytes; it is there whole, once."""
        sound, whole = bytes(self.page.sound), audio_of(GREETING, RATE)
        assert sound.count(whole[:640]) == sound.count(whole[-1000:-360]) == 1
        return sound.find(whole[:640])


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - virtual time
        await asyncio.sleep(0.02)


async def carried_on(visit: Visit) -> asyncio.Task[None]:
    again = visit.page.again()
    return asyncio.create_task(again.carry_on(visit.leg))


@pytest.mark.parametrize("silent_s", [0.3, 1.0, 6.0, 15.0])
async def test_a_sentence_goes_on_where_the_network_broke(studio: Studio, silent_s: float) -> None:
    """At 0.3 s and 1.0 s the page notices first; later the house has noticed that no frame comes."""
    async with Visit(studio) as visit:
        await visit.is_cut_off(2.0)
        await asyncio.sleep(silent_s)
        carrying = await carried_on(visit)
        await until(lambda: any(said.text == GREETING for said in visit.port.all(Said)))
        await asyncio.sleep(0.3)
        whole = audio_of(GREETING, RATE)
        began = visit.place()
        assert bytes(visit.page.sound[began : began + len(whole)]) == whole, "to the sample"
        assert not carrying.done()
    assert [said.text for said in visit.port.all(Said)].count(GREETING) == 1
    assert [trouble.code for trouble in visit.port.all(Trouble) if trouble.part == "line"] == ["cut", "mended"]
    assert visit.port.all(Ended)[-1].reason == "caller_hung_up"
    shown = [text["event"] for text in visit.page.texts if text["type"] == "event"]
    assert [event["at_ms"] for event in shown] == [event.at_ms for event in visit.port.events][: len(shown)]


async def test_what_is_recorded_is_whole_and_stands_once(studio: Studio) -> None:
    async with Visit(studio) as visit:
        await visit.is_cut_off(3.0)
        await asyncio.sleep(5)
        await carried_on(visit)
        await asyncio.sleep(8)
    starts = [piece.start_ms for piece in visit.port.pieces]
    assert starts == sorted(set(starts))
    agent, whole = visit.port.track(1), np.frombuffer(audio_of(GREETING, RATE), "<i2")
    heard = agent[np.abs(agent) > 0]
    matches = [
        np.flatnonzero(np.convolve(heard, part[::-1].astype(float), "valid") > 0.9 * np.dot(part.astype(float), part))
        for part in (whole[:400], whole[-400:])
    ]
    assert [len(found) for found in matches] == [1, 1]


async def test_whoever_does_not_come_back_is_let_go_after_a_while(studio: Studio) -> None:
    async with Visit(studio) as visit:
        await visit.is_cut_off(1.0)
        loop = asyncio.get_running_loop()
        broke = loop.time()
        visit.leg.closed(clean=False)
        ended = await visit.over
        assert ended.reason == "line_failed"
        assert CUT_FOR_S - 0.1 <= loop.time() - broke <= CUT_FOR_S + 0.5
        visit.leg.finished()
        late = visit.page.again()
        await late.carry_on(visit.leg)
        assert visit.page.network is not None
        assert visit.page.network.code == 1008


async def test_a_page_that_hangs_up_or_cannot_resume_is_not_waited_for(studio: Studio) -> None:
    for clean, resumable, reason in ((True, "1", "caller_hung_up"), (False, "", "line_failed")):
        visit = Visit(studio)
        visit.leg = visit.page.connect(ticket="t", resumable=resumable)
        async with visit:
            await asyncio.sleep(1.0)
            began = asyncio.get_running_loop().time()
            visit.leg.closed(clean=clean)
            assert (await visit.over).reason == reason
            assert asyncio.get_running_loop().time() - began < 1.0


async def test_an_old_connection_that_ends_late_ends_nothing(studio: Studio) -> None:
    async with Visit(studio) as visit:
        await visit.is_cut_off(1.0)
        await asyncio.sleep(4)
        await carried_on(visit)
        await asyncio.sleep(1)
        visit.leg.closed(clean=True)
        visit.leg.text(b'{"type": "hang_up"}')
        visit.leg.binary(bytes(7))
        await asyncio.sleep(1)
        assert not visit.over.done()
