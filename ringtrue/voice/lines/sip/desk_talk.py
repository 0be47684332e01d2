"""What the SIP gateway and the desk in the scribe process say to each other: JSON lines over a Unix socket.

The gateway has no key, no database and no address of either: of the house it knows the trunks it serves, one call's ticket at a time, and
the loop's address.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Literal

import msgspec

LONGEST_LINE = 256 * 1024


class Trunk(msgspec.Struct, frozen=True, kw_only=True):
    """One carrier, PBX or registrar. `kind`: "ip" is recognised by its addresses, "account" registers with a user name."""

    id: str
    kind: Literal["ip", "account"]
    host: str  # where calls go out to, and where an account registers; may carry a port
    allowed: list[str]  # addresses and networks that may send us packets
    user: str = ""
    password: str = ""
    transport: Literal["udp", "tcp", "tls"] = "udp"
    encrypted_media: bool = False  # SRTP is demanded (SDES, RFC 4568); needs TLS to be worth anything


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag="hello"):
    """From the gateway, first of all: whoever says this is told the trunks, with their passwords."""


class Serve(msgspec.Struct, frozen=True, kw_only=True, tag="serve"):
    """To the gateway: serve exactly these. Sent at first and after each change."""

    loop_url: str
    trunks: list[Trunk]


class Incoming(msgspec.Struct, frozen=True, kw_only=True, tag="incoming"):
    """From the gateway: a call has come; who answers it? `trunks`: by which it may have come, for the library hides its sender."""

    ask: int
    trunks: list[str]
    from_user: str
    to_user: str
    ref: str  # SIP Call-ID


class Unanswered(msgspec.Struct, frozen=True, kw_only=True, tag="unanswered"):
    """From the gateway: a call came and could not be taken. `code`: as `Ended.reason`; the other fields as in `Incoming`."""

    trunks: list[str]
    from_user: str
    to_user: str
    ref: str
    code: str


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer"):
    """To the gateway: the ticket, or why there is none ("no_number", "not_live", ...)."""

    ask: int
    ticket: str = ""
    code: str = ""
    trunk: str = ""  # whose number it is


class State(msgspec.Struct, frozen=True, kw_only=True, tag="state"):
    """From the gateway: how a trunk is.

    `code`: "ready", "registered", "registration_failed" (`detail`: see `verdicts.cause`), "not_opened", "port_taken" (`detail`: which)
    or "waiting" (new, or changed: served when no call is up).
    """

    trunk: str
    code: str
    detail: str = ""


class Dial(msgspec.Struct, frozen=True, kw_only=True, tag="dial"):
    """From the house, through the desk: ring this number. `ref` names the call from now on."""

    ask: int
    trunk: str
    number: str
    caller_id: str
    ref: str
    ticket: str
    ring_s: int = 30


class Transfer(msgspec.Struct, frozen=True, kw_only=True, tag="transfer"):
    ask: int
    ref: str
    number: str


class HangUp(msgspec.Struct, frozen=True, kw_only=True, tag="hang_up"):
    ask: int
    ref: str


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """Answer to `Dial` (the INVITE is on its way), `Transfer` (the REFER is) and `HangUp`; `code` is empty when it was done."""

    ask: int
    code: str = ""


class DialEnded(msgspec.Struct, frozen=True, kw_only=True, tag="dial_ended"):
    """From the gateway: a call that we placed is over. `status`: the SIP status of one that was not answered, such as 486, or 0 and
    `cause` (see `verdicts.cause`; "silent": the far end did not even say that it rings)."""

    ref: str
    answered: bool
    status: int = 0
    cause: str = ""


class TransferEnded(msgspec.Struct, frozen=True, kw_only=True, tag="transfer_ended"):
    """From the gateway: the far end's verdict. `code`: "" (the call is theirs now), "busy" and the like (`verdicts.WHY`), "refused_500" and the like,
    "no_verdict", "call_over"."""

    ref: str
    code: str


Asked = Dial | Transfer | HangUp
ToGateway = Serve | Answer | Dial | Transfer | HangUp
FromGateway = Hello | Incoming | Unanswered | State | Done | DialEnded | TransferEnded
ToDesk = FromGateway | Asked

read_to_gateway = msgspec.json.Decoder(ToGateway).decode
read_from_gateway = msgspec.json.Decoder(ToDesk).decode
read_done = msgspec.json.Decoder(Done).decode


def line(message: ToGateway | FromGateway) -> bytes:
    return msgspec.json.encode(message) + b"\n"


async def connect(path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_unix_connection(path, limit=LONGEST_LINE)


def ask(path: str, message: Asked, seconds: float) -> str:
    """One order to the gateway, through the desk at `path`; the code of its answer. Raises OSError when nobody answers in time
    (TimeoutError), so that the caller cannot know what was done, or when there is no desk (ConnectionError, FileNotFoundError)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as talk:
        talk.settimeout(seconds)
        talk.connect(path)
        talk.sendall(line(message))
        try:
            return read_done(talk.makefile("rb").readline(LONGEST_LINE)).code
        except (ConnectionError, msgspec.DecodeError):  # it may have been done all the same
            raise TimeoutError("the desk went away") from None
