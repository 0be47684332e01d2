"""A page for the conformance suite (`conforming/stand_in.py`); what a real browser does is tried in `media/tests/test_browser_calls.py`."""

from __future__ import annotations

from typing import Any

from ringtrue.voice.lines.tests.pcm_far_end import PcmFarEnd

__all__ = ["FarEnd"]


class FarEnd(PcmFarEnd):
    rate = 16000

    def __init__(self, ticket: str) -> None:
        super().__init__(ticket)
        self.query = {"ticket": ticket}

    def begin(self) -> list[str | bytes]:
        return []

    def take_control(self, told: dict[str, Any]) -> None:
        assert told["type"] in ("started", "clear", "event", "ended", "refused"), told
        if told["type"] == "clear":
            self.thrown_away()
