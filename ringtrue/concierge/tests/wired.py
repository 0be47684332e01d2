"""Two ends of a telephone line in one process, and stand-ins for mouths and ears: what one end says is sound that only a recognizer
which knows the sentences can read. Everything between is the conversation loop itself, on both ends."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.call.said_part import said_part
from ringtrue.voice.lines.leg import FRAME_MS, Can, Digit, Frame, HungUp, LegEvent, TransferResult
from ringtrue.voice.speech.kinds import Expecting, Transcript

RATE = 8000
SIZE = 2 * RATE * FRAME_MS // 1000
PER_LETTER = RATE * 28 // 1000  # samples: a fast speaker
MARK_EVERY = 64  # samples


class WiredLeg:
    """`WiredLeg.pair()` gives both ends."""

    sample_rate = RATE
    can: frozenset[Can] = frozenset({"clear", "digits_out", "hang_up"})

    def __init__(self) -> None:
        self.far: WiredLeg
        self._out = bytearray()
        self._keys: list[str] = []
        self._closed = False
        self.pressed = ""

    @classmethod
    def pair(cls) -> tuple[WiredLeg, WiredLeg]:
        near, far = cls(), cls()
        near.far, far.far = far, near
        return near, far

    async def events(self) -> AsyncIterator[LegEvent]:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not (self._closed or self.far._closed):
            due += FRAME_MS / 1000
            await asyncio.sleep(max(0.0, due - loop.time()))
            while self._keys:
                yield Digit(self._keys.pop(0), loop.time())
            pcm = bytes(self.far._out[:SIZE])
            del self.far._out[:SIZE]
            yield Frame(pcm + bytes(SIZE - len(pcm)), loop.time())
        yield HungUp(loop.time())

    def play(self, pcm: bytes) -> None:
        self._out += pcm

    def clear(self) -> None:
        self._out.clear()

    async def send_digits(self, digits: str) -> None:
        self.pressed += digits
        self.far._keys += digits

    async def transfer(self, number: str) -> TransferResult:
        return TransferResult(ok=False, reason="line_cannot")

    async def hang_up(self) -> None:
        self._closed = True


class Tongue:
    """What has been said so far, by anybody: each text has a sound of its own, and every 8 ms of it tell text and place."""

    def __init__(self) -> None:
        self._texts: list[tuple[str, int]] = []
        self._marks: dict[bytes, tuple[int, int]] = {}
        self._sounds: dict[str, bytes] = {}

    def sound(self, text: str) -> bytes:
        if text not in self._sounds:
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
            samples = np.random.default_rng(seed).integers(3000, 9000, PER_LETTER * max(8, len(text))).astype("<i2")
            pcm = (samples * np.where(np.arange(len(samples)) % 2, 1, -1)).astype("<i2").tobytes()
            self._sounds[text] = pcm
            self._texts.append((text, len(samples)))
            for at in range(0, len(samples) - 4, MARK_EVERY):
                self._marks[pcm[2 * at : 2 * at + 8]] = (len(self._texts) - 1, at)
        return self._sounds[text]

    def read(self, pcm: bytes) -> str:
        """The words of a piece of sound; of a sentence that is cut, the first words or the last."""
        spans: dict[int, tuple[int, int]] = {}
        for at in range(0, len(pcm) - 8, 2):
            found = self._marks.get(pcm[at : at + 8])
            if found is not None:
                text, place = found
                first, _ = spans.get(text, (place, place))
                spans[text] = (first, place)
        said = []
        for text, (first, last) in spans.items():
            words, length = self._texts[text]
            begin, end = first / length, (last + 2 * MARK_EVERY) / length
            if end - begin < 0.04:
                continue
            whole = words if end >= 0.97 else said_part(words, end)
            cut = "" if begin <= 0.06 else said_part(words, begin)
            said.append(whole.removeprefix(cut).strip() if cut else whole)
        return " ".join(part for part in said if part)


class Mouth:
    def __init__(self, name: str, tongue: Tongue) -> None:
        self.name = name
        self._tongue = tongue

    async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        assert sample_rate == RATE
        yield self._tongue.sound(text)


class Ears:
    name = "ears"

    def __init__(self, tongue: Tongue) -> None:
        self._tongue = tongue

    async def transcribe(
        self, pcm: bytes, sample_rate: int, *, expecting: Expecting = "open", hints: tuple[str, ...] = ()
    ) -> Transcript:
        assert sample_rate == RATE
        return Transcript(text=self._tongue.read(pcm), confidence=0.95)


class Loudness:
    """Voice activity by level alone: the line is silent where nobody speaks."""

    def probabilities(self, chunks: NDArray[np.float32], slots: NDArray[np.intp]) -> NDArray[np.float32]:
        loud = np.sqrt(np.mean(chunks * chunks, axis=1)) > 0.02
        return np.where(loud, 0.98, 0.01).astype(np.float32)

    def reset(self, slot: int) -> None: ...
