"""What the model is told of the call so far: what the caller said, what tools were run, and of its own words only those that were
played. Pure: knows no provider and no library.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from ringtrue.voice.brains.acts import HeardTurn

MOST_EXCHANGES = 30  # older ones are left out: every request pays for all of them, on the loop as well


class Run(msgspec.Struct, frozen=True):
    """A tool that was run. `said`: what the model had said before it in the same answer."""

    said: str
    id: str
    tool: str
    arguments: str  # JSON
    result: str  # JSON


class Message(msgspec.Struct, frozen=True):
    """`run` only with role "tool": a call and its result, always together."""

    role: Literal["caller", "agent", "tool"]
    text: str = ""
    run: Run | None = None


class Exchange:
    """One turn of the caller and what was done about it. `before`: what the caller had heard of the agent before this turn."""

    __slots__ = ("before", "continues", "early", "runs", "said", "turn", "words")

    def __init__(self, turn: int, words: str, before: str, *, early: bool = False) -> None:
        self.turn = turn
        self.words = words
        self.before = before
        self.early = early
        self.continues = False
        self.runs: list[Run] = []
        self.said: list[str] = []  # given to the voice in this answer; the caller may not have heard it


class Exchanges:
    def __init__(self, beginning: str) -> None:
        self._beginning = beginning
        self._held: list[Exchange] = []

    def begin(self, heard: HeardTurn, *, early: bool = False) -> Exchange:
        before = heard.played
        if self._held and self._held[-1].turn == heard.turn:
            self._held.pop()
        if heard.continues and self._held and not self._held[-1].runs:
            before = f"{self._held[-1].before} {before}".strip()
            if not early:  # an early start may yet be taken back; until then the turn before stays
                self._held.pop()
        words = heard.text
        if heard.digits:
            words = f"{words} (pressed the keys {' '.join(heard.digits)})".strip()
        exchange = Exchange(heard.turn, words, before, early=early)
        exchange.continues = heard.continues
        self._held.append(exchange)
        return exchange

    def keep(self, turn: int) -> None:
        """What was begun early stands."""
        last = self._held[-1] if self._held else None
        if last is None or last.turn != turn:
            return
        last.early = False
        if last.continues and len(self._held) > 1 and not self._held[-2].runs:
            del self._held[-2]

    def forget(self, turn: int) -> None:
        self._held = [exchange for exchange in self._held if exchange.turn != turn or not exchange.early]

    def messages(self, current: Exchange) -> list[Message]:
        """Begins with the caller. Of the current answer also what was said before its tools, heard or not: the model must not say
        it again."""
        out = [Message("caller", self._beginning)]
        shown = [e for e in self._held if e is not current]
        if current.early and current.continues and shown and not shown[-1].runs:
            shown.pop()  # replaced, once the early start stands
        shown = shown[-MOST_EXCHANGES:]
        for exchange in [*shown, current]:
            if exchange.before:
                out.append(Message("agent", exchange.before))
            out.append(Message("caller", exchange.words or "(says nothing)"))
            for run in exchange.runs:
                if exchange is current and run.said:
                    out.append(Message("agent", run.said))
                out.append(Message("tool", run=run))
        return out


def told(result: dict[str, Any]) -> str:
    return msgspec.json.encode(result).decode()
