"""The SIP gateway: a process of its own between trunks and PBXs on one side and the loop on the other.

`python -m ringtrue.voice.lines.sip.gateway --listen 0.0.0.0:5060 --desk PATH`. It holds the SIP library (baresip, C), whose memory a
malformed packet can corrupt: so it shares memory with nothing, knows no key, gives up root, is reached only from the trunks' addresses
(`allow_list.py`), and is started again when it dies; the loop then ends its calls with the reason "line_failed".
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
from typing import Any

import certifi
import structlog

from ringtrue.voice.going_first import go_first
from ringtrue.voice.lines.sip import desk_talk
from ringtrue.voice.lines.sip.allow_list import guard_sockets, read_networks
from ringtrue.voice.lines.sip.carrying import Calls
from ringtrue.voice.lines.sip.desk_talk import Answer, Incoming, Serve, State, Trunk
from ringtrue.voice.lines.sip.registering import keep_registered
from ringtrue.voice.lines.sip.starting import NOBODY, copy_in_memory, give_up_root, library_settings, taken_port

log = structlog.get_logger("ringtrue.voice.lines.sip.gateway")  # not "__main__"

TICK_S = 0.02
ASK_S = 5.0
CODECS = ("pcmu", "pcma", "g722/16000/1", "opus/48000/2")
PORT_AGAIN_S = 3.0
REFER = "reject"  # one from outside would have us dial whatever it names


class Gateway:
    def __init__(self, listen: str, desk: str, authorities: str, certificate: str = "") -> None:
        """`authorities`, `certificate`: PEM files, see `starting.library_settings`. Raises OSError."""
        address, _, port = listen.rpartition(":")
        self._authorities = copy_in_memory(authorities)
        self._certificate = copy_in_memory(certificate) if certificate else ""
        self.address, self.port = address, int(port)
        self._desk_path = desk
        self._writer: asyncio.StreamWriter | None = None
        self._asked: dict[int, asyncio.Future[Answer]] = {}
        self._asks = 0
        self._served: Serve | None = None
        self._runtime: Any = None
        self.calls = Calls(self._ask, self._tell, self._do)
        self._tasks: set[asyncio.Task[None]] = set()
        self._guarded: set[int] = set()
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Until SIGTERM, until the trunks change while no call is up (it is started again with the new ones), or until it breaks."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        try:
            talk = asyncio.create_task(self._talk_with_desk())
            clock = asyncio.create_task(self._tick())
            stopping = asyncio.create_task(self._stop.wait())
            done, _ = await asyncio.wait({talk, clock, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for bridge in self.calls.bridges.values():
                with contextlib.suppress(Exception):
                    await bridge.call.hangup()
            if self._runtime is not None:
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(self._runtime.close(), 3.0)

    # --- the desk

    async def _talk_with_desk(self) -> None:
        while True:
            try:
                reader, self._writer = await desk_talk.connect(self._desk_path)
            except OSError:
                await asyncio.sleep(0.5)
                continue
            self._tell(desk_talk.Hello())
            try:
                while text := await reader.readline():
                    message = desk_talk.read_to_gateway(text)
                    if isinstance(message, Serve):
                        await self._serve(message)
                    elif isinstance(message, Answer):
                        if message.ask in self._asked:
                            self._asked.pop(message.ask).set_result(message)
                    else:
                        self._do(self.calls.obey(message))
            except OSError:
                pass
            finally:
                self._writer = None
            log.warning("desk lost")  # calls that are up go on; new ones are refused until it is back
            if os.getuid() == NOBODY:
                await self.calls.idle()
                return  # the socket was opened while we were root

    async def _ask(self, trunks: list[str], from_user: str, to_user: str, ref: str) -> Answer:
        if self._writer is None:
            return Answer(ask=0, code="no_desk")
        self._asks += 1
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[self._asks] = waiting
        self._tell(Incoming(ask=self._asks, trunks=trunks, from_user=from_user, to_user=to_user, ref=ref))
        try:
            return await asyncio.wait_for(waiting, ASK_S)
        except TimeoutError:
            return Answer(ask=0, code="no_answer")

    def _tell(self, message: desk_talk.FromGateway) -> None:
        if self._writer is not None:
            self._writer.write(desk_talk.line(message))

    # --- trunks

    async def _serve(self, wanted: Serve) -> None:
        if self._served is not None:
            if wanted != self._served:
                for trunk in wanted.trunks:
                    if trunk not in self._served.trunks:
                        self._tell(State(trunk=trunk.id, code="waiting"))
                self._do(self._leave_when_idle())
            return
        while port := taken_port(self.address, self.port):
            log.error("port is taken", port=port)
            for trunk in wanted.trunks:
                self._tell(State(trunk=trunk.id, code="port_taken", detail=str(port)))
            await asyncio.sleep(PORT_AGAIN_S)
        self._served = wanted
        self.calls.loop_url = wanted.loop_url
        go_first()
        give_up_root()
        from baresip import Runtime

        self._runtime = self.calls.runtime = Runtime()
        await self._runtime.start(library_settings(self.address, self.port, self._authorities, self._certificate))
        self._guard()
        for trunk in wanted.trunks:
            await self._open(trunk)
        if any(trunk.kind == "ip" for trunk in wanted.trunks):
            await self._take_calls()
        log.info("sip gateway serves", trunks=len(wanted.trunks))

    def _guard(self) -> None:
        assert self._served is not None
        allowed = read_networks({text for trunk in self._served.trunks for text in trunk.allowed})
        # TLS listens on the next port.
        self._guarded = guard_sockets({self.port, self.port + 1}, allowed, self._guarded)

    async def _open(self, trunk: Trunk) -> None:
        """What calls go out by and, with a login, come in by."""
        from baresip import Account, BaresipError, UserAgent

        encrypted = ("mediaenc=srtp-mand",) if trunk.encrypted_media else ()
        try:
            account = Account(
                user=trunk.user or "ringtrue",
                domain=trunk.host if trunk.kind == "account" else self.address,
                password=trunk.password,
                reg_interval=300 if trunk.kind == "account" else 0,
                transport=trunk.transport,
                audio_codecs=CODECS,
                extra_params=("video_codecs=none", *encrypted),
            )
            agent = await UserAgent.create(self._runtime, account, transfer_policy=REFER)
        except (BaresipError, ValueError) as problem:
            log.error("trunk not opened", trunk=trunk.id, problem=type(problem).__name__)
            self._tell(State(trunk=trunk.id, code="not_opened"))
            return
        self.calls.agents[trunk.id] = (trunk, agent)
        if trunk.kind == "account":
            agent.on_incoming(lambda call: self._do(self.calls.incoming([trunk], call)))
            agent.on(lambda event: self.calls.refused([trunk], event) if event.event.name == "CALL_CLOSED" else None)
            self._do(keep_registered(agent, lambda code, detail: self._tell(State(trunk=trunk.id, code=code, detail=detail))))
        else:
            self._take_calls_of(agent)
            self._tell(State(trunk=trunk.id, code="ready"))

    async def _take_calls(self) -> None:
        """The library gives calls to any number to the first agent that takes them, whoever sends them: so there is one for all trunks."""
        from baresip import Account, UserAgent

        account = Account(
            "anybody", self.address, "", reg_interval=0, audio_codecs=CODECS,
            extra_params=("video_codecs=none", "catchall=yes", "mediaenc=srtp"),  # encrypted if the far end offers it
        ).aor()  # fmt: skip
        # An account that names a transport takes calls by no other.
        agent = await UserAgent.create(self._runtime, account.replace(";transport=udp>", ">", 1), transfer_policy=REFER)
        self._take_calls_of(agent)

    def _take_calls_of(self, agent: Any) -> None:
        calls = self.calls
        agent.on_incoming(lambda call: self._do(calls.incoming(calls.by_address(call.headers), call)))
        agent.on(
            lambda event: calls.refused(calls.by_address(event.headers), event) if event.event.name == "CALL_CLOSED" else None
        )

    async def _tick(self) -> None:
        """One absolute clock for the audio of all calls; a late tick takes what has gathered meanwhile."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        ticks = 0
        while True:
            due = max(due + TICK_S, loop.time() - TICK_S)
            await asyncio.sleep(max(0.0, due - loop.time()))
            for bridge in list(self.calls.bridges.values()):
                bridge.tick()
            ticks += 1
            if ticks % 50 == 0 and self._runtime is not None:
                self._guard()  # a socket that was opened meanwhile

    async def _leave_when_idle(self) -> None:
        await self.calls.idle()
        self._stop.set()

    def _do(self, work: Any) -> None:
        task = asyncio.create_task(self._safely(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _safely(self, work: Any) -> None:
        from baresip import StaleHandleError

        try:
            await work
        except StaleHandleError:
            pass  # the far end was faster: ordinary telephony
        except Exception as problem:
            log.error("gateway task failed", problem=type(problem).__name__)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listen", required=True, help="address:port for SIP over UDP and TCP; TLS is on the next port")
    parser.add_argument("--desk", required=True, help="the Unix socket of the desk")
    parser.add_argument(
        "--authorities", default=certifi.where(), help="who may vouch for a far end that is reached over TLS (PEM)"
    )
    parser.add_argument("--certificate", default="", help="ours, with its key, for those who call over TLS (PEM)")
    options = parser.parse_args()

    async def run() -> None:
        await Gateway(options.listen, options.desk, options.authorities, options.certificate).run()

    asyncio.run(run())
    # The library's own closing is where damaged memory shows; everything is said and closed by now.
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
