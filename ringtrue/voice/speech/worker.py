"""A process that hears, or one that speaks and embeds: `python -m ringtrue.voice.speech.worker hear|speak`.

It answers one job after the other over its own stdin and stdout (4 bytes of length, big endian, then msgpack) and ends when
stdin does, so it cannot outlive its parent. Models are loaded once, before the first answer, which says how long that took.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import BinaryIO

import msgspec

from ringtrue.voice.speech.jobs import LENGTH, Answer, Job, Ready


def _read(stream: BinaryIO, size: int) -> bytes | None:
    got = b""
    while len(got) < size:
        piece = stream.read(size - len(got))
        if not piece:
            return None
        got += piece
    return got


def _peak_rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(kind: str, folder: Path | None, niceness: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    # Whatever the parent has: hearing and thinking may wait a moment, what is being said may not.
    os.setpriority(os.PRIO_PROCESS, 0, max(niceness, os.getpriority(os.PRIO_PROCESS, 0)))
    jobs = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    began = time.perf_counter()
    from ringtrue.voice.speech.engines import Engines

    engines = Engines(folder, hear=kind == "hear", speak=kind == "speak")
    decode = msgspec.msgpack.Decoder(Job).decode
    _write(answers, Ready(time.perf_counter() - began, _peak_rss_mb()))
    while (head := _read(jobs, LENGTH.size)) is not None:
        body = _read(jobs, LENGTH.unpack(head)[0])
        if body is None:
            return
        _write(answers, engines.do(decode(body)))


def _write(stream: BinaryIO, answer: Answer) -> None:
    packed = msgspec.msgpack.encode(answer)
    stream.write(LENGTH.pack(len(packed)) + packed)
    stream.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]) if sys.argv[2] else None, int(sys.argv[3]))
