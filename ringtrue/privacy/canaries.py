"""What a scan looks for: the forms in which a text, a number or a sound may lie on a disk."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

import msgspec
import numpy as np
import phonenumbers

from ringtrue.privacy.spoken import spoken_digits

MIN_BYTES = 6  # shorter needles are found everywhere by chance


class Canary(msgspec.Struct, frozen=True):
    """`needles`: byte strings, any of which tells that the canary is there. `sound`: PCM16 of one channel, or b""."""

    name: str
    needles: tuple[bytes, ...] = ()
    sound: bytes = b""


def text_canary(name: str, *texts: str) -> Canary:
    return Canary(name, _encoded(texts))


def number_canary(name: str, number: str, region: str = "US") -> Canary:
    """`number` in E.164. Digits with and without country code, as it is written, and as it is said."""
    parsed = phonenumbers.parse(number, region)
    national = phonenumbers.national_significant_number(parsed)
    digits = number.lstrip("+")
    written = [
        phonenumbers.format_number(parsed, form)
        for form in (
            phonenumbers.PhoneNumberFormat.E164,
            phonenumbers.PhoneNumberFormat.NATIONAL,
            phonenumbers.PhoneNumberFormat.INTERNATIONAL,
            phonenumbers.PhoneNumberFormat.RFC3966,
        )
    ]
    grouped = [sep.join((national[:3], national[3:6], national[6:])) for sep in ("-", ".", " ")]
    said = [spoken_digits(national), spoken_digits(national[-7:])]
    said += [words.replace("zero", "oh") for words in list(said)]
    said += [", ".join(words.split()) for words in list(said)]
    return Canary(name, _encoded([digits, national, " ".join(national), *written, *grouped, *said]))


def sound_canary(name: str, pcm: bytes) -> Canary:
    """`pcm`: mono PCM16 that does not repeat (noise, speech), at the rate at which it would be stored; 64 bytes and more."""
    assert len(pcm) >= 64
    return Canary(name, (*_encoded_bytes(pcm[:48]), _mulaw(pcm)[:32]), pcm[:64])


def _encoded(texts: Iterable[str]) -> tuple[bytes, ...]:
    found: dict[bytes, None] = {}
    for text in texts:
        for form in {text, text.lower(), text.upper(), text.title(), text.capitalize()}:
            for encoded in (form.encode(), form.encode("utf-16-le"), form.encode("utf-16-be"), json.dumps(form)[1:-1].encode()):
                found[encoded] = None
            for quoted in (quote(form), quote_plus(form), "".join(form.split())):
                found[quoted.encode()] = None
            for encoded in _encoded_bytes(form.encode())[1:]:
                found[encoded] = None
    return tuple(needle for needle in found if len(needle) >= MIN_BYTES)


def _encoded_bytes(raw: bytes) -> list[bytes]:
    """The bytes, in hex, and in base64 (plain and URL-safe) at each of the three places where they may begin in a group."""
    forms = [raw, raw.hex().encode(), raw.hex().upper().encode()]
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + raw)
        first = -(-shift * 8 // 6)
        last = (shift + len(raw)) * 8 // 6
        inner = whole[first:last]
        forms += [inner, inner.replace(b"+", b"-").replace(b"/", b"_")]
    return [form for form in forms if len(form) >= MIN_BYTES]


def _mulaw(pcm: bytes) -> bytes:
    """G.711 mu-law of PCM16, as a carrier's bytes would be (ITU-T G.711, table 2a)."""
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.int32)
    sign = np.where(samples < 0, 0x80, 0)
    size = np.minimum(np.abs(samples), 32635) + 132
    exponent = np.floor(np.log2(size)).astype(np.int32) - 7
    mantissa = (size >> (exponent + 3)) & 0x0F
    coded: bytes = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()
    return coded


class Finder:
    """Finds any of thousands of needles in one pass: four-byte windows through a table, then the few candidates by comparing."""

    _MIX, _BITS = np.uint32(2654435761), 20

    def __init__(self, canaries: Iterable[Canary]) -> None:
        self._canaries = list(canaries)
        self._by_prefix: dict[int, list[tuple[bytes, str]]] = {}
        for canary in self._canaries:
            for needle in canary.needles:
                prefix = int.from_bytes(needle[:4], "little")
                self._by_prefix.setdefault(prefix, []).append((needle, canary.name))
        self._prefixes = np.array(sorted(self._by_prefix), np.uint32)
        self._table = np.zeros(1 << self._BITS, bool)
        self._table[self._hash(self._prefixes)] = True

    def names_in(self, data: bytes) -> set[str]:
        """Names of the canaries that are in these bytes; a sound is found also as one of two interleaved channels."""
        found: set[str] = set()
        for shift in range(4):
            count = (len(data) - shift) // 4
            if count <= 0:
                break
            windows = np.frombuffer(data, "<u4", count, shift)
            likely = np.flatnonzero(self._table[self._hash(windows)])
            if not len(likely) or not len(self._prefixes):
                continue
            values = windows[likely]
            nearest = np.minimum(np.searchsorted(self._prefixes, values), len(self._prefixes) - 1)
            for index in likely[self._prefixes[nearest] == values].tolist():
                for needle, name in self._by_prefix[int(windows[index])]:
                    if name not in found and data.startswith(needle, shift + index * 4):
                        found.add(name)
        return found

    def sounds_in(self, plain: bytes) -> set[str]:
        """For opened bytes: each channel of interleaved PCM16 by itself."""
        found: set[str] = set()
        words = np.frombuffer(plain[: len(plain) // 4 * 4], "<i2").reshape(-1, 2)
        channels = [np.ascontiguousarray(words[:, channel]).tobytes() for channel in (0, 1)]
        for canary in self._canaries:
            if canary.sound and any(canary.sound in channel for channel in channels):
                found.add(canary.name)
        return found

    def _hash(self, windows: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
        return (windows * self._MIX) >> np.uint32(32 - self._BITS)
