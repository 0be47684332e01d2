"""The recording of a call as one WAV that is never whole in memory: pieces are opened as they are read.

Pieces are put at the sample where they began; what is missing between them is silence, so that second 60 of the file is
second 60 of the call. WAV: RIFF header of 44 bytes, PCM16 little endian, two channels (caller, agent).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

import numpy as np

from ringtrue.calls.models import Call
from ringtrue.calls.recording import PIECE, recordings_folder
from ringtrue.privacy.vault import KeyDestroyed, open_sealed

HEADER = 44
FRAME = 4  # bytes: two channels of two bytes
CHUNK = 64 * 1024 * FRAME


class NoRecording(Exception):
    """Nothing was recorded, or it is deleted, or its key is."""


class Piece(NamedTuple):
    row_id: UUID
    file_name: str
    begin: int  # in frames since the call was answered
    end: int


class Wav:
    """Holds no database rows: it may be read after the scope is closed, as a streamed answer is."""

    def __init__(self, workspace_id: UUID, subject_id: UUID, sample_rate: int, pieces: list[Piece], frames: int) -> None:
        self._workspace_id = workspace_id
        self._subject_id = subject_id
        self._pieces = pieces
        self.sample_rate = sample_rate
        self.frames = frames
        self.length = HEADER + frames * FRAME  # bytes of the file
        self.duration_ms = frames * 1000 // sample_rate

    def __iter__(self) -> Iterator[bytes]:
        return self.read()

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Bytes [start, stop) of the file, for whole downloads and for a player's range requests."""
        stop = self.length if stop is None else min(stop, self.length)
        if start < min(stop, HEADER):
            yield self._header()[start : min(stop, HEADER)]
        position = max(start, HEADER)
        while position < stop:
            until = min(stop, position + CHUNK)
            first, last = (position - HEADER) // FRAME, -(-(until - HEADER) // FRAME)
            block = self._frames(first, last)
            offset = (position - HEADER) - first * FRAME
            yield block[offset : offset + until - position]
            position = until

    def peaks(self, count: int) -> list[list[float]]:
        edges = np.linspace(0, self.frames, count + 1).astype(int)
        found: list[list[float]] = [[], []]
        for first, last in pairwise(edges):
            block = np.frombuffer(self._frames(int(first), max(int(last), int(first) + 1)), np.int16).reshape(-1, 2)
            loudest = np.abs(block.astype(np.int32)).max(axis=0) if len(block) else (0, 0)
            for channel in (0, 1):
                found[channel].append(round(float(loudest[channel]) / 32768, 4))
        return found

    def _frames(self, first: int, last: int) -> bytes:
        block = bytearray((last - first) * FRAME)
        for piece in self._pieces:
            begin, end = max(first, piece.begin), min(last, piece.end)
            if begin < end:
                pcm = self._open(piece)[(begin - piece.begin) * FRAME : (end - piece.begin) * FRAME]
                at = (begin - first) * FRAME
                block[at : at + len(pcm)] = pcm
        return bytes(block)

    def _open(self, piece: Piece) -> bytes:
        held: tuple[str, bytes] | None = getattr(self, "_held", None)
        if held is None or held[0] != piece.file_name:
            path = recordings_folder() / piece.file_name
            try:
                sealed = path.read_bytes()
                held = (piece.file_name, open_sealed(self._workspace_id, self._subject_id, PIECE, piece.row_id, sealed))
            except (FileNotFoundError, KeyDestroyed):
                held = (piece.file_name, b"")  # deleted while it is being read: the rest is silence
            self._held = held
        return held[1]

    def _header(self) -> bytes:
        size, rate = self.frames * FRAME, self.sample_rate
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 2, rate, rate * FRAME, FRAME, 16, b"data", size
        )


def wav_of(call: Call) -> Wav:
    """Needs the workspace's scope. Raises NoRecording."""
    rows = list(call.pieces.order_by("start_ms", "seq"))
    if not rows or not any((recordings_folder() / row.file_name).exists() for row in rows):
        raise NoRecording
    rate = rows[0].sample_rate
    pieces: list[Piece] = []
    done = 0
    for row in rows:
        begin = row.start_ms * rate // 1000
        frames = _frames_of(row.file_name, row.duration_ms, rate)
        if row.sample_rate != rate or frames == 0:
            continue
        pieces.append(Piece(row.id, row.file_name, begin, begin + frames))
        done = max(done, begin + frames)
    whole = max(done, call.duration_ms * rate // 1000)
    return Wav(call.workspace_id, call.subject_id, rate, pieces, whole)


def _frames_of(file_name: str, duration_ms: int, rate: int) -> int:
    """From the file's size: 29 bytes are version, nonce and tag (privacy.vault)."""
    try:
        return max(0, (recordings_folder() / file_name).stat().st_size - 29) // FRAME
    except FileNotFoundError:
        return duration_ms * rate // 1000
