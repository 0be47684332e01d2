"""What a carrier's folder offers besides media: small pure modules, found by their names (`voice/lines/finding.py`).

`about`: what the line states about itself, as `ABOUT` (`voice/lines/about.py`); every folder has it
`signing`: `signed(webhook, credentials) -> bool`
`webhooks`: `account_ref(webhook) -> str` and `read(what, webhook) -> CarrierEvent`; optionally `greeting(query) -> str | None`, for
    carriers that ask by GET, before they take an address, whether it is ours
`answering`: the documents that a webhook is answered with, as `Answer`; `hand_over(number)` among them where the carrier itself asks, when
    our part of a call is over, where it goes on
`controlling`: `transfer(account, credentials, call_ref, number, after_url=...)` and `hang_up(account, credentials, call_ref)`
`dialing`: `dial(account, credentials, order, gate) -> str`, the carrier's reference of the call; it passes the order's permit through
    the gate before anything leaves this machine. Raises `PermitRefused`, `DialFailed`, `DialDeferred`, `DialUnknown` (`lines/permit.py`).
    Its constant `STARTS_PER_S` says how many calls an account may begin in a second where nothing else was set; without it, any number.
`buying`, `messages`, `costs`, `deleting`: where the carrier offers it; see `voice/lines/buying.py`, `texting.py`, `costs.py`, `deleting.py`
`looking`: `look(account, credentials, numbers, *, public_url, ask, now) -> Iterator[Finding]`, what `ringtrue doctor line` says of an
    account (`voice/lines/reaching.py`); without it, it says what `checking` says
`entering`, `checking`: see `voice/lines/about.py`
`media`: the leg, as `LEG` (`voice/lines/socket_leg.py`)

How one is written: `docs/adding-a-carrier.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

LONGEST_TRANSFER_S = 1800
"""A blind transfer runs on without us: the carrier is told to end it when the money that its permit holds is spent (`dialing/placing.py`)."""


class ControlFailed(Exception):
    """The carrier did not do it; `str(self)` is a code of ours, never an answer of theirs."""


class NotUnderstood(Exception):
    """A webhook that lacks what it must have."""


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier's request, before anything in it is believed. `url`: our public address as the carrier knows it, with its query.
    `headers`: asked by name in any case. `form`: the fields of the body; empty where the body is no form."""

    url: str
    headers: Mapping[str, str] = {}
    body: bytes = b""
    form: dict[str, list[str]] = {}


Status = Literal["", "ringing", "in_progress", "completed", "busy", "no_answer", "failed", "canceled"]
TextStatus = Literal["", "sent", "delivered", "failed"]
AnsweredBy = Literal["", "person", "machine", "machine_done", "fax"]
"""What a carrier thinks who answered a call that we placed: "machine" still plays its greeting, "machine_done" waits for our words; ""
where it does not know."""


class CarrierEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook as every carrier's folder gives it. Numbers are as the carrier wrote them.

    `kind`: "incoming" (a call wants to be answered), "status" (its state changed), "media_ended" (our stream is over and the
    carrier asks what next), "transfer_ended" (`status` says how it went), "answered" (a call that we placed was answered, the carrier has
    listened first and asks what next), "detected" (it has listened beside the call), "text" (somebody wrote to one of our numbers),
    "text_status" (what became of a message that we sent); of the last two `call_ref` names the message.
    """

    kind: Literal["incoming", "status", "media_ended", "transfer_ended", "answered", "detected", "text", "text_status"]
    account_ref: str
    call_ref: str
    event_key: str  # equal for the same event sent twice
    from_number: str = ""
    to_number: str = ""
    direction: Literal["inbound", "outbound"] = "inbound"
    status: Status = ""
    answered_by: AnsweredBy = ""
    text: str = ""
    text_status: TextStatus = ""
    code: str = ""  # of ours, of a message that failed


class DialOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One call to be placed. `ticket` is what the media connection will show; `call_id` is ours."""

    permit: str
    number: str  # E.164
    caller_id: str  # E.164
    workspace: str
    agent: str
    purpose: str
    ticket: str
    call_id: str
    media_url: str
    after_url: str
    status_url: str
    ring_s: int = 30
    digits: str = ""  # sent when it is answered: 0-9 * # and w, half a second of waiting
    machine_detection: Literal["", "before", "beside"] = ""  # by the carrier: before we are connected, or while we speak
    answered_url: str = ""  # asked after it has listened before
    detected_url: str = ""  # told what it heard beside the call

    def bound(self) -> dict[str, str]:
        """What the permit binds, as `PermitGate.admit` asks for it."""
        return {name: getattr(self, name) for name in ("number", "caller_id", "workspace", "agent", "purpose")}


class Answer(msgspec.Struct, frozen=True):
    body: str
    content_type: str
