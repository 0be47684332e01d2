"""The loop process: every live call of this process. Imports the voice wing and no Django, so that no database, template or
thread of the web ever holds its GIL (DESIGN: audio never waits). `python -m ringtrue.media.loop`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import os
import signal
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import structlog

from ringtrue.core.configuring import CONFIG
from ringtrue.media.admitting import Alarm, capacity, health
from ringtrue.media.freeing_memory import Collector
from ringtrue.media.loop_port import Refused as TicketRefused
from ringtrue.media.loop_port import ScribeLink, ScribePort
from ringtrue.media.loop_sockets import Door
from ringtrue.media.loop_streams import listen
from ringtrue.voice.agent import Agent, CallOrder
from ringtrue.voice.brains.acts import Brain
from ringtrue.voice.brains.model.connecting import ExtraMissing, load_aside
from ringtrue.voice.call import wording
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.office import Refused as OfficeRefused
from ringtrue.voice.events import AudioPiece, CallEvent, Ended
from ringtrue.voice.going_first import go_first
from ringtrue.voice.lines.asked_leg import AskedCalls, AskedLeg
from ringtrue.voice.lines.browser.media import BrowserLeg
from ringtrue.voice.lines.browser.member import MemberLeg
from ringtrue.voice.lines.socket_leg import SocketLeg
from ringtrue.voice.lines.words_leg import WordsLeg
from ringtrue.voice.speech.kinds import VoiceFailed

log = structlog.get_logger("ringtrue.media.loop")  # not "__main__"

MEMBER_ASKED_S = 5.0  # between two times that a member of the business in a call is asked for
DRAIN_S = 6.0  # the supervisor gives a process 8 s


class TellingPort:
    """The scribe's port, and a leg that may show each event to the person on the call."""

    def __init__(self, port: ScribePort, leg: SocketLeg) -> None:
        self._port = port
        self._leg = leg
        self.use = port.use

    def emit(self, event: CallEvent) -> None:
        self._port.emit(event)
        self._leg.tell(event)

    def audio(self, piece: AudioPiece) -> None:
        self._port.audio(piece)


class Loop:
    """`elsewhere`: addresses of media processes that may take what this one refuses."""

    def __init__(self, office: Office, link: ScribeLink, elsewhere: list[str] | None = None) -> None:
        self.office = office
        self.link = link
        self.elsewhere = elsewhere or []
        self.lag: deque[float] = deque(maxlen=1000)  # seconds
        self._alarm = Alarm(office)
        self._pages: dict[str, BrowserLeg] = {}  # calls that another connection may carry on, by the token for it
        self._asked = AskedCalls()
        self.collector = Collector()

    async def admit(self, leg: SocketLeg) -> None:
        """One connection, from its ticket to its end."""
        if isinstance(leg, MemberLeg):
            await self._let_join(leg)
            return
        if isinstance(leg, BrowserLeg) and leg.resumes:
            await self._carry_on(leg)
            return
        if isinstance(leg, AskedLeg):
            await self._asked.admit(leg, self._take)
        else:
            await self._take(leg)

    async def _take(self, leg: SocketLeg) -> None:
        over = self.office.second_legs.arrived(leg.ticket.result(), leg)
        if over is not None:  # a colleague picks up, whom a call of ours is ringing
            leg.started()
            await over.wait()
            return
        full = self.office.refusal()
        if full:
            log.warning("connection refused", line=leg.line, code=full, elsewhere=self.elsewhere)
            leg.refused("full")
            return
        try:
            order = await self.link.redeem(leg.ticket.result(), leg.line, leg.origin)
        except TicketRefused as refusal:
            log.warning("ticket refused", line=leg.line, code=str(refusal))
            leg.refused(str(refusal))
            return
        await self._serve(order, leg)

    async def _serve(self, order: CallOrder, leg: SocketLeg) -> None:
        port = self.link.open(order.call_id)
        leg.carrier = port if leg.can & {"transfer", "hang_up"} else None
        log.info("call begins", call=order.call_id, line=leg.line)
        leg.started()
        if isinstance(leg, BrowserLeg) and leg.token:
            self._pages[leg.token] = leg
        try:
            hold = self.office.serve_in_words if isinstance(leg, WordsLeg) else self.office.serve
            await hold(order, leg, TellingPort(port, leg))  # type: ignore[arg-type]
        except OfficeRefused as refusal:
            log.warning("call refused", call=order.call_id, code=refusal.reason)
            leg.refused("full")
        finally:
            if not port.ended:  # a call always ends for the record, whatever happened to it here
                port.emit(Ended(at_ms=0, reason="lost", duration_ms=0))
            if isinstance(leg, BrowserLeg):
                self._pages.pop(leg.token, None)
                leg.finished()
            self.collector.call_ended()

    async def _carry_on(self, leg: BrowserLeg) -> None:
        call = self._pages.get(leg.resumes)
        if call is None or (call.line, call.origin) != (leg.line, leg.origin):
            leg.refused("unknown")
            return
        await leg.carry_on(call)

    async def _let_join(self, leg: MemberLeg) -> None:
        """A member of the business, into a call that is running here."""
        token = leg.ticket.result()
        try:
            who = await self.link.admit(token)
        except TicketRefused as refusal:
            log.warning("member refused", code=str(refusal))
            leg.refused(str(refusal))
            return
        call = self.office.calls.get(who["call"])
        leg.id, leg.speaks = who["member"], who["speaks"] == "true"
        code = "not_here" if call is None else leg.join(call.members, call.desk.leg.sample_rate)
        if call is None or code:
            leg.refused(code)
            return
        asking = asyncio.create_task(self._ask_again(leg, token))
        try:
            await leg.over()
        finally:
            asking.cancel()
            call.members.leave(leg)

    async def _ask_again(self, leg: MemberLeg, token: str) -> None:
        """Whoever has lost their role, or signed out, hears no more."""
        while True:
            await asyncio.sleep(MEMBER_ASKED_S)
            try:
                leg.speaks = (await self.link.admit(token, again=True))["speaks"] == "true"
            except TicketRefused as refusal:
                leg.refused(str(refusal))
                leg.closed(clean=True)
                return

    def health(self) -> dict[str, Any]:
        lag_ms = [1000 * late for late in self.lag]
        return health(self.office, lag_ms, scribe=self.link.connected.is_set(), elsewhere=self.elsewhere)

    async def watch_lag(self) -> None:
        """How late this process wakes up: what every call of it feels."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + 0.05
            await asyncio.sleep(0.05)
            self.lag.append(max(0.0, loop.time() - due))
            self._alarm.look(loop.time())


async def serve(host: str, port: int, socket: Path, origin: str, *, max_calls: int, speech: str, ready: str = "") -> None:
    """Until SIGTERM or SIGINT: then no new call is taken, and those that run are ended politely and told to the scribe."""
    module, _, name = speech.partition(":")
    wire_speech = getattr(importlib.import_module(module), name)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with wire_speech(max_calls) as wired:
        link = ScribeLink(socket)
        office = Office(max_calls=max_calls, **wired)
        loop = Loop(office, link, CONFIG.media_elsewhere)
        link.on_agents = lambda agents: _warm(office, wired["new_brain"], agents)
        door = Door(loop.admit, loop.health, origin)
        at = await door.open(host, port)
        streams = await listen(door, CONFIG.audiosocket_listen) if CONFIG.audiosocket_listen else None
        tasks = [asyncio.create_task(link.run()), asyncio.create_task(loop.watch_lag())]
        office.warm()
        loop.collector.calm()
        go_first()
        log.info("loop listens", host=host, port=at)
        if ready:
            Path(ready).write_text(str(at))  # noqa: ASYNC240 - before any call
        await stop.wait()
        log.info("loop drains", live=len(office.calls))
        await office.stop(DRAIN_S)
        await link.drained(1.5)
        if streams is not None:
            streams.close()
        await door.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


_warming: set[asyncio.Task[None]] = set()


def _warm(office: Office, new_brain: Callable[[CallOrder], Brain], agents: list[Agent]) -> None:
    """Make ready in the background what a first call would wait for: the agents' facts and fixed sentences."""

    async def warm() -> None:
        if any(agent.brain == "model" for agent in agents):
            with contextlib.suppress(ExtraMissing):  # the call itself tells of it
                await load_aside()
        for agent in agents:
            order = CallOrder(call_id="", agent=agent, line="")
            try:
                await new_brain(order).prepare(order)  # kept for this version of the agent; this brain is thrown away
            except Exception:
                log.exception("agent not made ready", agent=agent.version_id)
        for rate in (8000, 16000):
            for agent in agents:
                for voice in office.voices_for(agent):
                    if isinstance(voice, Keeping):
                        with contextlib.suppress(VoiceFailed):
                            await voice.prepare(wording.fixed(agent), rate)  # kept on disk, for the next start
                await office.prepare(agent, rate)

    task = asyncio.create_task(warm())
    _warming.add(task)
    task.add_done_callback(_warming.discard)


@runtime_checkable
class Keeping(Protocol):
    """A voice that can keep ready-made sentences of the business."""

    async def prepare(self, texts: list[str], sample_rate: int) -> None: ...


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ringtrue.media.loop", description=__doc__)
    parser.add_argument("--host", default=os.environ.get("RINGTRUE_MEDIA_HOST", CONFIG.host))
    parser.add_argument("--port", type=int, default=CONFIG.media_port)
    parser.add_argument("--socket", type=Path, default=CONFIG.data / "run" / "scribe.sock")
    parser.add_argument("--origin", default=CONFIG.public_url, help="pages of this origin may connect to the browser line")
    parser.add_argument("--max-calls", type=int, default=CONFIG.max_calls or capacity(local_speech=not CONFIG.speech))
    parser.add_argument(
        "--speech", default="ringtrue.media.loop_speech:configured", help="module:function that gives hearing and speaking"
    )
    parser.add_argument("--ready", default="", help="write the port into this file once it listens")
    options = parser.parse_args(argv)
    import uvloop

    _log_plainly()
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(
            serve(
                options.host, options.port, options.socket, options.origin,
                max_calls=options.max_calls, speech=options.speech, ready=options.ready,
            )
        )  # fmt: skip
    return 0


def _log_plainly() -> None:
    """As `core.logging_out` does, without Django."""
    from ringtrue.core.logging_out import configure

    configure()


if __name__ == "__main__":
    raise SystemExit(main())
