"""The scribe: what the loop tells of its calls goes through the privacy gate here, and only then to storage.

Plain synchronous code: `serving_scribe` runs it in threads behind a socket, `direct_port` inside one process. For one call its
methods are called one after another, in the order of the events.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import msgspec
import structlog
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Max
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.agents.publishing import snapshot_of
from ringtrue.calls import deleting, recording
from ringtrue.calls.models import Call, CallEventRow
from ringtrue.media import tools
from ringtrue.media.gating import gate_for, order_for
from ringtrue.privacy import ledger
from ringtrue.privacy.gate import Gate
from ringtrue.privacy.holding import KeptPiece
from ringtrue.privacy.keystore import KeyDestroyed
from ringtrue.reception import tickets
from ringtrue.reception.tickets import TicketRefused
from ringtrue.voice.agent import Agent, CallOrder
from ringtrue.voice.events import AudioPiece, CallEvent, Ended
from ringtrue.voice.port import ToolFailed

__all__ = ["OUR_SEQ", "Scribe", "Session", "TicketRefused"]

log = structlog.get_logger(__name__)
T = TypeVar("T")

OUR_SEQ = 1_000_000  # events that the scribe itself adds are numbered from here, so that they never meet one of the loop's
INSIST_S = 30.0  # a database that is away this long costs rows, never a word of the call


class Session:
    """A call that is being served: whose it is, and its gate."""

    def __init__(self, call: Call, agent: Agent, gate: Gate, last_seq: int = 0) -> None:
        self.call = call
        self.agent = agent
        self.gate = gate
        self.last_seq = last_seq
        self.last_at_ms = 0
        self.added = 0
        self.gone = False  # the person was erased or the call deleted while it ran: nothing more is stored

    def now(self) -> datetime:
        return timezone.now()


class Scribe:
    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def redeem(self, token: str, line: str) -> CallOrder:
        """Raises TicketRefused."""
        workspace_id, call_id = tickets.redeem(token, line)
        session = self._open(workspace_id, call_id)
        return order_for(session.call, session.agent)

    def resume(self, call_id: str) -> bool:
        """Take up a call that a loop was serving before this scribe was started. False when it is not to be served."""
        if call_id in self._sessions:
            return True
        with system_scope("a loop names its calls by id; the row tells the workspace"):
            found = Call.objects.filter(id=call_id, ticket__used_at__isnull=False).exclude(state="ended").first()
        if found is None:
            return False
        self._open(found.workspace_id, found.id)
        return True

    def live(self) -> list[str]:
        return list(self._sessions)

    def event(self, call_id: str, seq: int, event: CallEvent) -> None:
        session = self._sessions.get(call_id)
        if session is None or seq <= session.last_seq:
            return  # ended, or told again after a break
        self._store_event(session, seq, event)
        session.last_seq = seq
        if isinstance(event, Ended):
            self._end(session)

    def audio(self, call_id: str, piece: AudioPiece) -> None:
        session = self._sessions.get(call_id)
        if session is not None:
            let = session.gate.let_audio(piece.seq, piece.start_ms, piece.sample_rate, piece.pcm)
            self._store_pieces(session, let)

    def use(self, call_id: str, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        """Raises ToolFailed."""
        session = self._sessions.get(call_id)
        if session is None:
            raise ToolFailed("no_such_call")
        try:
            return tools.use(session, tool, arguments)
        except KeyDestroyed:
            session.gone = True
            raise ToolFailed("not_kept") from None

    def lost(self, call_id: str) -> None:
        """The loop that served this call is gone: end it with what was told until then."""
        session = self._sessions.get(call_id)
        if session is not None:
            at_ms = session.last_at_ms
            self.event(call_id, session.last_seq + 1, Ended(at_ms=at_ms, reason="lost", duration_ms=at_ms))

    def transferable(self, call_id: str, number: str) -> bool:
        """Only numbers of the agent's own escalations, whatever a brain or a caller says."""
        session = self._sessions.get(call_id)
        if session is None or not session.agent.handling.transfer:
            return False
        return any(escalation.number == number for escalation in session.agent.escalations)

    def call_of(self, call_id: str) -> Call | None:
        session = self._sessions.get(call_id)
        return session.call if session else None

    # Storing

    def _open(self, workspace_id: UUID, call_id: UUID) -> Session:
        with workspace_scope(workspace_id):
            call = Call.objects.select_related("subject", "agent_version").get(id=call_id)
            agent = snapshot_of(call.agent_version)
            gate = gate_for(call, agent)
            last = 0
            # The gate's state is a fold of what was stored: consent, and whether the caller has spoken.
            for row in CallEventRow.objects.filter(call=call, kind__in=("consent", "heard"), seq__lt=OUR_SEQ):
                gate.let_event(row.seq, row.kind, {"at_ms": row.at_ms, **row.fields})
            told = CallEventRow.objects.filter(call=call, seq__lt=OUR_SEQ).aggregate(seq=Max("seq"), at_ms=Max("at_ms"))
            last = told["seq"] or 0
        session = self._sessions[str(call_id)] = Session(call, agent, gate, last)
        session.last_at_ms = told["at_ms"] or 0
        return session

    def _store_event(self, session: Session, seq: int, event: CallEvent) -> None:
        fields = msgspec.to_builtins(event)
        kind = str(fields.pop("kind"))
        session.last_at_ms = max(session.last_at_ms, event.at_ms)
        kept = session.gate.let_event(seq, kind, fields)
        if kind == "opted_out":
            self._keep(session, lambda: tools.opt_out(session))
        if kind == "consent":
            self._keep(session, lambda: _into_ledger(session, fields))
        if kept is not None:
            body = {"at_ms": kept.at_ms, **kept.fields, **kept.content}
            self._keep(session, lambda: recording.store_event(session.call, seq, kept.kind, body))
        if session.gate.must_delete_prior:
            self._keep(session, lambda: _forget_recording(session.call))
            session.gate.must_delete_prior = False
        self._store_pieces(session, session.gate.ready())

    def _store_pieces(self, session: Session, pieces: list[KeptPiece]) -> None:
        for piece in pieces:
            duration_ms = len(piece.pcm) // 4 * 1000 // piece.sample_rate
            try:
                self._keep(session, lambda p=piece, d=duration_ms: recording.store_piece(  # type: ignore[misc]
                    session.call, p.seq, p.start_ms, d, p.sample_rate, p.pcm))  # fmt: skip
            except OSError:
                self._add_gap(session, piece.start_ms, piece.start_ms + duration_ms)

    def _add_gap(self, session: Session, start_ms: int, end_ms: int) -> None:
        log.error("recording piece not written", call=str(session.call.id), start_ms=start_ms)
        seq = OUR_SEQ + session.added
        session.added += 1
        body = {"at_ms": end_ms, "start_ms": start_ms, "end_ms": end_ms}
        self._keep(session, lambda: recording.store_event(session.call, seq, "gap", body))

    def _end(self, session: Session) -> None:
        self._store_pieces(session, session.gate.close())
        self._keep(session, lambda: recording.end_call(session.call))
        self._sessions.pop(str(session.call.id), None)

    def _keep(self, session: Session, store: Callable[[], object]) -> None:
        """Insist while the database is away. A person who was erased in mid-call stays erased: nothing more is stored."""
        if session.gone:
            return
        deadline, pause = time.monotonic() + INSIST_S, 0.05
        while True:
            try:
                store()
            except (OperationalError, InterfaceError):
                if time.monotonic() > deadline:
                    log.error("not stored: the database is away", call=str(session.call.id))
                    return
                connection.close()
                time.sleep(pause)
                pause = min(2.0, pause * 2)
            except (KeyDestroyed, Call.DoesNotExist):
                session.gone = True
                log.info("call erased while it ran", call=str(session.call.id))
                return
            else:
                return


def _forget_recording(call: Call) -> None:
    with workspace_scope(call.workspace_id):
        deleting.delete_recording(call)


def _into_ledger(session: Session, fields: dict[str, object]) -> None:
    call = session.call
    at = (
        datetime.fromtimestamp(call.answered_at.timestamp() + int(str(fields["at_ms"])) / 1000, tz=UTC)
        if call.answered_at
        else None
    )
    with workspace_scope(call.workspace_id):
        ledger.record(
            call.subject,
            "recording",
            fields["granted"] is True,
            str(fields["method"]),
            str(fields["wording"]),
            call_id=call.id,
            at=at,
        )
