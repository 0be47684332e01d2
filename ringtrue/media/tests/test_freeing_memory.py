"""What an ended call held is freed after a number of calls, not when Python's own collector comes by."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from ringtrue.media.freeing_memory import CALLS, Collector
from ringtrue.media.loop import Loop
from ringtrue.voice.agent import CallOrder
from ringtrue.voice.events import Ended


class Part:
    """Knows itself by a callback, as the parts of a call know one another."""

    def __init__(self) -> None:
        self.callback = self.called

    def called(self) -> None: ...


@pytest.fixture(autouse=True)
def _only_when_asked() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def test_what_ended_calls_held_is_freed() -> None:
    collector = Collector()
    held = [weakref.ref(Part()) for _ in range(CALLS)]
    for _ in range(CALLS - 1):
        collector.call_ended()
    assert all(part() for part in held)
    collector.call_ended()
    assert not any(part() for part in held)


class Office:
    """Answers a call and is done with it, or breaks down."""

    def __init__(self, breaks: bool) -> None:
        self.breaks = breaks

    async def serve(self, order: CallOrder, leg: Any, port: Any) -> None:
        if self.breaks:
            raise RuntimeError
        port.emit(Ended(at_ms=9, reason="caller_hung_up", duration_ms=9))


class Port:
    ended = False
    use = None

    def emit(self, event: Any) -> None:
        self.ended = True


class Link:
    def open(self, call_id: str) -> Port:
        return Port()


class Leg:
    can = frozenset[str]()
    line = "twilio"
    carrier = None

    def started(self) -> None: ...

    def tell(self, event: Any) -> None: ...


@pytest.mark.parametrize("breaks", [False, True])
def test_every_call_counts_however_it_ended(breaks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    freed: list[Collector] = []
    monkeypatch.setattr(Collector, "call_ended", lambda self: freed.append(self))
    link: Any = Link()
    office: Any = Office(breaks)
    leg: Any = Leg()
    monkeypatch.setattr("ringtrue.media.loop.Alarm", lambda office: None)
    loop = Loop(office, link)
    order: Any = type("Order", (), {"call_id": "c"})()
    if breaks:
        with pytest.raises(RuntimeError):
            asyncio.run(loop._serve(order, leg))
    else:
        asyncio.run(loop._serve(order, leg))
    assert freed == [loop.collector]
