"""What the pool and its workers say to each other: msgpack, each message after 4 bytes of length (big endian)."""

from __future__ import annotations

import struct

import msgspec

LENGTH = struct.Struct(">I")
LARGEST = 64 * 1024 * 1024


class Hear(msgspec.Struct, tag=True, array_like=True):
    pcm: bytes
    sample_rate: int
    expecting: str
    hints: tuple[str, ...]
    words: bool


class Speak(msgspec.Struct, tag=True, array_like=True):
    text: str
    sample_rate: int
    language: str


class Embed(msgspec.Struct, tag=True, array_like=True):
    texts: list[str]


class Done(msgspec.Struct, tag=True, array_like=True):
    """`data`: msgpack of a Transcript, PCM16, or float32 rows."""

    data: bytes


class Failed(msgspec.Struct, tag=True, array_like=True):
    """`code`: ours. Never the exception's text, which may hold what was said."""

    code: str


class Ready(msgspec.Struct, tag=True, array_like=True):
    load_s: float
    rss_mb: float


Job = Hear | Speak | Embed
Answer = Done | Failed | Ready
