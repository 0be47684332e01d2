"""A house for the SIP gateway without a database: the real desk, the real door and leg, and the gateway as a process of its own."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ringtrue.media.loop_sockets import Door
from ringtrue.media.serving_sip import SipDesk
from ringtrue.voice.lines.leg import Digit, Frame, Held
from ringtrue.voice.lines.sip import desk_talk
from ringtrue.voice.lines.sip.desk_talk import Answer, DialEnded, Incoming, State, TransferEnded, Trunk, Unanswered
from ringtrue.voice.lines.sip.starting import taken_port
from ringtrue.voice.lines.socket_leg import SocketLeg

PEER = Path(__file__).parents[2] / "voice" / "lines" / "sip" / "tests" / "sip_peer.py"
TONE = b"".join((9000 * (1 if n % 16 < 8 else -1)).to_bytes(2, "little", signed=True) for n in range(160))


def free_port(kind: int = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def free_pair() -> int:
    """A port for SIP: free over UDP and TCP, and the next one, where TLS listens, too."""
    while True:
        port = free_port(socket.SOCK_STREAM)
        if not taken_port("127.0.0.1", port):
            return port


class House:
    """Every call is answered, with a tone, until `hang_up`. What the gateway tells is kept in `states`, `incoming`, `dials`, `transfers`."""

    def __init__(self, folder: Path, trunks: list[Trunk], *options: str, port: int = 0) -> None:
        self.trunks = trunks
        self.states: list[State] = []
        self.incoming: list[Incoming] = []
        self.unanswered: list[Unanswered] = []
        self.dials: list[DialEnded] = []
        self.transfers: list[TransferEnded] = []
        self.legs: list[SocketLeg] = []
        self.held: list[bool] = []
        self.pressed = ""  # keys, by all callers
        self.heard = 0  # frames of all callers
        self.ended: list[bool] = []  # of each call that is over: cleanly?
        self.folder, self.options = folder, options
        self.port = port or free_pair()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._run(self._open())
        self.process = self.start()

    async def _open(self) -> None:
        self._door = Door(self._admit, dict, "")
        port = await self._door.open("127.0.0.1", 0)
        self._desk = SipDesk(self.folder, f"ws://127.0.0.1:{port}/sip", self._in_thread)
        await self._desk.open()

    def start(self) -> subprocess.Popen[bytes]:
        with (self.folder / "sip.log").open("ab") as log:
            return subprocess.Popen(
                [
                    sys.executable, "-m", "ringtrue.voice.lines.sip.gateway", "--listen", f"127.0.0.1:{self.port}",
                    "--desk", str(self.folder / "sip.sock"), *self.options,
                ],
                stdout=log, stderr=log,
            )  # fmt: skip

    async def _in_thread(self, work: Callable[..., Any], *given: Any) -> Any:
        """Stands for the database."""
        if work.__name__ == "trunks":
            return list(self.trunks)
        (message,) = given
        kept: dict[type, list[Any]] = {
            State: self.states, Incoming: self.incoming, DialEnded: self.dials, TransferEnded: self.transfers,
            Unanswered: self.unanswered,
        }  # fmt: skip
        kept[type(message)].append(message)
        return Answer(ask=message.ask, ticket="a ticket") if isinstance(message, Incoming) else True

    async def _admit(self, leg: SocketLeg) -> None:
        self.legs.append(leg)
        leg.started()
        talking = asyncio.ensure_future(self._talk(leg))
        async for event in leg.events():
            if isinstance(event, Held):
                self.held.append(event.on)
            elif isinstance(event, Digit):
                self.pressed += event.digit
            elif isinstance(event, Frame):
                self.heard += 1
        talking.cancel()
        self.ended.append(True)

    async def _talk(self, leg: SocketLeg) -> None:
        while True:
            leg.play(TONE)
            await asyncio.sleep(0.02)

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(90)

    def order(self, message: desk_talk.Asked) -> str:
        return desk_talk.ask(str(self.folder / "sip.sock"), message, 10)

    def hang_up(self) -> None:
        for leg in self.legs:
            self._run(leg.hang_up())

    def transfer(self, number: str, ref: str) -> Any:
        """As the agent does: the order by the desk, the verdict over the call's own socket."""

        class Carrier:
            async def transfer(_, to: str) -> Any:
                from ringtrue.voice.lines.leg import TransferResult

                code = await asyncio.to_thread(self.order, desk_talk.Transfer(ask=0, ref=ref, number=to))
                return TransferResult(not code, code)

            async def hang_up(_) -> None: ...

        self.legs[-1].carrier = Carrier()
        return self._run(self.legs[-1].transfer(number))

    def until(self, true: Callable[[], Any], what: str = "") -> None:
        deadline = time.monotonic() + 60
        while not true():
            assert time.monotonic() < deadline, (what, self.states, (self.folder / "sip.log").read_text()[-2000:])
            time.sleep(0.02)

    def until_state(self, code: str, detail: str = "") -> None:
        self.until(lambda: any((state.code, state.detail) == (code, detail) for state in self.states), f"{code} {detail}")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        self._run(self._desk.close())
        self._run(self._door.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def trunk(**given: Any) -> Trunk:
    return Trunk(**{"id": "t", "kind": "ip", "host": "127.0.0.1:1", "allowed": ["127.0.0.1"], **given})


def phone(**options: Any) -> subprocess.Popen[str]:
    """`sip_peer.py` in a process of its own. One that waits for calls is ready when this returns."""
    given = {"port": free_pair(), **options}
    words = [f"--{name.replace('_', '-')}" + ("" if value is True else f"={value}") for name, value in given.items() if value]
    made = subprocess.Popen([sys.executable, str(PEER), *words], stdout=subprocess.PIPE, text=True)
    if options.get("answer"):
        assert made.stdout is not None
        assert made.stdout.readline() == "ready\n"
    return made


def result(made: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = made.communicate(timeout=60)
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found
