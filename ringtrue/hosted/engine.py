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
    `accept(agent_reference, call_id, ticket, about) -> dict` and `decline() -> dict`, the JSON that it is answered with. Where the model is
    theirs, also `put_through(number) -> dict` and `nobody_there() -> dict`, when it asks where to put a caller through.
`media`: only where we are the model: `LEG`, a class of `voice/lines/words_leg.py` by which the engine gives us words and speaks ours.

What asks the engine raises `requesting.Refused` (it said no) or `requesting.Silent` (nobody knows what it did).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from ringtrue.voice.lines.about import Company, Field

CANNOT = {
    "wait_for_consent": "wait for the caller's consent before it hears anything",
    "keep_nothing": "hold a call without keeping what is said",
    "redact_first": "take out names and numbers before anything is stored",
    "our_guardrails": "be held to all our guardrails by code",
    "opt_out_at_once": "put a number on the do-not-call list while the call runs",
    "listening_in": "be listened in to, whispered to or taken over from the console",
    "recording_cut": "leave the seconds before the notice out of its own copy",
    "tools": "book appointments or take messages in the call",
    "warm_transfer": "ring a colleague before it puts a caller through",
}
"""What an engine may state that it cannot do, in our own words; it says in a sentence of its own what happens instead."""

Reason = Literal[
    "caller_hung_up", "agent_hung_up", "transferred", "silence", "too_long", "refused", "line_failed",
    "busy", "no_answer", "declined", "no_such_number", "carrier_refused",
]  # fmt: skip


class About(msgspec.Struct, frozen=True, kw_only=True):
    """`model`: "ours" where our brain says every word, "theirs" where the engine's does by our instructions. `cannot`: words of CANNOT."""

    title: str
    company: Company
    documentation: tuple[str, ...]
    fields: tuple[Field, ...]
    model: Literal["ours", "theirs"]
    cannot: Mapping[str, str]


class Account(msgspec.Struct, frozen=True):
    """`numbers`: E.164 -> the engine's own name of the number."""

    numbers: dict[str, str]


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """Our published agent, as an engine is given it."""

    name: str
    first_words: str  # who speaks, that it is an AI, and the notice of the recording; played as it stands
    instructions: str
    language: str  # "en-US"
    records: bool
    longest_s: int
    silence_s: int
    transfers: bool  # callers may be put through; where to, the engine asks us each time, and no number stands there
    hook_url: str
    words_url: str  # of our websocket, where we are the model


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A call to be placed, its permit admitted already."""

    number: str  # E.164
    caller_id: str  # E.164, one of the account's numbers
    agent: str  # the engine's name of the agent
    call_id: str  # ours; comes back with every webhook
    ticket: str  # comes back where we are the model
    first_words: str = ""  # of this call, where they are not the agent's usual ones
    about: str = ""  # what the engine's model is told of this call


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
    """A call as the engine keeps it. Before `over`, only `answered` and `started_at` count."""

    reference: str
    over: bool
    answered: bool
    reason: Reason = "caller_hung_up"
    started_at: float = 0.0  # POSIX seconds
    duration_ms: int = 0
    cost_usd: float | None = None
    turns: tuple[Turn, ...] = ()
    sound: Sound | None = None
    transferred_to: str = ""
    voicemail: bool = False


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook. "other" is acknowledged and changes nothing. What a webhook says of a call is never stored: the engine is asked."""

    kind: Literal["incoming", "began", "over", "transfer", "other"]
    key: str = ""  # equal for the same event sent twice
    reference: str = ""
    call_id: str = ""  # ours, where the engine tells it
    from_number: str = ""
    to_number: str = ""
    said: str = ""  # of "transfer": the caller's last words


class NotUnderstood(Exception):
    """A webhook that is not what the engine documents."""
