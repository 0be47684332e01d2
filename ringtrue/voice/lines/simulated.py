"""A caller without a telephone: plays a recording, or follows a script, through the same path as a carrier.

It behaves as a carrier does: 20 ms frames by an absolute clock, a buffer of its own for what is played to the caller, `clear`. In
virtual time a call of two minutes takes as long as its computing. What the caller knows of the agent is what it hears.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

import numpy as np

from ringtrue.voice.lines.leg import FRAME_MS, Can, Digit, Frame, Held, HungUp, LegEvent, TransferResult

ALL: frozenset[Can] = frozenset({"clear", "marks", "digits_out", "transfer", "hang_up"})
AUDIBLE_DBFS = -45.0


class Heard:
    """What has reached the caller's ear: every frame, and for how long the agent has spoken or been silent."""

    def __init__(self, sample_rate: int, *, keep: bool) -> None:
        self.pcm = bytearray()
        """All of it, silence included, since the answer; empty when it is not kept."""
        self.speaking_ms = 0
        """For how long the agent has been speaking; short pauses count as speech."""
        self.silent_ms = 0
        self._keep = keep
        self._quiet = bytes(2 * sample_rate * FRAME_MS // 1000)

    def frame(self, pcm: bytes | None) -> None:
        if self._keep:
            self.pcm += pcm or self._quiet
        if pcm is not None and loudness_dbfs(pcm) > AUDIBLE_DBFS:
            self.speaking_ms += FRAME_MS + (self.silent_ms if self.speaking_ms else 0)
            self.silent_ms = 0
        else:
            self.silent_ms += FRAME_MS
            if self.silent_ms >= 500:
                self.speaking_ms = 0


def loudness_dbfs(pcm: bytes) -> float:
    """RMS of PCM16 against full scale; -120 for digital silence."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float32)
    power = float(np.mean(samples * samples)) if len(samples) else 0.0
    return max(-120.0, 10 * float(np.log10(power / 32768**2 + 1e-12)))


class Caller(Protocol):
    """Who speaks on the simulated line. `next` is called once per 20 ms."""

    async def prepare(self, sample_rate: int) -> None:
        """Make the audio. Called once, before the call begins."""
        ...

    def next(self, heard: Heard) -> bytes | str | None:
        """A frame of PCM16 (b"" for silence), "key:5" for a key, "hold" and "resume", or None: hangs up."""
        ...


class SimulatedLeg:
    """A leg with a made-up far end. `await leg.prepare()` before the call.

    keep: hold what the caller heard (`leg.heard.pcm`) and said (`leg.spoken`), for tests and for `ringtrue call`.
    noise_dbfs: room noise under the caller, a telephone is never digitally silent; None for none.
    """

    def __init__(
        self,
        caller: Caller,
        sample_rate: int = 8000,
        *,
        can: frozenset[Can] = ALL,
        keep: bool = True,
        noise_dbfs: float | None = -62.0,
        transfers: TransferResult | None = None,
    ) -> None:
        self.sample_rate = sample_rate
        self.can = can
        self.caller = caller
        self.heard = Heard(sample_rate, keep=keep)
        self.spoken = bytearray()
        self.clears = 0
        self.digits_sent = ""
        self.transferred_to = ""
        self.began_at = 0.0
        self.first_audio_at: float | None = None
        """Loop time of the first frame that the agent sent."""
        self._keep = keep
        self._size = 2 * sample_rate * FRAME_MS // 1000
        self._buffer = bytearray()  # what will be heard, from `_buffer_from` on
        self._buffer_from = 0  # sample since the beginning
        self._transfers = transfers or TransferResult(ok=True)
        self._closed = False
        rng = np.random.default_rng(1)
        scale = 0.0 if noise_dbfs is None else 32768 * 10 ** (noise_dbfs / 20)
        self._noise = rng.normal(0, scale, sample_rate * 2).astype(np.int16) if scale else np.zeros(sample_rate, np.int16)
        self._noise_at = 0

    async def prepare(self) -> None:
        await self.caller.prepare(self.sample_rate)

    async def events(self) -> AsyncIterator[LegEvent]:
        loop = asyncio.get_running_loop()
        due = self.began_at = loop.time()
        self._buffer.clear()
        while not self._closed:
            due += FRAME_MS / 1000
            await asyncio.sleep(max(0.0, due - loop.time()))
            self.heard.frame(self._listen())
            said = self.caller.next(self.heard)
            if said is None:
                break
            if isinstance(said, str):
                at = loop.time()
                yield Held(said == "hold", at) if said in ("hold", "resume") else Digit(said.removeprefix("key:"), at)
                said = b""
            yield Frame(self._with_noise(said), loop.time())
        self._closed = True
        yield HungUp(loop.time())

    def _listen(self) -> bytes | None:
        """The 20 ms that have just been heard."""
        pcm = bytes(self._buffer[: self._size])
        del self._buffer[: self._size]
        self._buffer_from += self._size // 2
        return pcm + bytes(self._size - len(pcm)) if pcm else None

    def _with_noise(self, pcm: bytes) -> bytes:
        length = self._size // 2
        if self._noise_at + length > len(self._noise):
            self._noise_at = 0
        frame = self._noise[self._noise_at : self._noise_at + length].astype(np.int32)
        self._noise_at += length
        if pcm:
            frame[: len(pcm) // 2] += np.frombuffer(pcm, "<i2")
        mixed = np.clip(frame, -32768, 32767).astype("<i2").tobytes()
        if self._keep:
            self.spoken += mixed
        return mixed

    # --- what the loop does with it

    def play(self, pcm: bytes) -> None:
        if len(pcm) != self._size:
            raise ValueError(f"a frame of {len(pcm)} bytes; wanted {self._size}")
        if self.first_audio_at is None:
            self.first_audio_at = asyncio.get_running_loop().time()
        # As a carrier does: at once when nothing is waiting, else right after what waits; no delay of its own.
        begin = max(0, self._sample_now() - self._buffer_from) * 2
        if begin > len(self._buffer):
            self._buffer += bytes(begin - len(self._buffer))
        self._buffer += pcm

    def clear(self) -> None:
        self.clears += 1
        del self._buffer[max(0, self._sample_now() - self._buffer_from) * 2 :]

    def _sample_now(self) -> int:
        return round((asyncio.get_running_loop().time() - self.began_at) * self.sample_rate)

    async def send_digits(self, digits: str) -> None:
        self.digits_sent += digits

    async def transfer(self, number: str) -> TransferResult:
        self.transferred_to = number
        return self._transfers

    async def hang_up(self) -> None:
        self._closed = True
