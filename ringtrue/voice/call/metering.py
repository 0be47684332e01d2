"""What companies of speech were used for in one call, and what that costs by their list prices. Local models cost nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Literal

from ringtrue.voice.events import SpeechUsed
from ringtrue.voice.speech.kinds import Price


class _Use:
    def __init__(self, part: Literal["hearing", "speaking"]) -> None:
        self.part = part
        self.requests = 0
        self.characters = 0
        self.sound_ms = 0.0


class Meter:
    """`prices`: name of a recognizer or voice -> its price, None where nobody knows it. Whoever is not in it is not counted."""

    def __init__(self, prices: Mapping[str, Price | None]) -> None:
        self._prices = prices
        self._uses: dict[str, _Use] = {}

    def heard(self, recognizer: str, sound_ms: float, requests: int = 1) -> None:
        """Sound that it was given, whether its answer was used or not."""
        if recognizer in self._prices:
            use = self._uses.setdefault(recognizer, _Use("hearing"))
            use.requests += requests
            use.sound_ms += sound_ms

    def spoken(self, voice: str, text: str, pieces: AsyncIterator[bytes], sample_rate: int) -> AsyncIterator[bytes]:
        """The pieces, counted as they come."""
        if voice not in self._prices:
            return pieces
        use = self._uses.setdefault(voice, _Use("speaking"))
        use.requests += 1
        use.characters += len(text)
        return _counted(pieces, use, sample_rate)

    @property
    def cost_usd(self) -> float:
        """Until now; what has no price counts as nothing."""
        return sum(_cost(self._prices[name], use) or 0.0 for name, use in self._uses.items())

    def told(self, at_ms: int) -> list[SpeechUsed]:
        """One for each recognizer and voice that did something."""
        return [
            SpeechUsed(
                at_ms=at_ms, part=use.part, name=name, requests=use.requests, characters=use.characters,
                sound_ms=round(use.sound_ms), cost_usd=_cost(self._prices[name], use),
            )
            for name, use in self._uses.items()
        ]  # fmt: skip


async def _counted(pieces: AsyncIterator[bytes], use: _Use, sample_rate: int) -> AsyncIterator[bytes]:
    async with aclosing(pieces):  # type: ignore[type-var]
        async for piece in pieces:
            use.sound_ms += len(piece) * 500 / sample_rate
            yield piece


def _cost(price: Price | None, use: _Use) -> float | None:
    if price is None:
        return None
    units = use.sound_ms / 3_600_000 if price.per == "hour" else use.characters / 1000
    return round(units * price.usd, 8)
