"""The desk of the SIP gateway, in the scribe process: tells it the trunks, and gives each call that comes its ticket.

It listens on a Unix socket of its own: whoever takes over the gateway can ask for tickets of calls to this house's numbers, and nothing
else.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import structlog

from ringtrue.media.private_socket import open_private
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.sip import desk_talk
from ringtrue.voice.lines.sip.desk_talk import (
    Answer,
    Asked,
    DialEnded,
    Done,
    Hello,
    Incoming,
    Serve,
    State,
    TransferEnded,
    Trunk,
    Unanswered,
)  # fmt: skip
from ringtrue.voice.lines.sip.verdicts import WHY

if TYPE_CHECKING:
    from ringtrue.calls.models import Call

log = structlog.get_logger(__name__)

LOOK_S = 3.0  # how soon a trunk that was connected in the console is served

ORDER_S = 8.0
TOLD_AGAIN_S = (0.0, 0.5, 2.0, 5.0)  # what the far end refuses at once may be told before the dial itself is written down

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
        self._orders: dict[int, asyncio.Future[str]] = {}
        self._asks = 0

    async def open(self) -> None:
        """Raises OSError."""
        self._server = await open_private(self.socket, self._talk, desk_talk.LONGEST_LINE)
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
        asks: set[asyncio.Task[None]] = set()
        try:
            while text := await reader.readline():
                message = desk_talk.read_from_gateway(text)
                if isinstance(message, Hello):
                    self._gateways.add(writer)
                    if self._served is not None:
                        writer.write(desk_talk.line(self._served))
                    continue
                if isinstance(message, Done):
                    waiting = self._orders.pop(message.ask, None)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(message.code)
                    continue
                if isinstance(message, Incoming):
                    work: Awaitable[Any] = self._answer(message, writer)
                elif isinstance(message, Unanswered):
                    work = self._in_thread(note_unanswered, message)
                elif isinstance(message, State):
                    work = self._in_thread(note_state, message)
                elif isinstance(message, DialEnded):
                    work = self._note(note_dial, message)
                elif isinstance(message, TransferEnded):
                    work = self._note(note_transfer, message)
                else:  # one of our own processes
                    work = self._pass_on(message, writer)
                ask = asyncio.ensure_future(work)
                asks.add(ask)
                ask.add_done_callback(asks.discard)
        except (OSError, ValueError) as problem:
            log.warning("gateway lost", problem=type(problem).__name__)
        finally:
            self._gateways.discard(writer)
            writer.close()

    async def _note(self, work: Callable[..., bool], message: DialEnded | TransferEnded) -> None:
        for pause in TOLD_AGAIN_S:
            await asyncio.sleep(pause)
            if await self._in_thread(work, message):
                return
        log.warning("end of a dial that is not known", line="sip")

    async def _pass_on(self, order: Asked, writer: asyncio.StreamWriter) -> None:
        """An order of the house for the gateway. Without an answer the asker is left without one too: it cannot be known what was done."""
        code = "no_gateway"
        if self._gateways:
            self._asks += 1
            waiting: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            self._orders[self._asks] = waiting
            next(iter(self._gateways)).write(desk_talk.line(msgspec.structs.replace(order, ask=self._asks)))
            try:
                code = await asyncio.wait_for(waiting, ORDER_S)
            except TimeoutError:
                writer.close()
                return
        writer.write(desk_talk.line(Done(ask=order.ask, code=code)))

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
        for account in LineAccount.objects.filter(line__in=finding.carried_by("sip")).order_by("id"):
            try:
                found.append(msgspec.convert({**credentials_of(account), "id": str(account.id)}, Trunk))
            except InvalidToken:
                log.error("credentials cannot be read", line=account.line, account=str(account.id))
    return found


class _Unknown(Exception):
    """Nobody answers this number here; `str(self)` is a code of ours."""


def answer_call(message: Incoming) -> Answer:
    """The ticket of a call to a number of one of these trunks. A number that several workspaces claim there is answered by none."""
    from ringtrue.reception.answering import CallRefused

    try:
        _, token, trunk = _open(message)
    except (_Unknown, CallRefused) as refusal:
        return Answer(ask=message.ask, code=str(refusal))
    return Answer(ask=message.ask, ticket=token, trunk=trunk)


def note_unanswered(message: Unanswered) -> None:
    """A call that came and could not be taken stands among the calls, with the reason."""
    from ringtrue.reception.answering import CallRefused
    from ringtrue.reception.closing_unserved import close_unserved

    try:
        call, _, _ = _open(message)
    except (_Unknown, CallRefused) as refusal:
        log.info("unanswered call of nobody here", code=str(refusal))
    else:
        close_unserved(call, failed=False, reason=message.code)


def _open(message: Incoming | Unanswered) -> tuple[Call, str, str]:
    """(the call, its ticket, by which trunk). Raises _Unknown, CallRefused."""
    from ringtrue.accounts.scoping import system_scope, workspace_scope
    from ringtrue.agents.models import Agent
    from ringtrue.calls.models import Call
    from ringtrue.numbers.models import LineAccount, PhoneNumber
    from ringtrue.numbers.reading import e164
    from ringtrue.reception.answering import open_call

    with system_scope("the trunk tells the workspace"):
        accounts = list(
            LineAccount.objects.filter(line__in=finding.carried_by("sip"), id__in=[UUID(trunk) for trunk in message.trunks])
        )
        if not accounts:
            raise _Unknown("no_trunk")
        known = list(
            PhoneNumber.objects.filter(line_account__in=accounts, agent__isnull=False).select_related("agent", "line_account")
        )
    countries = {row.id: str(row.agent.draft.get("country", "")) for row in known if row.agent}
    rows = [row for row in known if row.number == e164(message.to_user, countries[row.id])]
    if not rows and len(known) == 1 and not e164(message.to_user, countries[known[0].id]):
        rows = known  # a login at a PBX is called by its extension, not by a number
    if len(rows) != 1:
        raise _Unknown("claimed_twice" if rows else "no_number")
    (row,) = rows
    assert row.agent_id is not None  # of those that are known
    with workspace_scope(row.workspace_id):
        line = row.line_account.line
        if message.ref and Call.objects.filter(line=line, provider_ref=message.ref).exists():
            raise _Unknown("known_call")  # an INVITE that was sent twice is one call
        call, token = open_call(
            Agent.objects.get(id=row.agent_id),
            line=line,
            from_number=e164(message.from_user, countries[row.id]),
            to_number=row.number,
            provider_ref=message.ref,
        )
    return call, token, str(row.line_account_id)


def note_state(message: State) -> None:
    from django.utils import timezone

    from ringtrue.accounts.scoping import system_scope
    from ringtrue.numbers.models import LineAccount

    with system_scope("a trunk tells how it is"):
        LineAccount.objects.filter(line__in=finding.carried_by("sip"), id=UUID(message.trunk)).update(
            state=message.code[:30], state_detail=message.detail[:60], state_at=timezone.now()
        )


def note_dial(message: DialEnded) -> bool:
    """A call that we placed is over: the attempt is closed, and a call that nobody answered ends for the record."""
    from ringtrue.reception.calling_out import dial_ended

    why = WHY.get(message.status, "")
    failed = not message.answered and not why
    return any(
        dial_ended(line, message.ref, answered=message.answered, failed=failed, why=why) for line in finding.carried_by("sip")
    )


def note_transfer(message: TransferEnded) -> bool:
    """The call has left our trunk, and what it was held for need not wait for anything; or it was refused, and cost nothing."""
    from ringtrue.accounts.scoping import system_scope
    from ringtrue.calls.models import Call
    from ringtrue.dialing.placing import finish_transfers

    with system_scope("the far end names the call by its own reference"):
        call = Call.objects.filter(line__in=finding.carried_by("sip"), provider_ref=message.ref).first()
    return call is not None and finish_transfers(call.id, call.workspace_id, answered=not message.code) > 0
