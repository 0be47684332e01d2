"""Opening sealed bytes wherever they lie, without knowing what row they belong to: for scans only.

AES-GCM is counter mode with a tag. Whoever has the key and the nonce can decrypt without the tag and without the associated
data (NIST SP 800-38D, section 7.2, left without its check), so a scan needs no database row to open what a dead row, a write-ahead
log or an old file holds. That is what an attacker with the keys could do, so that is what must find nothing after an erasure.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

LONGEST = 64 * 1024  # of one find in a page or a log; sealed files are opened whole
# What sealed plaintext begins with: a JSON object or array.
_BEGINNINGS = (b'{"', b"{}", b'["', b"[{", b"[]")


def open_at(data: bytes, offset: int, key: bytes, length: int | None = None) -> bytes:
    """Sealed bytes (vault layout: 0x01, nonce, ciphertext, tag) that begin at `offset`, decrypted unchecked."""
    nonce = data[offset + 1 : offset + 13]
    end = len(data) if length is None else min(len(data), offset + 13 + length)
    decryptor = Cipher(algorithms.AES(key), modes.CTR(nonce + b"\x00\x00\x00\x02")).decryptor()
    return decryptor.update(data[offset + 13 : end])


def open_everywhere(data: bytes, keys: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """(offset, plaintext and what follows it garbled) of each place in the bytes where sealed JSON begins under one of the keys.

    Every place with a version byte is tried with every key: one AES block each, in bulk."""
    raw = np.frombuffer(data, np.uint8)
    if len(raw) < 32:
        return
    places = np.flatnonzero(raw[:-29] == 1)
    if not len(places):
        return
    nonces = raw[places[:, None] + np.arange(1, 13)]
    blocks = np.zeros((len(places), 16), np.uint8)
    blocks[:, :12] = nonces
    blocks[:, 15] = 2
    heads = raw[places[:, None] + np.arange(13, 15)]
    wanted = np.array([list(b) for b in _BEGINNINGS], np.uint8)
    for key in keys:
        # ECB over the counter blocks is the key stream of GCM's first block; nothing is encrypted with it.
        encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
        stream = np.frombuffer(encryptor.update(blocks.tobytes()), np.uint8).reshape(-1, 16)[:, :2]
        plain = heads ^ stream
        for place in places[(plain[:, None, :] == wanted[None]).all(axis=2).any(axis=1)]:
            yield int(place), open_at(data, int(place), key, LONGEST)
