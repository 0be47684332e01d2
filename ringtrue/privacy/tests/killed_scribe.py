"""Forks scribes that are told of a call which was answered and never agreed to, on and on, until somebody kills them.

`python -m ringtrue.privacy.tests.killed_scribe [open]`; each line on stdin is "<call id> <ticket>". A scribe prints its pid once the
call is answered. `open`: with the gate of consent taken out, to show that the search would find."""

from __future__ import annotations

import itertools
import os
import signal
import sys
import time

import numpy as np


def serve(call_id: str, token: str) -> None:
    from ringtrue.media.scribe import Scribe
    from ringtrue.privacy.tests.playing import BEFORE_CONSENT, RATE, SENTENCE, Sounds
    from ringtrue.voice.events import Answered, AudioPiece, Digits, Disclosed, Heard, Said, Word
    from ringtrue.voice.port import ToolFailed

    scribe, seq = Scribe(), itertools.count(1)
    scribe.redeem(token, "simulated")
    stereo = np.zeros((RATE, 2), np.int16)
    stereo[:, 0] = np.frombuffer(Sounds().of(BEFORE_CONSENT), np.int16)
    scribe.event(call_id, next(seq), Answered(at_ms=0, started_at=time.time(), line="simulated", sample_rate=RATE))
    print(os.getpid(), flush=True)
    for second in itertools.count():
        at = second * 1000
        scribe.audio(call_id, AudioPiece(seq=second + 1, start_ms=at, sample_rate=RATE, pcm=stereo.tobytes()))
        scribe.event(
            call_id, next(seq), Said(at_ms=at, turn=0, start_ms=at, end_ms=at + 900, text="Hello, this is the AI assistant.")
        )
        scribe.event(call_id, next(seq), Disclosed(at_ms=at))
        words = [Word(SENTENCE, at, at + 900)]
        heard = Heard(at_ms=at, turn=second, start_ms=at, end_ms=at + 900, text=SENTENCE, words=words, confidence=0.9)
        scribe.event(call_id, next(seq), heard)
        scribe.event(call_id, next(seq), Digits(at_ms=at, digits="2155550164"))
        try:
            scribe.use(call_id, "take_message", {"name": "", "number": "2155550164", "reason": SENTENCE})
        except ToolFailed:
            continue


def take_the_gate_out() -> None:
    from ringtrue.privacy.gate import Gate

    begin = Gate.__init__

    def begin_agreed(self, call) -> None:  # type: ignore[no-untyped-def]
        begin(self, call)
        self._consent({"granted": True, "method": "announced"}, 0)

    Gate.__init__ = begin_agreed  # type: ignore[method-assign]


def main() -> None:
    import django

    django.setup()
    from ringtrue.media import scribe  # noqa: F401 - once, before the forks

    if "open" in sys.argv:
        take_the_gate_out()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    for line in iter(sys.stdin.readline, ""):
        if os.fork() == 0:
            serve(*line.split())


if __name__ == "__main__":
    main()
