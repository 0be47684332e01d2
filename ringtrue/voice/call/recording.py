"""The two-channel recording as it leaves the loop: pieces of a few seconds, caller left, agent right, on the call's clock.

Nothing is held before a granting consent event and nothing after a withdrawal: what arrives then is dropped here, in memory, and
no piece of it is ever made.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ringtrue.voice.audio.g711 import ulaw_decode
from ringtrue.voice.events import AudioPiece
from ringtrue.voice.lines.leg import Coding

SETTLE_MS = 400
"""A piece leaves this much after its end: played audio may still be taken back (a barge-in), and frames come late."""


class Recorder:
    """`put` is the port's `audio`. Times in ms of the call."""

    def __init__(self, sample_rate: int, piece_ms: int, put: Callable[[AudioPiece], None]) -> None:
        self.sample_rate = sample_rate
        self.on = False
        self.caller_coding: Coding = "pcm16"
        """Of what `caller` is given: mu-law is kept as it came until a piece leaves."""
        self._put = put
        self._piece_ms = piece_ms
        self._per_ms = sample_rate // 1000
        self._base_ms = 0  # start of the piece that is being filled
        self._tracks = (bytearray(), bytearray())
        self._seq = 0

    def start(self, at_ms: int) -> None:
        """The consent event has been emitted: keep what is heard and played from `at_ms` on."""
        self.on = True
        self._base_ms = at_ms
        self._forget()

    def stop(self) -> None:
        """Consent withdrawn: keep nothing more, and drop what has not left yet."""
        self.on = False
        self._forget()

    def _forget(self) -> None:
        for track in self._tracks:
            track.clear()

    def caller(self, start_ms: float, pcm: bytes) -> None:
        if self.on and self.caller_coding == "ulaw":
            self._write(self._tracks[0], start_ms, pcm, 1, b"\xff")
        elif self.on:
            self._write(self._tracks[0], start_ms, pcm)

    def agent(self, start_ms: float, pcm: bytes) -> None:
        if self.on:
            self._write(self._tracks[1], start_ms, pcm)

    def _write(self, track: bytearray, start_ms: float, pcm: bytes, width: int = 2, quiet: bytes = b"\x00") -> None:
        """Silence up to `start_ms`, then `pcm`; what lies before the piece (before consent) is cut off. `width`: bytes of a sample."""
        begin = round((start_ms - self._base_ms) * self._per_ms) * width
        if begin < 0:
            pcm = pcm[-begin:]
            begin = 0
        if begin == len(track):  # nearly always
            track += pcm
            return
        if not pcm:
            return
        if begin > len(track):
            track += quiet * (begin - len(track))
        track[begin : begin + len(pcm)] = pcm

    def agent_cut(self, at_ms: float) -> None:
        """The agent was stopped: what was meant to be played from here on was not."""
        cut = round((at_ms - self._base_ms) * self._per_ms) * 2
        del self._tracks[1][max(0, cut) :]

    def tick(self, now_ms: int) -> None:
        while self.on and now_ms >= self._base_ms + self._piece_ms + SETTLE_MS:
            self._give(self._piece_ms)

    def close(self, now_ms: int) -> None:
        """The call is over: the last, shorter pieces."""
        while self.on and now_ms - self._base_ms >= 1:
            self._give(min(self._piece_ms, now_ms - self._base_ms))
        self.on = False

    def _give(self, ms: int) -> None:
        length = ms * self._per_ms
        both = np.zeros((length, 2), "<i2")
        for column, track in enumerate(self._tracks):
            coded = column == 0 and self.caller_coding == "ulaw"
            size = length if coded else 2 * length
            sound = bytes(track[:size])
            samples = np.frombuffer(ulaw_decode(sound) if coded else sound, "<i2")
            both[: len(samples), column] = samples
            del track[:size]
        self._put(AudioPiece(seq=self._seq, start_ms=self._base_ms, sample_rate=self.sample_rate, pcm=both.tobytes()))
        self._seq += 1
        self._base_ms += ms
