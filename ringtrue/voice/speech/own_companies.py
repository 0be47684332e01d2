"""Companies that hear and speak for one business, with a key of its own. Connections are kept for the process, one set for each key."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence

import msgspec
import structlog

from ringtrue.voice.agent import SpeechChoice
from ringtrue.voice.speech import providers
from ringtrue.voice.speech.kinds import Connected

log = structlog.get_logger(__name__)

MOST_KEPT = 64  # sets of connections that no call uses


class _Kept:
    def __init__(self, made: Connected) -> None:
        self.made = made
        self.calls = 0


class OwnCompanies:
    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    @contextlib.asynccontextmanager
    async def of(self, choices: Sequence[SpeechChoice]) -> AsyncIterator[list[Connected]]:
        """Those of one call, while it lasts. One that cannot be connected is told of in the log and left out."""
        kept = [one for choice in choices if (one := await self._connected(choice)) is not None]
        for one in kept:
            one.calls += 1
        try:
            yield [one.made for one in kept]
        finally:
            for one in kept:
                one.calls -= 1
            await self._let_go(MOST_KEPT)

    async def close(self) -> None:
        await self._let_go(0)

    async def _connected(self, choice: SpeechChoice) -> _Kept | None:
        name = hashlib.sha256(msgspec.json.encode(choice, order="sorted")).hexdigest()
        try:
            if name not in self._kept:
                await _load(choice.company)
            if name not in self._kept:  # by a call that waited, too
                [made] = providers.connect([choice.company], variables(choice))
                self._kept[name] = _Kept(made)
        except (providers.ProviderUnknown, providers.ProviderNotSet) as problem:
            log.error("own speech company left out", company=choice.company, problem=str(problem))
            return None
        self._kept.move_to_end(name)
        return self._kept[name]

    async def _let_go(self, most: int) -> None:
        idle = [name for name, one in self._kept.items() if not one.calls]
        for name in idle[: max(0, len(idle) - most)]:
            await self._kept.pop(name).made.close()


async def _load(company: str) -> None:
    """A company's own package takes seconds to import: beside the calls, not in their way. Raises ProviderUnknown."""
    package = providers.about(company).package.partition(" ")[0]
    if package:
        with contextlib.suppress(ImportError):  # `connect` says so
            await asyncio.to_thread(importlib.import_module, package)


def variables(choice: SpeechChoice) -> dict[str, str]:
    """As they would stand in the environment."""
    return {f"RINGTRUE_{choice.company.upper()}_{name}": value for name, value in choice.settings.items()}
