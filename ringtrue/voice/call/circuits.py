"""Which providers of this process are worth asking: one that failed for some calls is not paid for in every other.

A circuit opens after some failures in a row, whichever calls they were in. From then on the provider is asked last, and now and then it
is probed in the background with nothing of a caller's: half a second of quiet, or a sentence of ours. The first probe that works closes
the circuit again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Protocol, TypeVar

import structlog

from ringtrue.voice.call import wording
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.speech.kinds import Recognizer, Voice, VoiceFailed

log = structlog.get_logger(__name__)


class Named(Protocol):
    @property
    def name(self) -> str: ...


P = TypeVar("P", bound=Named)

PROBE_RATE = 8000


async def probe_recognizer(recognizer: Recognizer) -> None:
    await recognizer.transcribe(bytes(PROBE_RATE), PROBE_RATE)


async def probe_voice(voice: Voice) -> None:
    """Raises VoiceFailed."""
    async for piece in voice.say(wording.ONE_MOMENT, PROBE_RATE):
        if piece:
            return
    raise VoiceFailed("empty")


class _Circuit:
    __slots__ = ("failures", "open", "probing", "try_at", "wait_s")

    def __init__(self) -> None:
        self.failures = 0  # in a row
        self.open = False
        self.try_at = 0.0  # loop time of the next probe
        self.wait_s = 0.0
        self.probing: asyncio.Task[None] | None = None


class Circuits(Generic[P]):
    """One for all recognizers of a process, one for all its voices. `probe(provider)` raises when it does not work."""

    def __init__(self, settings: CallSettings, probe: Callable[[P], Awaitable[None]]) -> None:
        self._settings = settings
        self._probe = probe
        self._circuits: dict[int, _Circuit] = {}

    def ranked(self, providers: Sequence[P]) -> list[P]:
        """Those that work first, in the given order; nobody is left out, for when all are in trouble. Begins probes that are due."""
        for provider in providers:
            self._maybe_probe(provider)
        return sorted(providers, key=self.is_open)

    def is_open(self, provider: P) -> bool:
        circuit = self._circuits.get(id(provider))
        return circuit is not None and circuit.open

    def worked(self, provider: P) -> None:
        circuit = self._circuits.pop(id(provider), None)
        if circuit is not None and circuit.open:
            log.info("provider_is_back", provider=provider.name)

    def failed(self, provider: P) -> None:
        circuit = self._circuits.setdefault(id(provider), _Circuit())
        circuit.failures += 1
        if not circuit.open and circuit.failures >= self._settings.circuit_failures:
            circuit.open = True
            self._wait(circuit)
            log.warning("provider_set_aside", provider=provider.name, failures=circuit.failures)

    def _wait(self, circuit: _Circuit) -> None:
        first, longest = self._settings.circuit_wait / 1000, self._settings.circuit_longest_wait / 1000
        circuit.wait_s = min(longest, 2 * circuit.wait_s or first)
        circuit.try_at = asyncio.get_running_loop().time() + circuit.wait_s

    def _maybe_probe(self, provider: P) -> None:
        circuit = self._circuits.get(id(provider))
        if circuit is None or not circuit.open or circuit.probing is not None:
            return
        if asyncio.get_running_loop().time() >= circuit.try_at:
            circuit.probing = asyncio.create_task(self._try(provider, circuit))

    async def _try(self, provider: P, circuit: _Circuit) -> None:
        try:
            async with asyncio.timeout(self._settings.circuit_probe / 1000):
                await self._probe(provider)
        except Exception as error:
            log.info("provider_still_failing", provider=provider.name, error=describe(error))
            self._wait(circuit)
        else:
            self.worked(provider)
        finally:
            circuit.probing = None

    async def close(self) -> None:
        tasks = [circuit.probing for circuit in self._circuits.values() if circuit.probing is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
