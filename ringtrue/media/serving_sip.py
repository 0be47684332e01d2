"""The desk of the SIP gateway, in the scribe process: tells it the trunks, and gives each call that comes its ticket.

It listens on a Unix socket of its own: whoever takes over the gateway can ask for tickets of calls to this house's numbers, and nothing
else.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from ringtrue.voice.lines.sip import desk_talk
from ringtrue.voice.lines.sip.desk_talk import Answer, Incoming, Serve, State, Trunk

log = structlog.get_logger(__name__)

LOOK_S = 3.0  # how soon a trunk that was connected in the console is served

InThread = Callable[..., Awaitable[Any]]


class SipDesk:
    """`in_thread(work, *given)` runs what needs the database. `wanted` exists while there is a trunk: the parent starts the gateway."""

    def __init__(self, folder: Path, loop_url: str, in_thread: InThread) -> None:
        self.socket = folder / "sip.sock"
        self.wanted = folder / "sip.wanted"
        self._loop_url = loop_url
        self._in_thread = in_thread
        self._gateways: set[asyncio.StreamWriter] = set()
        self._served: Serve | None = None
        self._server: asyncio.Server | None = None
        self._looking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Raises OSError."""
        self.socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileNotFoundError):
            self.socket.unlink()
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._talk, str(self.socket), limit=desk_talk.LONGEST_LINE)
        finally:
            os.umask(before)
        self._looking = asyncio.create_task(self._look())

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        if self._server is not None:
            self._server.close()
        for writer in list(self._gateways):
            writer.close()
        for path in (self.socket, self.wanted):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()

    async def _look(self) -> None:
        while True:
            try:
                served = Serve(loop_url=self._loop_url, trunks=await self._in_thread(trunks))
            except Exception:
                log.exception("trunks not read")
            else:
                if served != self._served:
                    self._served = served
                    for writer in self._gateways:
                        writer.write(desk_talk.line(served))
                if served.trunks:
                    self.wanted.touch()
                else:
                    self.wanted.unlink(missing_ok=True)
            await asyncio.sleep(LOOK_S)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._gateways.add(writer)
        asks: set[asyncio.Task[None]] = set()
        try:
            if self._served is not None:
                writer.write(desk_talk.line(self._served))
            while text := await reader.readline():
                message = desk_talk.read_from_gateway(text)
                work = self._answer(message, writer) if isinstance(message, Incoming) else self._in_thread(note_state, message)
                ask = asyncio.ensure_future(work)
                asks.add(ask)
                ask.add_done_callback(asks.discard)
        except (OSError, ValueError) as problem:
            log.warning("gateway lost", problem=type(problem).__name__)
        finally:
            self._gateways.discard(writer)
            writer.close()

    async def _answer(self, message: Incoming, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self._in_thread(answer_call, message)
        except Exception:
            log.exception("call not opened")
            answer = Answer(ask=message.ask, code="failed")
        if not writer.is_closing():
            writer.write(desk_talk.line(answer))


def trunks() -> list[Trunk]:
    from cryptography.fernet import InvalidToken

    from ringtrue.accounts.scoping import system_scope
    from ringtrue.numbers.connecting import credentials_of
    from ringtrue.numbers.models import LineAccount

    found = []
    with system_scope("one gateway serves the trunks of every workspace"):
        for account in LineAccount.objects.filter(line="sip").order_by("id"):
            try:
                found.append(Trunk(id=str(account.id), **credentials_of(account)))
            except InvalidToken:
                log.error("credentials cannot be read", line="sip", account=str(account.id))
    return found


def answer_call(message: Incoming) -> Answer:
    """The ticket of a call to one of the trunk's numbers. A trunk reaches the numbers of its own workspace only."""
    from ringtrue.accounts.scoping import system_scope, workspace_scope
    from ringtrue.agents.models import Agent
    from ringtrue.calls.models import Call
    from ringtrue.numbers.models import LineAccount, PhoneNumber
    from ringtrue.numbers.reading import e164
    from ringtrue.reception.answering import CallRefused, open_call

    with system_scope("the trunk tells the workspace"):
        account = LineAccount.objects.filter(line="sip", id=UUID(message.trunk)).first()
        if account is None:
            return Answer(ask=message.ask, code="no_trunk")
        known = list(PhoneNumber.objects.filter(line_account=account).select_related("agent"))
    country = next((str(row.agent.draft.get("country", "")) for row in known if row.agent), "")
    wanted = e164(message.to_user, country)
    row = next((row for row in known if row.number == wanted), None)
    if row is None and len(known) == 1 and not wanted:
        row = known[0]  # a login at a PBX is called by its extension, not by a number
    if row is None or row.agent is None:
        return Answer(ask=message.ask, code="no_number")
    with workspace_scope(account.workspace_id):
        if message.ref and Call.objects.filter(line="sip", provider_ref=message.ref).exists():
            return Answer(ask=message.ask, code="known_call")  # an INVITE that was sent twice is one call
        try:
            _, token = open_call(
                Agent.objects.get(id=row.agent.id),
                line="sip",
                from_number=e164(message.from_user, country),
                to_number=row.number,
                provider_ref=message.ref,
            )
        except CallRefused as refusal:
            return Answer(ask=message.ask, code=str(refusal))
    return Answer(ask=message.ask, ticket=token)


def note_state(message: State) -> None:
    from django.utils import timezone

    from ringtrue.accounts.scoping import system_scope
    from ringtrue.numbers.models import LineAccount

    with system_scope("a trunk tells how it is"):
        LineAccount.objects.filter(line="sip", id=UUID(message.trunk)).update(
            state=message.code[:30], state_detail=message.detail[:60], state_at=timezone.now()
        )
