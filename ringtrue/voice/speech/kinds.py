"""What a recognizer, a voice and an embedder are. One adapter per provider, each in one file beside this one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal, NamedTuple, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.events import Word

Expecting = Literal["open", "yes_no", "digits", "name", "date", "spelling", "address"]
"""What was asked last. It biases decoding and lengthens end-of-turn (numbers and spellings come with pauses)."""


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    words: list[Word] = []  # times in ms since the start of the given audio
    confidence: float = 0.0  # 0..1, mean token probability
    no_speech: float = 0.0  # 0..1
    cpu_ms: float = 0.0


class Recognizer(Protocol):
    name: str

    async def transcribe(
        self,
        pcm: bytes,
        sample_rate: int,
        *,
        expecting: Expecting = "open",
        hints: tuple[str, ...] = (),
        words: bool = False,
    ) -> Transcript:
        """One utterance, mono PCM16; `words` asks for the times of words too. Cancellable at once (the caller of a cancelled task gets CancelledError; work already
        running in the pool is dropped when done). Raises RecognizerFailed."""
        ...


class RecognizerFailed(Exception):
    """The recognizer cannot answer; `str(self)` is a code of ours."""


class VoiceFailed(Exception):
    """The voice cannot speak; `str(self)` is a code of ours."""


class Voice(Protocol):
    name: str

    def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        """Mono PCM16 in pieces of any even length, at `sample_rate`. Closing the iterator cancels. Raises VoiceFailed."""
        ...


class Embedder(Protocol):
    async def embed(self, texts: list[str]) -> NDArray[np.float32]:
        """Shape (len(texts), 384), rows of unit length."""
        ...


class Connected(NamedTuple):
    """A provider of speech, connected: what its file's `connect(settings)` returns. `close()` lets its connections go."""

    recognizers: list[Recognizer]
    voices: list[Voice]
    close: Callable[[], Awaitable[None]]
