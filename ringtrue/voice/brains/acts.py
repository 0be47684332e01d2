"""What a brain says to the loop, and what the loop says to a brain.

A brain decides what to say; it never touches audio, and guardrails stand outside it (`voice/call/guarding.py`): disclosure,
recording notice or question, "are you a robot?", opt-out, emergency, limits, transfer targets.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any, Protocol, runtime_checkable

import msgspec

from ringtrue.voice.agent import CallOrder
from ringtrue.voice.speech.kinds import Expecting


class Say(msgspec.Struct, frozen=True):
    """One sentence or a few; the loop splits it for the voice. `firm`: may not be interrupted (notices)."""

    text: str
    firm: bool = False


class Ask(msgspec.Struct, frozen=True):
    """A sentence that ends the agent's turn and says what kind of answer is awaited."""

    text: str
    expecting: Expecting = "open"
    hints: tuple[str, ...] = ()


class Use(msgspec.Struct, frozen=True):
    """Run a tool and send its result back into the generator: `result = yield Use(...)`; a dict, or ToolFailed thrown in."""

    tool: str
    arguments: dict[str, str] = {}
    filler: str = ""  # said when the tool takes longer than 700 ms


class Transfer(msgspec.Struct, frozen=True):
    """Hand over to an escalation of the agent (by id, never a number). The brain gets a TransferResult-like dict back:
    {"ok": "true"|"false", "reason": ...}; on success the call ends."""

    escalation_id: str


class Press(msgspec.Struct, frozen=True):
    """Press keys, for a menu at the other end. The brain gets {"ok": "true"|"false"} back; false where the line cannot."""

    keys: str


class HangUp(msgspec.Struct, frozen=True):
    """Say `text`, let it be heard to its end, and hang up."""

    text: str = ""


class LeaveMessage(msgspec.Struct, frozen=True):
    """An answering machine has answered: say `text` after its beep, and hang up; "" hangs up at once."""

    text: str = ""


class Note(msgspec.Struct, frozen=True):
    """For the record: what the turn was understood as (becomes events.Understood)."""

    intent: str
    source: str = ""
    score: float = 0.0


Act = Say | Ask | Use | Transfer | Press | HangUp | LeaveMessage | Note


class HeardTurn(msgspec.Struct, frozen=True, kw_only=True):
    """One finished turn of the caller."""

    turn: int
    text: str
    expecting: Expecting = "open"
    digits: str = ""  # keys pressed in this turn
    interrupted: str = ""  # what the agent had really said of its last sentence, when it was cut off
    played: str = ""
    """All that the caller has heard of the agent since the turn before, guardrails and fillers included; a sentence that was cut
    ends at the last word that was played, and " —"."""
    machine: bool = False  # a beep followed: an answering machine, whatever its words
    continues: bool = False
    """The text begins with that of the turn before, whose answer was broken off before any of it was heard: it replaces that turn."""


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What a request to a language model used; becomes `events.ModelUsed`, which says what the fields mean."""

    turn: int
    provider: str
    model: str
    outcome: str
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None
    estimated: bool = False
    first_ms: int = 0
    took_ms: int = 0
    early: bool = False


@runtime_checkable
class Telling(Protocol):
    """A brain that has things to tell at any time, also while it is being closed: the loop sets `tell` before the first turn.
    `tell(Spent(...))`, or `tell("code")` for a trouble that the caller need not notice."""

    tell: Callable[[Spent | str], None]


@runtime_checkable
class Speculating(Protocol):
    """A brain whose `answer` may be begun on an early transcript, before the turn is over. It does nothing outside itself before its
    first Use, Transfer or HangUp, which the loop holds until the turn is really over."""

    speculates: bool

    def early(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]:
        """As `answer`, before the turn is over."""
        ...

    def keep(self, turn: int) -> None:
        """The turn was as it was foreseen: its answer, begun early, stands."""
        ...

    def forget(self, turn: int) -> None:
        """It was not: nothing of that answer has happened. Called after its generator was closed."""
        ...


class Brain(Protocol):
    """One per call. `greet` and `answer` are async generators of acts; the loop sends tool results in with `asend` and throws
    ToolFailed in with `athrow`. Closing the generator (barge-in) must leave the brain able to take the next turn."""

    goal: str  # what has been reached so far: "", "answered", "message", "booking", "transfer", "opt_out", "emergency"

    async def prepare(self, order: CallOrder) -> None:
        """Called once before the first word; loads and embeds the business's facts (cached per agent version)."""
        ...

    def greet(self) -> AsyncGenerator[Act, Any]: ...

    def answer(self, heard: HeardTurn) -> AsyncGenerator[Act, Any]: ...

    def silence(self, for_s: float) -> AsyncGenerator[Act, Any]:
        """The caller has said nothing for `for_s` seconds after the agent finished."""
        ...

    def facts(self) -> dict[str, Any]:
        """What was gathered, for the summary: name, number, reason, promised, next_step. Only the port may store it."""
        ...
