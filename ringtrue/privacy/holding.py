"""Audio on its way to storage: cut to the time for which there is consent, and held until it is known what it says.

Where redaction is on, a sample is given out only when it lies in speech whose words are known and name nobody, or when it is
digital silence; all else is muted. What is not settled within HOLD_MS of call time is muted: in doubt, no.
"""

from __future__ import annotations

import msgspec
import numpy as np

HOLD_MS = 45_000  # the longest utterance (30 s) with its recognition; 45 s of two channels at 8 kHz are 1.4 MB
MARGIN_MS = 150  # muted on both sides of a redacted word; word times of recognizers are this far off
EDGE_MS = 120  # kept around known speech: its quiet beginning and end


class KeptPiece(msgspec.Struct, frozen=True):
    """PCM16 little endian, two channels interleaved. `start_ms` since the call was answered."""

    seq: int
    start_ms: int
    sample_rate: int
    pcm: bytes


class HeldAudio:
    def __init__(self, *, hold: bool) -> None:
        self._hold = hold
        self._open_ms: int | None = None
        self._shut_ms: int | None = None
        self._held: list[KeptPiece] = []
        self._now_ms = 0
        self._known: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
        self._muted: list[tuple[int, int]] = []

    def open(self, at_ms: int) -> None:
        self._open_ms, self._shut_ms = at_ms, None
        self._held.clear()  # nothing from before

    def shut(self, at_ms: int) -> None:
        if self._open_ms is not None and self._shut_ms is None:
            self._shut_ms = at_ms
            self._held = [cut for piece in self._held if (cut := _cut(piece, self._open_ms, at_ms)) is not None]

    def forget(self) -> None:
        """Drop what is held, and give out nothing more."""
        self._held.clear()
        self._open_ms = None

    def settle(self, channel: int, start_ms: int, end_ms: int, *, known: bool, muted: list[tuple[int, int]]) -> None:
        """Speech of one side was understood. `muted`: spans of it, ms since the answer, that name somebody."""
        self._now_ms = max(self._now_ms, end_ms)
        if known:
            self._known[channel].append((start_ms - EDGE_MS, end_ms + EDGE_MS))
        self._muted += [(max(0, a - MARGIN_MS), b + MARGIN_MS) for a, b in muted]

    def put(self, seq: int, start_ms: int, sample_rate: int, pcm: bytes) -> None:
        self._now_ms = max(self._now_ms, _end_ms(start_ms, sample_rate, pcm))
        if self._open_ms is None:
            return
        piece = _cut(KeptPiece(seq, start_ms, sample_rate, pcm), self._open_ms, self._shut_ms)
        if piece is not None:
            self._held.append(piece)

    def ready(self) -> list[KeptPiece]:
        if not self._hold:
            out, self._held = self._held, []
            return out
        old = self._now_ms - HOLD_MS
        out = [p for p in self._held if _end_ms(p.start_ms, p.sample_rate, p.pcm) <= old]
        self._held = [p for p in self._held if _end_ms(p.start_ms, p.sample_rate, p.pcm) > old]
        return [self._mute(piece) for piece in out]

    def close(self) -> list[KeptPiece]:
        out, self._held = self._held, []
        return [self._mute(piece) for piece in out] if self._hold else out

    def _mute(self, piece: KeptPiece) -> KeptPiece:
        samples = np.frombuffer(piece.pcm, "<i2").reshape(-1, 2)
        allowed = np.zeros(samples.shape, bool)
        for channel in (0, 1):
            for start, end in self._known[channel]:
                allowed[_index(piece, start) : _index(piece, end), channel] = True
        for start, end in self._muted:
            allowed[_index(piece, start) : _index(piece, end)] = False
        return KeptPiece(piece.seq, piece.start_ms, piece.sample_rate, np.where(allowed, samples, 0).astype("<i2").tobytes())


def _index(piece: KeptPiece, at_ms: int) -> int:
    return max(0, (at_ms - piece.start_ms) * piece.sample_rate // 1000)


def _end_ms(start_ms: int, sample_rate: int, pcm: bytes) -> int:
    return start_ms + len(pcm) // 4 * 1000 // sample_rate


def _cut(piece: KeptPiece, open_ms: int, shut_ms: int | None) -> KeptPiece | None:
    """The part of a piece from open_ms on and before shut_ms."""
    first = _index(piece, open_ms)
    last = len(piece.pcm) // 4 if shut_ms is None else min(len(piece.pcm) // 4, _index(piece, shut_ms))
    if first >= last:
        return None
    start_ms = piece.start_ms + -(-first * 1000 // piece.sample_rate)
    return KeptPiece(piece.seq, start_ms, piece.sample_rate, piece.pcm[first * 4 : last * 4])
