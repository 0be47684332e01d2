from __future__ import annotations

import json

import pytest

from ringtrue.voice.events import Ended, Heard, Word
from ringtrue.voice.lines.browser.media import BrowserLeg
from ringtrue.voice.lines.leg import Digit, Frame, HungUp


class Page:
    def __init__(self) -> None:
        self.texts: list[dict[str, object]] = []
        self.sound: list[bytes] = []
        self.closed: int | None = None

    def send_text(self, text: bytes) -> None:
        self.texts.append(json.loads(text))

    def send_bytes(self, data: bytes) -> None:
        self.sound.append(data)

    def close(self, code: int = 1000) -> None:
        self.closed = code


@pytest.mark.parametrize(("query", "first"), [({"ticket": "t"}, None), ({}, {"type": "start", "ticket": "t"})])
async def test_the_ticket_is_in_the_address_or_the_first_message(query: dict[str, str], first: dict[str, str] | None) -> None:
    leg = BrowserLeg(Page(), query)
    assert leg.ticket.done() == (first is None)
    if first:
        leg.text(json.dumps(first).encode())
    assert await leg.ticket == "t"


async def test_sound_digits_and_hanging_up() -> None:
    leg = BrowserLeg(Page(), {"ticket": "t"})
    leg.binary(b"\x01\x02" * 320)
    leg.text(b'{"type":"digits","digits":"1x#"}')
    leg.text(b'{"type":"hang_up"}')
    events = [event async for event in leg.events()]
    assert [type(event) for event in events] == [Frame, Digit, Digit, HungUp]
    assert isinstance(events[0], Frame)
    assert events[0].pcm == b"\x01\x02" * 320
    assert events[-1] == HungUp(events[-1].at, True)


async def test_the_page_is_shown_the_call_as_it_happens() -> None:
    page = Page()
    leg = BrowserLeg(page, {"ticket": "t"})
    leg.started()
    leg.play(b"\x00" * 640)
    leg.clear()
    leg.tell(Heard(at_ms=900, turn=1, start_ms=100, end_ms=800, text="hello", words=[Word("hello", 100, 800)]))
    leg.tell(Ended(at_ms=1000, reason="caller_hung_up", duration_ms=1000))
    assert page.sound == [b"\x00" * 640]
    assert [text["type"] for text in page.texts] == ["started", "clear", "event", "event", "ended"]
    shown = page.texts[2]["event"]
    assert isinstance(shown, dict)
    assert (shown["kind"], shown["text"]) == ("heard", "hello")
    assert page.texts[-1]["reason"] == "caller_hung_up"


@pytest.mark.parametrize("data", [b"\x00", b"\x00" * 20_000])
async def test_sound_that_cannot_be_ends_the_call(data: bytes) -> None:
    page = Page()
    leg = BrowserLeg(page, {"ticket": "t"})
    leg.binary(data)
    assert page.closed == 1003


async def test_a_refused_ticket_is_told_and_the_socket_closed() -> None:
    page = Page()
    BrowserLeg(page, {"ticket": "t"}).refused("used")
    assert page.texts == [{"type": "refused", "code": "used"}]
    assert page.closed == 1008
