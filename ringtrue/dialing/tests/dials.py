"""Each dial that a stand-in of a carrier logged had a permit of its own: asked after every test. `core/testing.py` loads this.

A stand-in calls `rang(number)` where a telephone would ring; what was admitted is noted at the gate itself, whoever calls it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ringtrue.voice.lines.carrier import DialOrder
from ringtrue.voice.lines.permit import Permit, PermitGate

_rang: list[str] = []
_admitted: dict[str, str] = {}  # id of a permit -> the number it was for


def rang(number: str) -> None:
    _rang.append(number)


def ringing_carrier(placed: Callable[[DialOrder], object]) -> SimpleNamespace:
    """In the place of a carrier's module `dialing`: tells `placed` of each order that rings, and knows the call by our own id of it."""

    def dial(account: str, credentials: Any, order: DialOrder, gate: PermitGate) -> str:
        gate.admit(order.permit, **order.bound())
        rang(order.number)
        placed(order)
        return order.call_id

    return SimpleNamespace(dial=dial)


def without_permit() -> list[str]:
    """Numbers that rang more often than permits for them were admitted, each permit counted once whatever gates it passed."""
    return sorted((Counter(_rang) - Counter(_admitted.values())).elements())


def forget() -> None:
    _rang.clear()
    _admitted.clear()


@pytest.fixture(autouse=True)
def each_dial_has_its_permit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    admit = PermitGate.admit

    def noting(gate: PermitGate, permit: str, *, number: str, **bound: Any) -> Permit:
        held = admit(gate, permit, number=number, **bound)
        _admitted[held.id] = number
        return held

    monkeypatch.setattr(PermitGate, "admit", noting)
    forget()
    yield
    assert without_permit() == [], "a stand-in was told to ring without a permit"
