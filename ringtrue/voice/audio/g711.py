"""G.711 mu-law: telephone bytes to PCM16 and back (ITU-T G.711, 11/1988). A-law is spoken by the SIP library alone.

Decoding is a table of 256 entries, encoding one of 65,536; both tables are computed from the Recommendation's segment rule when
the module is loaded. PCM is mono, 16-bit, little endian. Python's `audioop` did this until 3.13 and is gone there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ULAW_BIAS = 132  # 33 on the Recommendation's 14-bit scale, times 4 on the 16-bit scale


def _ulaw_table() -> NDArray[np.int16]:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = (((code & 0x0F) << 3) + _ULAW_BIAS << ((code >> 4) & 7)) - _ULAW_BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype("<i2")


def _ulaw_codes() -> NDArray[np.uint8]:
    """Index: a sample seen as unsigned 16-bit. Works on 14 bits, as the Recommendation and every exchange does."""
    sample = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32) >> 2
    negative = sample < 0
    magnitude = np.minimum(np.where(negative, -sample, sample), 8158) + 33
    segment = np.searchsorted(np.array([0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF]), magnitude)
    code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F)
    return (code ^ np.where(negative, 0x7F, 0xFF)).astype(np.uint8)


_FROM_ULAW, _TO_ULAW = _ulaw_table(), _ulaw_codes()


ULAW_FLOATS = (_FROM_ULAW / 32768).astype(np.float32)
"""mu-law byte -> sample as float, full scale 1."""


def ulaw_decode(coded: bytes) -> bytes:
    """One mu-law byte per sample to PCM16."""
    return _FROM_ULAW.take(np.frombuffer(coded, np.uint8)).tobytes()


def ulaw_encode(pcm: bytes) -> bytes:
    """PCM16 to one mu-law byte per sample. Raises ValueError on an odd number of bytes."""
    return _TO_ULAW.take(np.frombuffer(pcm, "<u2")).tobytes()
