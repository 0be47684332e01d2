"""The load generator: N callers in one process of its own, speaking Twilio's Media Streams protocol to a media process.

Each caller sends 160 mu-law bytes every 20 ms by an absolute clock, echoes marks when their audio would have been heard, and
times everything that comes back. Callers are spread over the 20 ms and over the cycle of their audio, so that they do not step.
How each figure is defined: `bench/README.md`. It works against any server that speaks Twilio's Media Streams: a ticket is only the
custom parameter "ticket" of `start`, one call for each.

Prints the line "all-started" when the last call has begun, and at the end one line of JSON with the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gc
import json
import os
import sys
import time
from pathlib import Path

import msgspec
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

FRAME_S = 0.02
SPURT_GAP_S = 0.2
OPENING_S = 9.0  # disclosure, recording notice and greeting


class Media(msgspec.Struct):
    payload: str


class Mark(msgspec.Struct):
    name: str


class Message(msgspec.Struct):
    event: str
    media: Media | None = None
    mark: Mark | None = None


TEXT_FRAME = b"\x81\xfe"  # whole message, text; masked, its length in the next two bytes
NO_MASK = bytes(4)  # a key that leaves the text as it is


DECODE = msgspec.json.Decoder(Message).decode


class Script(msgspec.Struct):
    """What a caller says, in a loop. Times in seconds since the start of the loop."""

    payloads: list[bytes]  # base64 of 20 ms of mu-law each
    ends: list[float]  # true ends of utterances after which a reply is awaited
    barges: list[float] = []  # true starts of utterances that come while the agent speaks

    @property
    def seconds(self) -> float:
        return len(self.payloads) * FRAME_S


def read_script(path: Path) -> Script:
    raw = json.loads(path.read_text())
    ulaw = base64.b64decode(raw["ulaw"])
    whole = len(ulaw) // 160 * 160
    payloads = [base64.b64encode(ulaw[at : at + 160]) for at in range(0, whole, 160)]
    return Script(payloads, raw["ends"], raw.get("barges", []))


class Caller(WSListener):
    def __init__(self, number: int, ticket: str, script: Script, share: float) -> None:
        """`share`: of the cycle of the audio by which this caller is ahead of the first, 0..1."""
        self.number = number
        self.ticket = ticket
        self.script = script
        self.share = share
        self.offset = 0  # frames of the cycle before the first
        self.sid = f"MZ{number:032x}"
        self.transport: WSTransport | None = None
        self.open = False
        self.started = 0.0
        self.frames_sent = 0
        self.first_media: float | None = None
        self.heard_until = 0.0
        self.arrivals: list[tuple[float, float]] = []  # (arrival, seconds of audio)
        self.clears: list[float] = []
        self.lost = False
        self.first_frame_at = 0.0  # by the absolute clock that all frames keep to
        self._behind = False  # the far end reads too slowly: some of what was sent waits in the transport
        self._before = b'","streamSid":"%s","media":{"track":"inbound","chunk":"' % self.sid.encode()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self._line = transport.underlying_transport
        self._socket = self._line.get_extra_info("socket").fileno()
        self.open = True

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.lost = self.lost or self.open
        self.open = False

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        now = time.monotonic()
        if frame.msg_type == WSMsgType.CLOSE:
            self.lost = self.lost or self.open
            self.open = False
            return
        if frame.msg_type != WSMsgType.TEXT:
            return
        message = DECODE(frame.get_payload_as_memoryview())
        if message.media is not None:
            # The decoded payload's length; the message's own length over-counts and hides lateness.
            seconds = (len(message.media.payload) * 3 // 4 - message.media.payload[-2:].count("=")) / 8000
            self.first_media = self.first_media or now
            self.heard_until = max(self.heard_until, now) + seconds
            self.arrivals.append((now, seconds))
        elif message.event == "clear":
            self.clears.append(now)
            self.heard_until = now
        elif message.mark is not None:
            name = message.mark.name
            asyncio.get_running_loop().call_later(max(0.0, self.heard_until - now), self._echo, name)

    def _echo(self, name: str) -> None:
        if self.open:
            self._send({"event": "mark", "streamSid": self.sid, "mark": {"name": name}})

    def begin(self) -> None:
        self._send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        start = {
            "streamSid": self.sid, "accountSid": "AC" + "0" * 32, "callSid": f"CA{self.number:032x}", "tracks": ["inbound"],
            "customParameters": {"ticket": self.ticket},
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }  # fmt: skip
        self._send({"event": "start", "sequenceNumber": "1", "streamSid": self.sid, "start": start})
        self.started = time.monotonic()

    def send_frame(self) -> None:
        payloads = self.script.payloads
        payload = payloads[(self.offset + self.frames_sent) % len(payloads)]
        n = self.frames_sent = self.frames_sent + 1
        self._write(
            b'{"event":"media","sequenceNumber":"%d%b%d","timestamp":"%d","payload":"%b"}}'
            % (n + 1, self._before, n, n * 20, payload)
        )

    def _write(self, text: bytes) -> None:
        """A text message of 126 to 65,535 bytes (RFC 6455, 5.2), straight into the socket: on a machine with two cores each microsecond of
        the callers is taken from the engine's neighbour."""
        frame = TEXT_FRAME + len(text).to_bytes(2, "big") + NO_MASK + text
        if self._behind:  # what waits in the transport goes first
            self._line.write(frame)
            self._behind = self._line.get_write_buffer_size() > 0
            return
        try:
            written = os.write(self._socket, frame)
        except BlockingIOError:
            written = 0
        if written < len(frame):
            self._line.write(frame[written:])
            self._behind = True

    def finish(self) -> None:
        if self.open:
            self._send(
                {
                    "event": "stop",
                    "streamSid": self.sid,
                    "stop": {"accountSid": "AC" + "0" * 32, "callSid": f"CA{self.number:032x}"},
                }
            )
            self.open = False
            assert self.transport is not None
            self.transport.send_close()

    def _send(self, value: dict[str, object]) -> None:
        assert self.transport is not None
        self.transport.send(WSMsgType.TEXT, json.dumps(value).encode())


class Sender:
    """One clock for all callers: every millisecond the callers of that phase send, so that 350 callers wake this process 1,000 times
    a second and not 17,500 times."""

    PHASES = 20

    def __init__(self) -> None:
        self.late: list[tuple[float, float]] = []  # (when, seconds)
        self._phases: list[list[tuple[Caller, float, asyncio.Future[None]]]] = [[] for _ in range(self.PHASES)]
        self._origin = time.monotonic()

    def add(self, caller: Caller, seconds: float) -> asyncio.Future[None]:
        """Done when the caller has sent its last frame, or was cut off."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        phase = 7 * caller.number % self.PHASES
        cycles = (time.monotonic() - self._origin) // FRAME_S + 1
        caller.first_frame_at = self._origin + cycles * FRAME_S + phase * FRAME_S / self.PHASES
        # Counted from the same moment for all. From each one's own beginning, callers who begin 50 ms after one another with audio 50 ms
        # further on would all speak in unison.
        ahead = caller.share * caller.script.seconds + caller.first_frame_at - self._origin
        caller.offset = int(ahead / FRAME_S) % len(caller.script.payloads)
        self._phases[phase].append((caller, caller.first_frame_at + seconds, done))
        return done

    async def run(self) -> None:
        step = 0
        while True:
            due = self._origin + step * FRAME_S / self.PHASES
            wait = due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            phase = self._phases[step % self.PHASES]
            step += 1
            if phase:
                now = time.monotonic()
                self.late.append((now, max(0.0, now - due)))
            over = [each for each in phase if not self._send(due, *each)]
            for each in over:
                phase.remove(each)
                if not each[2].done():
                    each[2].set_result(None)

    @staticmethod
    def _send(due: float, caller: Caller, until: float, done: asyncio.Future[None]) -> bool:
        if not caller.open or due >= until - 0.0005:
            return False
        if due >= caller.first_frame_at - 0.0005:
            caller.send_frame()
        return True


async def call_all(
    url: str, tickets: list[str], script: Script, seconds: float, ramp_per_s: float, skip: int = 0, settle_s: float = 0.0
) -> dict[str, object]:
    """Place one call a ticket, each `seconds` long, and return the figures. Times in milliseconds. The greetings of the
    first `skip` calls do not count. What counts begins `settle_s` after the last call."""
    callers: list[Caller] = []
    loop = asyncio.get_running_loop()
    sender = Sender()
    sending = asyncio.create_task(sender.run())

    async def run(caller: Caller) -> None:
        await ws_connect(lambda: caller, url, max_frame_size=1 << 20)
        caller.begin()
        await sender.add(caller, seconds)
        caller.finish()

    tasks = []
    began = loop.time()
    for number, ticket in enumerate(tickets):
        caller = Caller(number, ticket, script, number / max(1, len(tickets)))
        callers.append(caller)
        tasks.append(asyncio.create_task(run(caller)))
        await asyncio.sleep(max(0.0, began + (number + 1) / ramp_per_s - loop.time()))
    print("all-started", flush=True)
    # With everybody on the line: while calls begin and end the house does other work, on the cores of the callers too. Greetings that are
    # measured one after another have no such time.
    steady = (
        Steady(time.monotonic() + settle_s, began + seconds)
        if not skip and loop.time() + settle_s < began + seconds
        else Steady(0.0, float("inf"))
    )
    failed = sum(isinstance(result, Exception) for result in await asyncio.gather(*tasks, return_exceptions=True))
    sending.cancel()
    return figures(callers, sender.late, failed, skip, steady)


class Steady(msgspec.Struct, frozen=True):
    """The time that counts, of `time.monotonic`."""

    since: float
    until: float

    def has(self, at: float) -> bool:
        return self.since <= at < self.until


def figures(callers: list[Caller], late: list[tuple[float, float]], failed: int, skip: int, steady: Steady) -> dict[str, object]:
    greeting, reply, barge, lateness, opening_lateness = [], [], [], [], []
    outbound, sent = 0.0, 0.0
    for caller in callers:
        if caller.first_media is not None and caller.number >= skip:
            greeting.append(caller.first_media - caller.started)
        # Of the last whole cycle only: a long greeting at the start is not what is compared.
        whole = caller.frames_sent * FRAME_S
        cycle = min(whole, caller.script.seconds)
        outbound += sum(seconds for at, seconds in caller.arrivals if at >= caller.first_frame_at + whole - cycle)
        sent += cycle
        for at, seconds in _lateness(caller.arrivals):
            if steady.has(at):
                lateness.append(seconds)
            elif at < steady.since:
                opening_lateness.append(seconds)
        reply += _waits(
            caller,
            caller.script.ends,
            [at for at, _ in _spurt_starts(caller.arrivals)],
            within=5.0,
            speaking=False,
            steady=steady,
        )
        barge += _waits(caller, caller.script.barges, caller.clears, within=3.0, speaking=True, steady=steady)
    return {
        "calls": len(callers), "failed": failed, "lost": sum(caller.lost for caller in callers),
        "outbound_share": round(outbound / sent, 3) if sent else 0.0,
        "greeting_ms": spread(greeting), "reply_ms": spread(reply), "barge_in_ms": spread(barge), "lateness_ms": spread(lateness),
        "opening_lateness_ms": spread(opening_lateness),
        "generator_lateness_ms": spread([seconds for at, seconds in late if steady.has(at)]),
    }  # fmt: skip


def _spurt_starts(arrivals: list[tuple[float, float]]) -> list[tuple[float, int]]:
    starts, before = [], -1e9
    for index, (at, _) in enumerate(arrivals):
        if at - before > SPURT_GAP_S:
            starts.append((at, index))
        before = at
    return starts


def _lateness(arrivals: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Per message (its arrival, seconds): how much later it came than an unbroken playing from its spurt's first message needed it."""
    found: list[tuple[float, float]] = []
    begin, audio, before = 0.0, 0.0, -1e9
    for at, seconds in arrivals:
        if at - before > SPURT_GAP_S:
            begin, audio = at, 0.0
        found.append((at, (at - begin) - audio))
        audio += seconds
        before = at
    return found


def _waits(
    caller: Caller, marks: list[float], answers: list[float], within: float, speaking: bool, steady: Steady
) -> list[float]:
    """From each mark in the caller's audio to the first answer after it; only marks after the notices of the opening, which nobody may
    interrupt, and only such at which the caller was hearing the agent (`speaking`), or was not."""
    found = []
    length = caller.script.seconds
    origin = caller.first_frame_at - caller.offset * FRAME_S
    for turn in range(int((caller.frames_sent + caller.offset) * FRAME_S / length) + 1):
        for mark in marks:
            at = origin + turn * length + mark
            if (
                not (steady.has(at) and steady.has(at + within))
                or at < caller.started + OPENING_S
                or speaking != _hears(caller, at)
            ):
                continue
            after = [answer - at for answer in answers if 0 < answer - at < within]
            if after:
                found.append(min(after))
    return found


def _hears(caller: Caller, at: float) -> bool:
    """Whether the agent's audio was being heard at this moment."""
    until = 0.0
    for arrived, seconds in caller.arrivals:
        if arrived > at:
            break
        until = max(until, arrived) + seconds
    cleared = max((clear for clear in caller.clears if clear <= at), default=0.0)
    last = max((arrived for arrived, _ in caller.arrivals if arrived <= at), default=0.0)
    return until > at and cleared <= last


def spread(values: list[float]) -> dict[str, float]:
    """p50, p95, p99 and max in milliseconds."""
    if not values:
        return {"n": 0}
    ordered = sorted(values)

    def at(share: float) -> float:
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)

    return {"n": len(ordered), "p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": round(1000 * ordered[-1], 1)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--tickets", type=Path, required=True, help="one ticket a line")
    parser.add_argument("--script", type=Path, required=True, help="JSON: ulaw (base64), ends, barges")
    parser.add_argument("--seconds", type=float, required=True, help="length of each call")
    parser.add_argument("--skip", type=int, default=0, help="calls at the beginning whose greeting does not count")
    parser.add_argument("--settle", type=float, default=0.0, help="seconds after the last call has begun that do not count")
    parser.add_argument("--ramp", type=float, default=25.0, help="new calls a second")
    options = parser.parse_args()
    script, tickets = read_script(options.script), options.tickets.read_text().split()
    gc.disable()  # a collection over what was heard so far would make every caller late
    found = uvloop.run(call_all(options.url, tickets, script, options.seconds, options.ramp, options.skip, options.settle))
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
