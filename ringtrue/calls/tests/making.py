"""A call as the scribe would store it, for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from ringtrue.calls.models import Call
from ringtrue.calls.recording import begin_call, end_call, store_event, store_piece

STARTED = 1795284000.0  # 2026-11-21 18:00 UTC
NUMBER = "+18565550142"
NAME = "Marigold Ashdown"
SENTENCE = "my crown fell out during breakfast"


def conversation() -> list[tuple[str, dict[str, Any]]]:
    """A caller who leaves a message."""
    return [
        ("answered", {"at_ms": 0, "started_at": STARTED, "line": "simulated", "sample_rate": 8000}),
        ("disclosed", {"at_ms": 1500}),
        ("said", {"at_ms": 3000, "turn": 0, "start_ms": 200, "end_ms": 3000, "text": "You have reached Riverside Dental.", "complete": True}),
        ("consent", {"at_ms": 3000, "granted": True, "method": "announced", "wording": "This call is recorded."}),
        ("heard", {"at_ms": 6000, "turn": 1, "start_ms": 4000, "end_ms": 6000, "text": f"Hello, {SENTENCE}.", "words": [["Hello,", 4000, 4300]], "confidence": 0.9}),
        ("understood", {"at_ms": 6100, "turn": 1, "intent": "message", "source": "", "score": 0.8}),
        ("turn_times", {"at_ms": 6900, "turn": 1, "endpoint_ms": 300, "recognize_ms": 200, "think_ms": 20, "voice_ms": 90, "reply_ms": 610}),
        ("said", {"at_ms": 9000, "turn": 1, "start_ms": 6600, "end_ms": 9000, "text": "May I have your name and", "complete": False}),
        ("heard", {"at_ms": 11000, "turn": 2, "start_ms": 9100, "end_ms": 11000, "text": f"{NAME}."}),
        ("tool", {"at_ms": 11500, "turn": 2, "name": "take_message", "ok": True, "arguments": {"name": NAME, "number": NUMBER, "reason": SENTENCE}, "result": {"taken": "true"}, "took_ms": 12}),
        ("turn_times", {"at_ms": 11800, "turn": 2, "endpoint_ms": 300, "recognize_ms": 220, "think_ms": 30, "voice_ms": 80, "reply_ms": 630}),
        ("ended", {"at_ms": 14000, "reason": "caller_hung_up", "duration_ms": 14000, "goal": "message"}),
    ]  # fmt: skip


def a_call(
    dental: Any, *, mode: str = "everything", end: bool = True, events: Any = None, number: str = NUMBER, **fields: Any
) -> Call:
    """Stored as it is given: what the gate would have dropped is passed on purpose, to see that it is not kept all the same."""
    call = begin_call(
        dental.version, line="simulated", from_number=number, to_number="+18565550100", storage_mode=mode, is_test=True, **fields
    )
    for seq, (kind, each) in enumerate(events if events is not None else conversation(), 1):
        store_event(call, seq, kind, each)
    return end_call(call) if end else call


def tone(ms: int, *, rate: int = 8000, caller: int = 0, agent: int = 0) -> bytes:
    """Constant samples: easy to find again."""
    frames = np.zeros((ms * rate // 1000, 2), np.int16)
    frames[:, 0], frames[:, 1] = caller, agent
    return frames.tobytes()


def with_recording(call: Call) -> Call:
    """Two pieces with a hole of 500 ms between them."""
    store_piece(call, 1, 3000, 1000, 8000, tone(1000, caller=1000))
    store_piece(call, 2, 4500, 1000, 8000, tone(1000, agent=-2000))
    return call
