"""The SIP gateway: a process of its own between trunks and PBXs on one side and the loop on the other.

`python -m ringtrue.voice.lines.sip.gateway --listen 0.0.0.0:5060 --desk PATH`. It holds the SIP library (baresip, C), whose memory a
malformed packet can corrupt: so it shares memory with nothing, knows no key, gives up root, is reached only from the trunks' addresses
(`allow_list.py`), and is started again when it dies; the loop then ends its calls with the reason "line_failed".
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import os
import re
import signal
import sys
from ipaddress import ip_address
from typing import Any

import structlog

from ringtrue.voice.lines.sip import desk_talk
from ringtrue.voice.lines.sip.allow_list import guard_sockets, read_networks
from ringtrue.voice.lines.sip.bridging import Bridge
from ringtrue.voice.lines.sip.desk_talk import Answer, DialEnded, Done, Incoming, Serve, State, Trunk

log = structlog.get_logger("ringtrue.voice.lines.sip.gateway")  # not "__main__"

TICK_S = 0.02
ASK_S = 5.0
CODECS = ("pcmu", "pcma", "g722/16000/1", "opus/48000/2")
REGISTER_AGAIN_S = 30.0
NOBODY = 65534  # user "nobody"
MOST_CALLS = 60
_USER = re.compile(r"sips?:([^@;>\s]+)@")


class Gateway:
    def __init__(self, listen: str, desk: str) -> None:
        address, _, port = listen.rpartition(":")
        self.address, self.port = address, int(port)
        self._desk_path = desk
        self._writer: asyncio.StreamWriter | None = None
        self._asked: dict[int, asyncio.Future[Answer]] = {}
        self._asks = 0
        self._served: Serve | None = None
        self._runtime: Any = None
        self._bridges: dict[int, Bridge] = {}
        self._calls: dict[str, tuple[Trunk, Any]] = {}  # by reference: the far end's Call-ID, or ours for a call that we place
        self._agents: dict[str, tuple[Trunk, Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._guarded: set[int] = set()
        self._handed_over: set[int] = set()  # calls whose far end is being sent elsewhere
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
            for bridge in self._bridges.values():
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
                        self._do(self._obey(message))
            except OSError:
                pass
            finally:
                self._writer = None
            log.warning("desk lost")  # calls that are up go on; new ones are refused until it is back
            if os.getuid() == NOBODY:
                await self._idle()
                return  # the socket was opened while we were root

    async def _ask(self, trunk: str, from_user: str, to_user: str, ref: str) -> Answer:
        if self._writer is None:
            return Answer(ask=0, code="no_desk")
        self._asks += 1
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[self._asks] = waiting
        self._tell(Incoming(ask=self._asks, trunk=trunk, from_user=from_user, to_user=to_user, ref=ref))
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
                self._do(self._leave_when_idle())
            return
        self._served = wanted
        give_up_root()
        from baresip import Config, Runtime

        self._runtime = Runtime()
        await self._runtime.start(
            Config(
                net_interface=None if ip_address(self.address.strip("[]")).is_unspecified else self.address,
                max_concurrent_calls=MOST_CALLS,
                rtp_timeout=30,
                native_log_level="error",
                expose_headers=("From", "To", "P-Asserted-Identity"),
                extra_config_text=f"sip_listen {self.address}:{self.port}\n",
            )
        )
        self._guard()
        for trunk in wanted.trunks:
            await self._open(trunk)
        log.info("sip gateway serves", trunks=len(wanted.trunks))

    def _guard(self) -> None:
        assert self._served is not None
        allowed = read_networks({text for trunk in self._served.trunks for text in trunk.allowed})
        # TLS listens on the next port.
        self._guarded = guard_sockets({self.port, self.port + 1}, allowed, self._guarded)

    async def _open(self, trunk: Trunk) -> None:
        from baresip import Account, BaresipError, UserAgent

        extra = ["video_codecs=none"]
        if trunk.kind == "ip":
            extra.append("catchall=yes")
        if trunk.encrypted_media:
            extra.append("mediaenc=srtp-mand")
        try:
            agent = await UserAgent.create(
                self._runtime,
                Account(
                    user=trunk.user or "ringtrue",
                    domain=trunk.host if trunk.kind == "account" else self.address,
                    password=trunk.password,
                    reg_interval=300 if trunk.kind == "account" else 0,
                    transport=trunk.transport,
                    audio_codecs=CODECS,
                    extra_params=tuple(extra),
                ),
                transfer_policy="reject",  # a REFER from outside would have us dial whatever it names
            )
        except (BaresipError, ValueError) as problem:
            log.error("trunk not opened", trunk=trunk.id, problem=type(problem).__name__)
            self._tell(State(trunk=trunk.id, code="not_opened"))
            return
        self._agents[trunk.id] = (trunk, agent)
        agent.on_incoming(lambda call: self._do(self._incoming(trunk, call)))
        if trunk.kind == "account":
            self._do(self._keep_registered(trunk, agent))
        else:
            self._tell(State(trunk=trunk.id, code="ready"))

    async def _keep_registered(self, trunk: Trunk, agent: Any) -> None:
        """The library refreshes a registration; what it does not do is to try again after a refusal."""
        from baresip import RegistrationError

        while True:
            try:
                await agent.register()
            except RegistrationError as problem:
                log.warning("registration failed", trunk=trunk.id, status=problem.status)
                self._tell(State(trunk=trunk.id, code="registration_failed", detail=str(problem.status or "")))
                await asyncio.sleep(REGISTER_AGAIN_S)
            else:
                self._tell(State(trunk=trunk.id, code="registered"))
                return

    # --- calls

    async def _incoming(self, trunk: Trunk, call: Any) -> None:
        headers = call.headers
        caller = user_of(headers.get("P-Asserted-Identity", "")) or user_of(headers.get("From", "")) or user_of(call.peer or "")
        answer = await self._ask(trunk.id, caller, user_of(headers.get("To", "")) or trunk.user, call.call_id or "")
        if not answer.ticket or self._served is None:
            log.warning("call refused", trunk=trunk.id, code=answer.code)
            await call.reject()
            return
        self._calls[call.call_id or ""] = (trunk, call)
        try:
            if not await self._carry(call, answer.ticket, answer_it=True):
                await call.reject()
        finally:
            self._calls.pop(call.call_id or "", None)

    async def _carry(self, call: Any, ticket: str, *, answer_it: bool) -> bool:
        """Between the far end and the loop, until either is gone. False when the loop would not take the call."""
        assert self._served is not None
        bridge = Bridge(call)
        call.on(lambda event: bridge.ended() if event.event.name == "CALL_CLOSED" else None)
        self._bridges[call.handle] = bridge
        try:
            await bridge.connect(self._served.loop_url, ticket)
            async with asyncio.timeout(ASK_S):
                verdict = await bridge.answered
            if verdict == "refused":
                return False
            if answer_it:
                await call.answer()
            await bridge.over
            if call.state.name != "CLOSED" and call.handle not in self._handed_over:
                await call.hangup()
        except (OSError, TimeoutError) as problem:
            log.error("loop not reached", problem=type(problem).__name__)
            return False
        finally:
            self._bridges.pop(call.handle, None)
        return True

    # --- orders of the house

    async def _obey(self, order: desk_talk.Asked) -> None:
        from baresip import BaresipError

        try:
            if isinstance(order, desk_talk.Dial):
                code = await self._dial(order)
            else:
                code = await self._control(order)
        except (BaresipError, ValueError) as problem:
            log.warning("order failed", problem=type(problem).__name__)
            code = "carrier_refused"
        self._tell(Done(ask=order.ask, code=code))

    async def _control(self, order: desk_talk.Transfer | desk_talk.HangUp) -> str:
        trunk, call = self._calls.get(order.ref) or (None, None)
        if trunk is None or call is None or call.state.name != "ESTABLISHED":
            return "call_over"
        if isinstance(order, desk_talk.HangUp):
            await call.hangup()
            return ""
        self._handed_over.add(call.handle)
        try:
            await call.transfer(f"sip:{order.number}@{trunk.host}")
        finally:
            self._handed_over.discard(call.handle)
        return ""

    async def _dial(self, order: desk_talk.Dial) -> str:
        trunk, agent = self._agents.get(order.trunk) or (None, None)
        if trunk is None or agent is None or self._runtime is None:
            return "no_trunk"
        if len(self._bridges) >= MOST_CALLS:
            return "full"
        named = {"P-Asserted-Identity": f"<sip:{order.caller_id}@{trunk.host}>"} if order.caller_id else {}
        call = await agent.dial(f"sip:{order.number}@{trunk.host}", headers=named)
        self._calls[order.ref] = (trunk, call)
        self._do(self._placed(order, call))
        return ""

    async def _placed(self, order: desk_talk.Dial, call: Any) -> None:
        from baresip import CallFailed, CallTimeout

        answered, status = False, 0
        try:
            await call.wait_established(order.ring_s)
            answered = True
            if not await self._carry(call, order.ticket, answer_it=False):
                await call.hangup()
        except CallTimeout:
            status = 408
        except CallFailed as failure:
            status = failure.status or 0
        finally:
            self._calls.pop(order.ref, None)
            self._tell(DialEnded(ref=order.ref, answered=answered, status=status))

    async def _tick(self) -> None:
        """One absolute clock for the audio of all calls; a late tick takes what has gathered meanwhile."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        ticks = 0
        while True:
            due = max(due + TICK_S, loop.time() - TICK_S)
            await asyncio.sleep(max(0.0, due - loop.time()))
            for bridge in list(self._bridges.values()):
                bridge.tick()
            ticks += 1
            if ticks % 50 == 0 and self._runtime is not None:
                self._guard()  # a socket that was opened meanwhile

    async def _leave_when_idle(self) -> None:
        await self._idle()
        self._stop.set()

    async def _idle(self) -> None:
        while self._bridges:
            await asyncio.wait([bridge.over for bridge in self._bridges.values()])
            await asyncio.sleep(0.2)  # for what follows the end of a call

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


def user_of(uri: str) -> str:
    """ "Jane" <sip:+15551230000@192.0.2.1> -> +15551230000; "" when there is none."""
    found = _USER.search(uri)
    return found.group(1) if found else ""


def give_up_root() -> None:
    """Nothing here needs it. What must be read later is loaded before."""
    import concurrent.futures.thread  # noqa: F401
    import encodings.idna  # noqa: F401
    import traceback  # noqa: F401

    import baresip  # noqa: F401

    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS, prctl(2)
        system.prctl(1, signal.SIGTERM, 0, 0, 0)  # PR_SET_PDEATHSIG: the change of user has cleared what the parent set


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listen", required=True, help="address:port for SIP over UDP and TCP; TLS is on the next port")
    parser.add_argument("--desk", required=True, help="the Unix socket of the desk")
    options = parser.parse_args()

    async def run() -> None:
        await Gateway(options.listen, options.desk).run()

    asyncio.run(run())
    # The library's own closing is where damaged memory shows; everything is said and closed by now.
    os._exit(0)


if __name__ == "__main__":
    raise SystemExit(main())
