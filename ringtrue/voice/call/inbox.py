"""What waits for the floor of a call: turns, silences, failures to hear, and the order to end."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import msgspec

from ringtrue.voice.call.listening import Utterance


class Turn(msgspec.Struct, frozen=True):
    """A finished turn of the caller: words, keys, or both."""

    number: int
    text: str
    digits: str = ""
    utterance: Utterance | None = None


class Quiet(msgspec.Struct, frozen=True):
    """The caller has said nothing for `for_s` seconds."""

    for_s: float


class NotHeard(msgspec.Struct, frozen=True):
    """The caller spoke, and no recognizer could write it down."""


class Close(msgspec.Struct, frozen=True):
    """End the call with these words."""

    text: str
    reason: str


Item = Turn | Quiet | NotHeard | Close


class Inbox:
    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._news = asyncio.Event()
        self.away: Callable[[Item], None] | None = None
        """Takes what comes while nobody answers: somebody of the business speaks with the caller."""

    def __bool__(self) -> bool:
        return bool(self._items)

    def push(self, item: Item) -> None:
        """Whoever is to end the call is followed by nothing, and goes before everything."""
        if isinstance(item, Close):
            if not self._closing:
                self._items.clear()
                self._items.append(item)
        elif self.away is not None:
            self.away(item)
            return
        elif not self._closing:
            self._items.append(item)
        self._news.set()

    def put_first(self, item: Item) -> None:
        if not self._closing:
            self._items.appendleft(item)
        self._news.set()

    def pop(self) -> Item:
        return self._items.popleft()

    def pop_turn(self) -> Turn | None:
        """The next item if it is a turn; None leaves everything as it is."""
        if self._items and isinstance(self._items[0], Turn):
            item = self._items.popleft()
            assert isinstance(item, Turn)
            return item
        return None

    def drop_failures(self) -> None:
        """Forget what was not heard, and silences: something else is being asked already."""
        self._items = deque(item for item in self._items if isinstance(item, Turn | Close))

    @property
    def _closing(self) -> bool:
        return any(isinstance(item, Close) for item in self._items)

    async def news(self) -> None:
        """Returns when something is there."""
        self._news.clear()
        if not self._items:
            await self._news.wait()
