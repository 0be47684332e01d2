"""What the loop and the scribe say to each other: length-prefixed msgpack over a Unix socket. Pure: no Django on this side.

A message is a 4-byte big-endian length and a msgpack map. Events of one call keep their order; `seq` counts them from 1, and
the scribe acknowledges the highest `seq` that it has dealt with, so that after a break the rest can be sent again.
"""

from __future__ import annotations

import asyncio
import struct

import msgspec

from ringtrue.voice.agent import Agent, CallOrder
from ringtrue.voice.events import AudioPiece, CallEvent

LARGEST = 8 * 1024 * 1024


class Hello(msgspec.Struct, tag="hello"):
    """First word of a loop. `live`: calls that it is serving already (the scribe was started again)."""

    loop: str
    live: list[str]


class Redeem(msgspec.Struct, tag="redeem"):
    req: int
    token: str
    line: str
    origin: str = ""  # of the page that connects


class Admit(msgspec.Struct, tag="admit"):
    """A member of the business wants to join a call; answered with a Result ("call", "member", "speaks"). `again`: whether they
    still may, asked while they are in."""

    req: int
    token: str
    again: bool = False


class Happened(msgspec.Struct, tag="event"):
    call: str
    seq: int
    event: CallEvent


class Recorded(msgspec.Struct, tag="audio"):
    call: str
    piece: AudioPiece


class UseTool(msgspec.Struct, tag="use"):
    req: int
    call: str
    tool: str
    arguments: dict[str, str]


class Control(msgspec.Struct, tag="control"):
    """Call control by the carrier's API: the scribe has the credentials. `action`: "transfer" (to `number`), "hang_up"."""

    req: int
    call: str
    action: str
    number: str = ""


class Welcome(msgspec.Struct, tag="welcome"):
    """The scribe is ready. `unknown`: calls of the Hello that it will take nothing for. `agents`: who may be called soon, so
    that their fixed sentences can be made ready."""

    unknown: list[str] = []
    agents: list[Agent] = []


class Order(msgspec.Struct, tag="order"):
    req: int
    order: CallOrder | None = None
    code: str = ""


class Result(msgspec.Struct, tag="result"):
    req: int
    ok: bool
    result: dict[str, str] = {}
    code: str = ""


class Ack(msgspec.Struct, tag="ack"):
    call: str
    seq: int


FromLoop = Hello | Redeem | Admit | Happened | Recorded | UseTool | Control
FromScribe = Welcome | Order | Result | Ack

_encode = msgspec.msgpack.Encoder().encode
from_loop = msgspec.msgpack.Decoder(FromLoop).decode
from_scribe = msgspec.msgpack.Decoder(FromScribe).decode


def packed(message: FromLoop | FromScribe) -> bytes:
    body = _encode(message)
    return struct.pack(">I", len(body)) + body


async def read_body(reader: asyncio.StreamReader) -> bytes:
    """Raises IncompleteReadError at the end, ValueError on a length that cannot be."""
    (length,) = struct.unpack(">I", await reader.readexactly(4))
    if length > LARGEST:
        raise ValueError("message too large")
    return await reader.readexactly(length)
