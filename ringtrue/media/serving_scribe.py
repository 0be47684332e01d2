"""The scribe process: takes what loops tell over a Unix socket and stores it, in threads, in order for each call.

`python -m ringtrue.media.serving_scribe`. The socket is for this user only (mode 0600): whoever can open it is one of ours.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import structlog

from ringtrue.media import wire
from ringtrue.media.collecting import Writer
from ringtrue.media.freeing_memory import Collector
from ringtrue.media.private_socket import open_private
from ringtrue.voice.events import Ended

log = structlog.get_logger("ringtrue.media.serving_scribe")  # not "__main__"
T = TypeVar("T")

THREADS = 6  # the database pool has 8 connections
LATER_S = 0.25  # that long the record waits for callers who wait for their greeting
GRACE_S = 3.0  # a loop that is gone this long has lost its calls


class Serving:
    def __init__(self, scribe: Any, socket: Path, grace_s: float = GRACE_S) -> None:
        self.scribe = scribe
        self.socket = socket
        self._grace_s = grace_s
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="scribe")
        self._farewells: dict[str, asyncio.Task[None]] = {}
        self._talks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.collector = Collector()
        self._redeeming = 0
        self._nobody_waits = asyncio.Event()
        self._nobody_waits.set()

    async def open(self) -> None:
        """Raises OSError."""
        self._server = await open_private(self.socket, self._welcome, wire.LARGEST)

    async def close(self) -> None:
        """What has been received is stored; calls that still run are taken up by the next scribe."""
        if self._server is not None:
            self._server.close()
        for talk in list(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        for farewell in self._farewells.values():
            farewell.cancel()
        self._threads.shutdown(wait=True)
        with contextlib.suppress(FileNotFoundError):
            self.socket.unlink()

    async def in_thread(self, work: Callable[..., T], *given: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _with_database, work, *given)

    async def later(self, work: Callable[..., T], *given: Any) -> T:
        """As `in_thread`, for what nobody on the line waits for: it would share the interpreter with the redeeming of tickets."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._nobody_waits.wait(), LATER_S)
        return await self.in_thread(work, *given)

    def _act(self, message: wire.UseTool | wire.Control) -> wire.Result:
        from ringtrue.media.carrier_control import control
        from ringtrue.voice.lines.carrier import ControlFailed
        from ringtrue.voice.port import ToolFailed

        try:
            if isinstance(message, wire.UseTool):
                return wire.Result(message.req, True, self.scribe.use(message.call, message.tool, message.arguments))
            if message.action == "transfer" and not self.scribe.transferable(message.call, message.number):
                return wire.Result(message.req, False, code="not_in_list")
            call = self.scribe.call_of(message.call)
            if call is None:
                return wire.Result(message.req, False, code="no_such_call")
            control(call, message.action, message.number)
        except (ToolFailed, ControlFailed) as problem:
            return wire.Result(message.req, False, code=str(problem))
        except Exception:
            log.exception("tool failed", call=message.call)
            return wire.Result(message.req, False, code="failed")
        return wire.Result(message.req, True)

    # One loop

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        except Exception as problem:
            log.error("a loop spoke nonsense", problem=type(problem).__name__)
        finally:
            self._talks.discard(talk)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = wire.from_loop(await wire.read_body(reader))
        if not isinstance(hello, wire.Hello):
            raise TypeError("no hello")
        farewell = self._farewells.pop(hello.loop, None)
        if farewell is not None:
            farewell.cancel()
        unknown = [call for call in hello.live if not await self.in_thread(self.scribe.resume, call)]
        mine = set(hello.live) - set(unknown)
        agents = await self.in_thread(_agents)

        def reply(message: wire.FromScribe) -> None:
            if not writer.is_closing():
                writer.write(wire.packed(message))

        reply(wire.Welcome(unknown, agents))
        log.info("loop connected", live=len(mine))
        records = Writer(self.scribe, self.later, reply, self.collector.call_ended)
        asks: set[asyncio.Task[None]] = set()
        try:
            while True:
                message = wire.from_loop(await wire.read_body(reader))
                if isinstance(message, wire.Happened | wire.Recorded):
                    records.put(message)
                    if isinstance(message, wire.Happened) and isinstance(message.event, Ended):
                        mine.discard(message.call)
                    if records.full:  # then the loop's side fills, and marks what it drops
                        await records.stored()
                elif not isinstance(message, wire.Hello):
                    ask = asyncio.create_task(
                        self._redeem(message, mine, reply)
                        if isinstance(message, wire.Redeem)
                        else self._admit(message, reply)
                        if isinstance(message, wire.Admit)
                        else self._ask(message, records, reply)
                    )
                    asks.add(ask)
                    ask.add_done_callback(asks.discard)
        finally:
            # What was received is stored before anything else is decided about these calls.
            await asyncio.shield(records.close())
            if mine:
                self._farewells[hello.loop] = asyncio.create_task(self._lose(hello.loop, mine))

    async def _ask(self, message: wire.UseTool | wire.Control, records: Writer, reply: Callable[[wire.FromScribe], None]) -> None:
        await records.stored()  # what the call told before, consent above all, counts for what it asks now
        reply(await self.in_thread(self._act, message))

    async def _redeem(self, message: wire.Redeem, mine: set[str], reply: Callable[[wire.FromScribe], None]) -> None:
        from ringtrue.reception.tickets import TicketRefused

        self._redeeming += 1
        self._nobody_waits.clear()
        try:
            order = await self.in_thread(self.scribe.redeem, message.token, message.line, message.origin)
        except TicketRefused as refusal:
            log.warning("ticket refused", line=message.line, code=str(refusal))
            reply(wire.Order(message.req, code=str(refusal)))
        except Exception:
            log.exception("ticket not redeemed", line=message.line)
            reply(wire.Order(message.req, code="failed"))
        else:
            mine.add(order.call_id)
            reply(wire.Order(message.req, order))
        finally:
            self._redeeming -= 1
            if not self._redeeming:
                self._nobody_waits.set()

    async def _admit(self, message: wire.Admit, reply: Callable[[wire.FromScribe], None]) -> None:
        from ringtrue.reception.tickets import TicketRefused

        try:
            who = await self.in_thread(self.scribe.admit, message.token, message.again)
        except TicketRefused as refusal:
            reply(wire.Result(message.req, False, code=str(refusal)))
        except Exception:
            log.exception("member not admitted")
            reply(wire.Result(message.req, False, code="failed"))
        else:
            reply(wire.Result(message.req, True, who))

    async def _lose(self, loop: str, calls: set[str]) -> None:
        await asyncio.sleep(self._grace_s)
        self._farewells.pop(loop, None)
        for call_id in calls:
            log.warning("loop gone", call=call_id)
            with contextlib.suppress(Exception):
                await self.in_thread(self.scribe.lost, call_id)


def _with_database(work: Callable[..., T], *given: Any) -> T:
    from django.db import connection

    try:
        return work(*given)
    finally:
        connection.close()  # back to the pool: a thread that waits holds no connection


def _agents() -> list[Any]:
    """Agents whose first sentences are worth having ready: the live ones, at most 20."""
    from ringtrue.accounts.scoping import system_scope
    from ringtrue.agents.models import Agent
    from ringtrue.agents.publishing import current, snapshot_of

    with system_scope("the loop makes greetings ready for every workspace"):
        live = Agent.objects.filter(live=True).order_by("-updated_at")[:20]
        return [snapshot_of(version) for version in map(current, live) if version is not None]


async def serve(socket: Path, grace_s: float = GRACE_S) -> None:
    from ringtrue.core.configuring import CONFIG
    from ringtrue.media.scribe import Scribe
    from ringtrue.media.serving_sip import SipDesk

    serving = Serving(Scribe(), socket, grace_s)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serving.open()
    desk = SipDesk(socket.parent, f"ws://127.0.0.1:{CONFIG.media_port}/sip", serving.in_thread)
    await desk.open()
    serving.collector.calm()
    log.info("scribe listens")
    await stop.wait()
    await desk.close()
    await serving.close()


def main(argv: list[str] | None = None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringtrue.core.settings")
    import django

    django.setup()
    from ringtrue.core.configuring import CONFIG
    from ringtrue.core.logging_out import configure

    configure()
    sys.setswitchinterval(0.001)  # a caller waits for a ticket to be redeemed while other threads store
    parser = argparse.ArgumentParser(prog="python -m ringtrue.media.serving_scribe", description=__doc__)
    parser.add_argument("--socket", type=Path, default=CONFIG.data / "run" / "scribe.sock")
    parser.add_argument("--grace", type=float, default=GRACE_S)
    options = parser.parse_args(argv)
    asyncio.run(serve(options.socket, options.grace))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
