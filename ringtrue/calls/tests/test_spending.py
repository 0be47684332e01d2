"""What language models used in a call, folded from its events."""

from __future__ import annotations

from typing import Any

import pytest

from ringtrue.calls.folding import Told, spending


def used(turn: int, **fields: Any) -> Told:
    whole = {"turn": turn, "provider": "anthropic", "model": "m", "outcome": "done", "input_tokens": 900, "cached_tokens": 800,
             "output_tokens": 20, "cost_usd": 0.001, "estimated": False, "first_ms": 300, "took_ms": 500, "early": False}  # fmt: skip
    return Told(seq=turn, at_ms=turn, kind="model_used", fields=whole | fields)


def test_requests_of_a_turn_come_together() -> None:
    found = spending([used(1, outcome="stall", model="a"), used(1, model="b"), used(2, early=True)])
    assert found is not None
    assert [(turn.turn, turn.models, turn.requests, turn.failed, turn.early) for turn in found.turns] == [
        (1, "a, b", 2, ["stall"], False),
        (2, "m", 1, [], True),
    ]
    assert found.cost_usd == pytest.approx(0.003)
    assert (found.read, found.written) == (2700, 60)


def test_a_cost_that_is_not_known_is_not_guessed() -> None:
    found = spending([used(1), used(2, cost_usd=None)])
    assert found is not None
    assert found.cost_usd is None
    assert found.turns[0].cost_usd == pytest.approx(0.001)
    assert spending([]) is None
