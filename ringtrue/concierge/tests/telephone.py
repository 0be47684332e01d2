"""The telephone network of these tests: a carrier that notes what it is asked to dial, and businesses that answer by number."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from ringtrue.concierge.tests.businesses import Business
from ringtrue.concierge.tests.wired import Ears, Loudness, Mouth, Tongue, WiredLeg
from ringtrue.dialing.tests.dials import rang
from ringtrue.media.direct_port import DirectPort
from ringtrue.media.scribe import Scribe
from ringtrue.reception.calling_out import dial_ended
from ringtrue.voice.brains.choosing import brain_for
from ringtrue.voice.call import virtual_time
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.lines.carrier import DialOrder
from ringtrue.voice.lines.permit import PermitGate

ONE_BREATH = CallSettings(between_sentences=100)  # an answer of several sentences is heard as one turn


class Telephone:
    """In the place of a carrier's `dialing` module. `person(question)` is told of each question in mid-call; it gives the answer
    ("yes", "no") after that many seconds, or None."""

    def __init__(self, businesses: dict[str, Business], embedder: Any) -> None:
        self.businesses = businesses
        self.embedder = embedder
        self.ringing: list[DialOrder] = []
        self.dialed: list[str] = []
        self.at_once = 0
        self.asked: Callable[[], None] | None = None
        self.answers_after_s = 10.0
        self.tongue = Tongue()

    def dial(self, account_ref: str, credentials: dict[str, str], order: DialOrder, gate: PermitGate) -> str:
        gate.admit(order.permit, **order.bound())
        rang(order.number)
        self.ringing.append(order)
        self.dialed.append(order.number)
        self.at_once = max(self.at_once, len(self.ringing))
        return f"ref-{len(self.dialed)}"

    def hold_all(self) -> None:
        """Every call that rings is answered and held to its end, one after another."""
        while self.ringing:
            order = self.ringing.pop(0)
            virtual_time.run(self._hold(order, self.businesses[order.number]))
            dial_ended("standin", f"ref-{self.dialed.index(order.number) + 1}", answered=True)

    async def _hold(self, dialed: DialOrder, business: Business) -> None:
        scribe, aside = Scribe(), asyncio.get_running_loop().run_in_executor
        order = await aside(None, _redeem, scribe, dialed.ticket)
        port = _Watched(self, scribe, order.call_id)
        near, far = WiredLeg.pair()
        parts: dict[str, Any] = {
            "recognizers": [Ears(self.tongue)],
            "activity": Loudness(),
            "max_calls": 1,
            "settings": ONE_BREATH,
        }
        ours = Office(voices=[Mouth("ours", self.tongue)], new_brain=lambda it: brain_for(it, self.embedder), **parts)
        theirs = Office(voices=[Mouth("theirs", self.tongue)], new_brain=lambda _: business.brain(self.embedder), **parts)
        async with ours, theirs:
            await asyncio.gather(ours.serve(order, near, port), theirs.serve(business.order(time.time()), far, business))
        business.keys = near.pressed
        await port.finished()


class _Watched(DirectPort):
    def __init__(self, telephone: Telephone, scribe: Scribe, call_id: str) -> None:
        super().__init__(scribe, call_id)
        self._telephone = telephone

    async def use(self, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        done = await super().use(tool, arguments)
        if tool == "errand_ask" and self._telephone.asked is not None:
            asyncio.get_running_loop().call_later(self._telephone.answers_after_s, self._thread.submit, self._telephone.asked)
        return done


def _redeem(scribe: Scribe, ticket: str) -> Any:
    try:
        return scribe.redeem(ticket, "standin")
    finally:
        connection.close()
