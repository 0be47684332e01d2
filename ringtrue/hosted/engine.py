"""What the folder of a hosted engine offers: a company that hears and speaks for us. No frames come here, the same call events do.

A folder beside this file is an engine if it has a module `about`; `finding.py` finds it, nothing else names it. All of it is pure: it
imports no Django and no feature, and gets credentials as an argument.

`about`: `ABOUT: About`, what it is, what is to be entered, what it cannot do.
`agents`: `check(credentials) -> Account`; `provision(credentials, definition, reference) -> str`, making the agent there anew or changing
    it ("" makes it), which gives the engine's name of it; `withdraw(credentials, reference)`; `answer_here(credentials, number, hook_url)`
    and `leave(credentials, number)`: calls to a number are asked about at our webhook, or no more.
`calls`: `place(credentials, order) -> str`, the engine's name of the call; `fetch(credentials, reference) -> Whole`;
    `delete(credentials, reference) -> int`, their status.
`webhooks`: `signed(headers, body, credentials, now) -> bool`, `read(body) -> Told`, and for a call that comes in
    `accept(agent_reference, call_id, ticket, records) -> dict` and `decline() -> dict`, the JSON that it is answered with. Where it asks
    where to put a caller through, also `put_through(number) -> dict` and `nobody_there() -> dict`.
`media`: `LEG`, a class of `voice/lines/words_leg.py`: the engine gives us the caller's words and speaks ours. We are the model of every
    engine; one that does not let us has no place here.
`completions`: only of an engine that asks us over HTTP: `read(body) -> Question`, `stream(replies) -> chunks of the answer`. Its `LEG` is one
    of `voice/lines/asked_leg.py`.

What asks the engine raises `requesting.Refused` (it said no) or `requesting.Silent` (nobody knows what it did).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from ringtrue.voice.lines.about import Company, Field
from ringtrue.voice.lines.asked_leg import Question

CANNOT = {
    "wait_for_consent": "wait for the caller's consent before it hears anything",
    "keep_nothing": "hold a call without keeping what is said",
    "redact_first": "take out names and numbers before anything is stored",
    "listening_in": "be listened in to, whispered to or taken over from the console",
    "recording_cut": "leave the seconds before the notice out of its own copy",
    "warm_transfer": "ring a colleague before it puts a caller through",
}
"""What an engine may state that it cannot do, in our own words; it says in a sentence of its own what happens instead."""

Reason = Literal[
    "caller_hung_up", "agent_hung_up", "transferred", "silence", "too_long", "refused", "line_failed",
    "busy", "no_answer", "declined", "no_such_number", "carrier_refused",
]  # fmt: skip


class About(msgspec.Struct, frozen=True, kw_only=True):
    """`cannot`: words of CANNOT, each with a sentence of what happens instead."""

    title: str
    company: Company
    documentation: tuple[str, ...]
    fields: tuple[Field, ...]
    cannot: Mapping[str, str]


class Account(msgspec.Struct, frozen=True):
    """`numbers`: E.164 -> the engine's own name of the number."""

    numbers: dict[str, str]


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """Our published agent, as an engine is given it."""

    name: str
    language: str  # "en-US"
    records: bool
    longest_s: int
    silence_s: int
    transfers: bool  # callers may be put through; where to, the engine asks us each time, and no number stands there
    hook_url: str
    words_url: str  # of our websocket, for an engine that asks over one


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A call to be placed, its permit admitted already."""

    number: str  # E.164
    caller_id: str  # E.164, one of the account's numbers
    agent: str  # the engine's name of the agent
    call_id: str  # ours; comes back with every webhook
    ticket: str  # comes back when it asks what to say
    records: bool  # False: this call is not recorded, whatever the agent's definition says


class Turn(msgspec.Struct, frozen=True):
    who: Literal["caller", "agent"]
    text: str
    start_ms: int  # since the call was answered
    end_ms: int


class Sound(msgspec.Struct, frozen=True):
    """Where the recording lies there: WAV, 16 bit. Either one file for each side, or one with the caller on the left."""

    caller_url: str = ""
    agent_url: str = ""
    both_url: str = ""


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A call as the engine keeps it. Before `over`, nothing else counts."""

    reference: str
    over: bool
    answered: bool
    reason: Reason = "caller_hung_up"
    cost_usd: float | None = None
    turns: tuple[Turn, ...] = ()
    sound: Sound | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook. "other" is acknowledged and changes nothing. What a webhook says of a call is never stored: the engine is asked."""

    kind: Literal["incoming", "began", "over", "transfer", "other"]
    key: str = ""  # equal for the same event sent twice
    reference: str = ""
    call_id: str = ""  # ours, where the engine tells it
    from_number: str = ""
    to_number: str = ""
    last: Question | None = (
        None  # of "over", from an engine whose questions are single requests: what our call is told at its end
    )


class NotUnderstood(Exception):
    """A webhook that is not what the engine documents."""
