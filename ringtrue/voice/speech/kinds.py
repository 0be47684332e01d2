"""What a recognizer, a voice and an embedder are. One adapter per provider, each in one file beside this one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import MappingProxyType
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


class Stream(Protocol):
    """One utterance on its way to a recognizer while it is spoken. A recognizer that can has `stream(sample_rate, hints=...) -> Stream`
    beside `transcribe`: it returns at once, and connects behind."""

    def feed(self, pcm: bytes) -> None:
        """More of it, mono PCM16. Never waits, never raises."""
        ...

    async def finish(self) -> Transcript:
        """Nothing follows: what was said. Once. Lets go of everything, also when cancelled. Raises RecognizerFailed."""
        ...

    def leave(self) -> None:
        """It is not wanted any more. May be called at any time."""
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


Can = Literal["hears", "streams", "word_times", "hints", "speaks"]
"""hears: is a recognizer; streams: takes an utterance while it is spoken; word_times: tells them; hints: takes words to listen for;
speaks: is a voice. Every voice hands on sound as it comes, and everything lets go at once when it is cancelled."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """`name` without the prefix: "KEY" is read from RINGTRUE_<PROVIDER>_KEY."""

    name: str
    says: str  # what it is, for whoever sets it
    default: str = ""
    needed: bool = False
    unless: str = ""  # another setting: with that one, this is not needed


def voices_in(setting: str) -> list[tuple[str, str]]:
    """(name, the company's number for it) of "Katie=f786b574,Ben=ab12" or "alloy,verse": what businesses may choose from."""
    named = [one.strip().partition("=") for one in setting.split(",") if one.strip()]
    return [(name.strip(), number.strip() or name.strip()) for name, _, number in named]


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """US dollars, as a list price: what a company really charges depends on the contract."""

    usd: float
    per: Literal["hour", "1000 characters"]  # of sound heard or made; of text given
    as_of: str  # ISO 8601 date


class Connected(NamedTuple):
    """A provider of speech, connected: what its file's `connect(settings)` returns. `close()` lets its connections go. `prices`, by the
    name of the recognizer or voice, are filled in by `providers.connect`."""

    recognizers: list[Recognizer]
    voices: list[Voice]
    close: Callable[[], Awaitable[None]]
    prices: Mapping[str, Price | None] = MappingProxyType({})


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider's file says of itself."""

    title: str  # as people know the company
    can: tuple[Can, ...]
    settings: tuple[Setting, ...]
    training: str  # how it is told to train on nothing, or what it says where its protocol has no word for it
    regions: str  # where it works, and how another place is chosen
    prices: dict[str, Price] = {}  # beginning of a model's name -> price; what is not in it has none
    languages: str = "en"  # codes that its setting LANGUAGE takes, in words
    package: str = ""  # of Python that it needs besides ours
    follows: tuple[str, ...] = ()  # pages of documentation
    checked: str = "stand-in"  # against what it was seen to work

    @property
    def does(self) -> str:
        """For a register of companies: what it does with a call."""
        return " and ".join(word for word in ("hears", "speaks") if word in self.can)
