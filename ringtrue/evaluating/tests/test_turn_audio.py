"""The true start and end of speech, and how replies are counted."""

from __future__ import annotations

import numpy as np
import pytest

from ringtrue.evaluating.barge_calls import Barge
from ringtrue.evaluating.turn_audio import TurnAudio, speech_bounds
from ringtrue.evaluating.turn_calls import Turn
from ringtrue.evaluating.turns import pause_figures, reply_figures


def sound(*parts: tuple[int, float]) -> np.ndarray:
    """Noise of (ms, standard deviation) after one another, 8 kHz."""
    rng = np.random.default_rng(2)
    return np.concatenate([rng.normal(0, level, 8 * ms) for ms, level in parts]).clip(-32768, 32767).astype("<i2")


def test_a_click_before_the_speech_is_no_speech() -> None:
    assert speech_bounds(sound((200, 20), (40, 200), (300, 20), (800, 4000), (400, 20))) == (540, 1340)


def test_the_soft_consonant_that_leads_into_speech_is() -> None:
    assert speech_bounds(sound((200, 10), (120, 300), (800, 4000), (60, 10), (50, 500), (400, 10))) == (200, 1230)


def test_pauses_inside_speech_are_inside() -> None:
    assert speech_bounds(sound((200, 20), (500, 4000), (900, 20), (500, 3000), (400, 20))) == (200, 2100)


def test_there_is_nothing_in_too_little() -> None:
    assert speech_bounds(sound((50, 4000))) is None


def test_cut_ins_are_no_fast_replies() -> None:
    items = [
        TurnAudio(file="f", part="p", kind="code", expecting="digits", said="", pcm=b"", start_ms=0, end_ms=0) for _ in range(4)
    ]
    turns = [Turn(item=n, reply_ms=ms, decided_ms=0, text="") for n, ms in enumerate([-400, 300, 500, None])]
    figures = reply_figures(items, turns)
    assert figures["code"] == figures["code, p"] == {"items": 4, "cut_in": 0.25, "p50": 400.0, "p95": 490.0, "unanswered": 1}


def test_only_an_agent_that_was_speaking_can_be_paused() -> None:
    def barge(pause_ms: int | None, speaking: bool) -> Barge:
        return Barge(sound=0, pause_ms=pause_ms, speaking=speaking, pauses=1, silent_ms=0, exact=True, whole=False)

    figures = pause_figures([barge(60, True), barge(80, True), barge(None, False), barge(None, True)])
    assert (figures["measured"], figures["p50"], figures["never"]) == (2, pytest.approx(70), 1)
