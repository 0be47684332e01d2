"""Who answers when: each engine hears the same real utterances over its socket, in real time, and is timed.

Every utterance is a call of its own: 2 s of line noise, then the item of `bench.turn_audio`. An answer is the first sound that is not
silence. Before the true end of speech it is a cut-in; after it, the wait is the reply. One that does not come in the 4.5 s behind the
utterance counts as that long.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.generating import DECODE
from bench.peers.engines import Engine, running
from bench.turn_audio import TurnAudio, turn_audio
from ringtrue.evaluating.stated_hearing import StatedRecognizer
from ringtrue.evaluating.turn_calls import hold_calls
from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode

FRAME_S = 0.02
NOISE_S = 2.0
SILENCE = 100  # a sample louder than this is sound


class Answer(NamedTuple):
    """`at_ms`: the first sound after the caller's first, since the true start of speech; None when there was none."""

    item: TurnAudio
    at_ms: float | None
    late_ms: float  # how late our own sending was, at worst

    @property
    def cut_in(self) -> bool:
        return self.at_ms is not None and self.at_ms < self.item.end_ms - self.item.start_ms

    @property
    def reply_ms(self) -> float:
        spoken = self.item.end_ms - self.item.start_ms
        longest = len(self.item.pcm) / 16 - self.item.end_ms
        return longest if self.at_ms is None else self.at_ms - spoken


class _Caller(WSListener):
    def __init__(self) -> None:
        self.transport: WSTransport | None = None
        self.sounds: list[float] = []
        self.open = False

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport, self.open = transport, True

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.open = False

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            return
        media = DECODE(frame.get_payload_as_memoryview()).media
        if media is not None:
            now = time.monotonic()
            samples = np.frombuffer(ulaw_decode(base64.b64decode(media.payload)), "<i2").astype(int)
            if np.abs(samples).max(initial=0) > SILENCE:
                self.sounds.append(now)

    def say(self, message: dict[str, object]) -> None:
        if self.open and self.transport is not None:
            self.transport.send(WSMsgType.TEXT, json.dumps(message).encode())


async def _one_call(url: str, number: int, item: TurnAudio) -> Answer:
    noise = np.random.default_rng(number).normal(0, 26, int(NOISE_S * 8000)).astype("<i2").tobytes()
    ulaw = ulaw_encode(noise + item.pcm)
    caller, sid = _Caller(), f"MZ{number:032x}"
    await ws_connect(lambda: caller, url, max_frame_size=1 << 20, websocket_handshake_timeout=30)
    caller.say({"event": "connected", "protocol": "Call", "version": "1.0.0"})
    about = {
        "streamSid": sid,
        "accountSid": "AC0",
        "callSid": f"CA{number}",
        "tracks": ["inbound"],
        "customParameters": {"ticket": ""},
    }
    caller.say({"event": "start", "sequenceNumber": "1", "streamSid": sid, "start": about})
    origin, worst = time.monotonic(), 0.0
    starts = origin + NOISE_S + item.start_ms / 1000
    for frame in range(len(ulaw) // 160):
        due = origin + frame * FRAME_S
        if (wait := due - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        worst = max(worst, time.monotonic() - due)
        payload = base64.b64encode(ulaw[frame * 160 : frame * 160 + 160]).decode()
        caller.say({"event": "media", "streamSid": sid, "media": {"track": "inbound", "payload": payload}})
        if any(at >= starts for at in caller.sounds):
            break
    answered = [at for at in caller.sounds if at >= starts]
    caller.say({"event": "stop", "streamSid": sid, "stop": {}})
    if caller.open and caller.transport is not None:
        caller.transport.send_close()
    return Answer(item, 1000 * (answered[0] - starts) if answered else None, 1000 * worst)


async def _all_calls(url: str, items: list[TurnAudio], at_once: int) -> list[Answer]:
    waiting = asyncio.Semaphore(at_once)

    async def one(number: int, item: TurnAudio) -> Answer:
        async with waiting:
            answer = await _one_call(url, number, item)
            await asyncio.sleep(0.3)  # the server clears the call away
            return answer

    return await asyncio.gather(*(one(number, item) for number, item in enumerate(items)))


def choose(data: Path, count: int) -> list[TurnAudio]:
    """`count` turns of all kinds alike, evenly over the set; the same every time."""
    items = turn_audio(data)
    kinds = sorted({item.kind for item in items})
    chosen: list[TurnAudio] = []
    for kind in kinds:
        of_kind = [item for item in items if item.kind == kind]
        wanted = min(len(of_kind), count // len(kinds))
        chosen += [of_kind[number * len(of_kind) // wanted] for number in range(wanted)]
    order = np.random.default_rng(5).permutation(len(chosen))
    return [chosen[number] for number in order]


def answers(engine: Engine, items: list[TurnAudio], at_once: int) -> list[Answer]:
    with running(engine, None, "--no-greeting") as server:
        uvloop.run(_all_calls(server.url, items[:at_once], at_once))  # what is loaded at the first call is loaded
        return uvloop.run(_all_calls(server.url, items, at_once))


def ours(items: list[TurnAudio], delay_s: float) -> list[Answer]:
    """The same turns at Ringtrue: whole calls of the engine that ships, in virtual time (`ringtrue eval turns`), so that no machine's
    speed is in them. The agent had asked for what the item holds, and the recognizer is the local one, on what it was handed."""
    turns = hold_calls(items, StatedRecognizer(1000 * delay_s))
    return [
        Answer(item, None if turn.reply_ms is None else turn.reply_ms + item.end_ms - item.start_ms, 0.0)
        for item, turn in zip(items, turns, strict=True)
    ]


class Policy(NamedTuple):
    """How one engine took the turns of one kind."""

    engine: Engine
    kind: str
    turns: int
    cut_ins: int
    unanswered: int
    reply_p50_ms: float
    reply_p95_ms: float

    @property
    def cut_in_share(self) -> float:
        return self.cut_ins / self.turns


def policies(engine: Engine, found: Iterable[Answer]) -> list[Policy]:
    """One row for each kind of turn, and one for "all"."""
    found = list(found)
    rows = []
    for kind in [*sorted({answer.item.kind for answer in found}), "all"]:
        of_kind = [answer for answer in found if kind in (answer.item.kind, "all")]
        waits = sorted(answer.reply_ms for answer in of_kind if not answer.cut_in)
        p50, p95 = ((waits[min(len(waits) - 1, int(share * len(waits)))] if waits else float("nan")) for share in (0.5, 0.95))
        rows.append(Policy(
            engine, kind, len(of_kind), sum(answer.cut_in for answer in of_kind),
            sum(answer.at_ms is None for answer in of_kind), p50, p95,
        ))  # fmt: skip
    return rows


def show(rows: list[Policy]) -> None:
    print(f"\n{'engine':<20}{'turns':<10}{'n':>4}{'cut in':>9}{'reply p50':>11}{'p95':>8}{'unanswered':>12}", file=sys.stderr)
    for row in rows:
        print(
            f"{row.engine.label:<20}{row.kind:<10}{row.turns:>4}{100 * row.cut_in_share:>8.0f} %"
            f"{row.reply_p50_ms:>8.0f} ms{row.reply_p95_ms:>8.0f}{row.unanswered:>12}",
            file=sys.stderr,
        )
