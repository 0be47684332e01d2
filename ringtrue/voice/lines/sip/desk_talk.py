"""What the SIP gateway and the desk in the scribe process say to each other: JSON lines over a Unix socket.

The gateway has no key, no database and no address of either: of the house it knows the trunks it serves, one call's ticket at a time, and
the loop's address.
"""

from __future__ import annotations

import asyncio
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


class Serve(msgspec.Struct, frozen=True, kw_only=True, tag="serve"):
    """To the gateway: serve exactly these. Sent at first and after each change."""

    loop_url: str
    trunks: list[Trunk]


class Incoming(msgspec.Struct, frozen=True, kw_only=True, tag="incoming"):
    """From the gateway: a call has come; who answers it?"""

    ask: int
    trunk: str
    from_user: str
    to_user: str
    ref: str  # SIP Call-ID


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer"):
    """To the gateway: the ticket, or why there is none ("no_number", "not_live", ...)."""

    ask: int
    ticket: str = ""
    code: str = ""


class State(msgspec.Struct, frozen=True, kw_only=True, tag="state"):
    """From the gateway: how a trunk is. `code`: "ready", "registered", "registration_failed"; `detail`: a SIP status such as "401"."""

    trunk: str
    code: str
    detail: str = ""


ToGateway = Serve | Answer
FromGateway = Incoming | State

read_to_gateway = msgspec.json.Decoder(ToGateway).decode
read_from_gateway = msgspec.json.Decoder(FromGateway).decode


def line(message: ToGateway | FromGateway) -> bytes:
    return msgspec.json.encode(message) + b"\n"


async def connect(path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_unix_connection(path, limit=LONGEST_LINE)
