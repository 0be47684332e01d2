"""A call that tells a code to whoever answers a number, and ends: with it a business shows that the number is its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from ringtrue.voice.agent import CallOrder, Mission
from ringtrue.voice.brains.acts import Act, HangUp, HeardTurn, Say
from ringtrue.voice.brains.campaign_call import each


class TellingCode:
    goal = "answered"

    def __init__(self, mission: Mission) -> None:
        self._mission = mission

    async def prepare(self, order: CallOrder) -> None:
        """Nothing has to be made ready."""

    async def greet(self) -> AsyncGenerator[Act, Any]:
        yield Say(self._mission.reason)
        yield HangUp(f"Once more. {self._mission.facts} Goodbye.")

    def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        """Whoever speaks into it hears the code all the same."""
        return each([HangUp(f"{self._mission.facts} Goodbye.")])

    def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        return each([HangUp(f"{self._mission.facts} Goodbye.")])

    def facts(self) -> dict[str, Any]:
        return {}
