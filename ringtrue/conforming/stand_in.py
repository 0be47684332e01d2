"""What a line's stand-in offers: the module `tests/stand_in.py` of its folder, with the parts that the folder needs.

`ENTRIES`: what an operator would enter, by the names of the form's fields (lines with a form)
`STRANGER`: the same entries with secrets of another account
`Hooks`: the carrier as a sender of webhooks and a reader of what they are answered with (lines with `webhooks`)
`Api`: its API, and what has happened there (lines with `dialing` or `controlling`); `FaultyServer` does most of it
`FarEnd`: the other side of the websocket (lines with `media`)

A stand-in checks what we send: what the carrier's documentation does not know, it refuses with AssertionError.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

from ringtrue.voice.lines.carrier import Answer, CarrierEvent

Fault = Literal["", "busy", "not_found", "error", "reset", "garbage", "silence"]
"""What an API does with each request from now on: answers as it should, 429, 404, 500, closes the connection when it has read the
request, answers 200 with what cannot be understood, says nothing."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One webhook, as it leaves the carrier. `what`: the last part of our address; `query`: what stands behind it."""

    what: str
    body: bytes
    headers: dict[str, str]
    query: str = ""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What the carrier takes from our answer to a webhook: sound to and from `media_url` with this ticket, then `after_url` is asked; or
    a sentence in its own voice; or the end of the call. `records`: it would record by itself."""

    media_url: str = ""
    ticket: str = ""
    after_url: str = ""
    said: str = ""
    hangs_up: bool = False
    records: bool = False


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the carrier was asked to place. `read`: what it does when it is answered; `asks`: the address that it asks then, where
    the order cannot say it."""

    number: str
    caller_id: str
    status_url: str
    reference: str
    read: Read
    asks: str = ""


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """An order about a call that runs."""

    reference: str
    what: Literal["transfer", "hang_up"]
    number: str = ""


class Hooks(Protocol):
    """Made with the account and credentials that are kept, or with some that are not the account's."""

    kinds: tuple[str, ...]  # of CarrierEvent, that it sends
    statuses: tuple[str, ...]  # of CarrierEvent, that it tells; "completed" among them

    def __init__(self, account: str, credentials: dict[str, Any]) -> None: ...

    def send(self, event: CarrierEvent, url: str) -> Sent:
        """A signed webhook that tells of `event`. `url`: our hooks of this line, without the last part ("https://x.example/hooks/acme")."""
        ...

    def unsigned(self, sent: Sent) -> Sent:
        """The same without what shows who sent it."""
        ...

    def read(self, answer: Answer) -> Read: ...


class Api(Protocol):
    """A server of its own, on a port of its own. Made with the account and credentials that are kept, which it demands from whoever asks."""

    credentials: dict[str, Any]  # those, and where it listens
    wrong_credentials: dict[str, Any]  # alike, with a secret that is not the account's; {} where none is demanded
    fault: Fault
    placed: list[Placed]
    ordered: list[Ordered]
    requests: int  # that have reached it

    def __init__(self, account: str, credentials: dict[str, Any]) -> None: ...

    def close(self) -> None: ...


class FarEnd(Protocol):
    """One connection. Messages of either side are str (text) or bytes (binary). `heard`: PCM16 at the leg's rate, as it was played to the
    person; `query`: of the address that it connects to."""

    heard: bytes
    pressed: str  # keys that we pressed for the person (lines that can)
    query: dict[str, str]
    nonsense: list[str | bytes]  # what the protocol does not know; each is the end of a connection

    def __init__(self, ticket: str) -> None: ...

    def begin(self) -> list[str | bytes]:
        """All that comes before sound, the ticket in it where it is not in `query`."""
        ...

    def speak(self, pcm: bytes) -> list[str | bytes]:
        """PCM16 at the leg's rate, whole frames of 20 ms."""
        ...

    def press(self, digit: str) -> list[str | bytes]: ...

    def leave(self) -> list[str | bytes]:
        """The person hangs up."""
        ...

    def take(self, message: str | bytes) -> list[str | bytes]:
        """What we sent has arrived; it is not played yet. What the far end says to it at once."""
        ...

    def play(self) -> list[str | bytes]:
        """Everything that waits is played to the person. What the far end says meanwhile (marks, ...)."""
        ...
