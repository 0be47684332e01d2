"""The scribe: what the loop tells of its calls goes through the privacy gate here, and only then to storage.

Plain synchronous code: `serving_scribe` runs it in threads behind a socket, `direct_port` inside one process. Of what is told of one
call `store` is given all, in order, by one thread at a time; what happened in many calls is stored in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog
from django.db.models import Max

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.agents.publishing import snapshot_of
from ringtrue.billing import ledger as books
from ringtrue.call_us import beginning as call_us
from ringtrue.calls import deleting, recording
from ringtrue.calls.models import Call, CallEventRow
from ringtrue.concierge.in_call import with_errand
from ringtrue.core import audit
from ringtrue.media import tools, wire
from ringtrue.media.gating import gate_for, order_for
from ringtrue.media.storing import OUR_SEQ, Batch, Session, insist
from ringtrue.privacy import ledger, minors
from ringtrue.privacy.keystore import KeyDestroyed
from ringtrue.privacy.policy import reading_once
from ringtrue.reception import joining_tickets, tickets
from ringtrue.reception.tickets import TicketRefused
from ringtrue.voice.agent import CallOrder
from ringtrue.voice.events import AudioPiece, CallEvent, Ended
from ringtrue.voice.port import ToolFailed

__all__ = ["OUR_SEQ", "Scribe", "Session", "TicketRefused"]

log = structlog.get_logger(__name__)

USED = ("model_used", "speech_used")
JOINED = ("listened_in", "whispered", "taken_over")  # kinds that also go into the audit chain


class Scribe:
    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._joined: dict[str, joining_tickets.Joining] = {}  # by ticket, while the call runs

    def redeem(self, token: str, line: str, origin: str = "") -> CallOrder:
        """Raises TicketRefused. origin: of the page that connects."""
        workspace_id, call_id = tickets.redeem(token, line)
        with workspace_scope(workspace_id), reading_once():
            if line == call_us.LINE:
                call_us.check(call_id, origin)
            session = self._open(call_id)
            return with_errand(order_for(session.call, session.agent), session.call)

    def admit(self, token: str, again: bool) -> dict[str, str]:
        """Who may join which call, as `wire.Admit` says. Raises TicketRefused."""
        if not again:
            joining = joining_tickets.redeem(token)
            self._joined[token] = joining
        elif token not in self._joined:
            raise TicketRefused("unknown")
        joining = self._joined[token]
        try:
            speaks = joining_tickets.may_stay(joining)
        except TicketRefused:
            del self._joined[token]
            raise
        return {"call": joining.call, "member": joining.user, "speaks": "true" if speaks else ""}

    def resume(self, call_id: str) -> bool:
        """Take up a call that a loop was serving before this scribe was started. False when it is not to be served."""
        if call_id in self._sessions:
            return True
        with system_scope("a loop names its calls by id; the row tells the workspace"):
            found = Call.objects.filter(id=call_id, ticket__used_at__isnull=False).exclude(state="ended").first()
        if found is None:
            return False
        with workspace_scope(found.workspace_id), reading_once():
            self._open(found.id, again=True)
        return True

    def live(self) -> list[str]:
        return list(self._sessions)

    def event(self, call_id: str, seq: int, event: CallEvent) -> None:
        for over in self.store([wire.Happened(call_id, seq, event)]):
            self.end(over)

    def audio(self, call_id: str, piece: AudioPiece) -> None:
        self.store([wire.Recorded(call_id, piece)])

    def store(self, told: Sequence[wire.Happened | wire.Recorded]) -> list[str]:
        """What was told of any calls, through the gate and then to storage, all at once. Returns the calls that are over: they
        still want `end`."""
        batch = Batch()
        over: list[str] = []
        for message in told:
            session = self._sessions.get(message.call)
            if session is None or session.over:
                continue
            try:
                with session.lock:
                    if isinstance(message, wire.Recorded):
                        piece = message.piece
                        batch.sound(session, session.gate.let_audio(piece.seq, piece.start_ms, piece.sample_rate, piece.pcm))
                    elif message.seq > session.last_seq:  # else told again after a break
                        self._take(session, message.seq, message.event, batch)
                        session.last_seq = message.seq
            except Exception:
                log.exception("not stored", call=message.call)
            if session.over:
                over.append(message.call)
        batch.write()
        return over

    def end(self, call_id: str) -> None:
        """Everything that was told of the call is stored: close its record."""
        session = self._sessions.get(call_id)
        if session is not None:
            insist(session, lambda: recording.end_call(session.call))
            insist(session, lambda: _book_used(session))
            self._sessions.pop(call_id, None)
            self._joined = {token: one for token, one in self._joined.items() if one.call != call_id}

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

    def _open(self, call_id: UUID, *, again: bool = False) -> Session:
        """`again`: something of it may be stored already. The gate's state is a fold of that: consent, and whether the caller has spoken."""
        call = Call.objects.select_related("subject", "agent_version").get(id=call_id)
        agent = snapshot_of(call.agent_version)
        session = Session(call, agent, gate_for(call, agent))
        if again:
            stored = CallEventRow.objects.filter(call=call, seq__lt=OUR_SEQ)
            for row in stored.filter(kind__in=("consent", "heard")):
                session.gate.let_event(row.seq, row.kind, {"at_ms": row.at_ms, **row.fields})
            for row in stored.filter(kind__in=USED):
                _note_used(session, row.fields)
            told = stored.aggregate(seq=Max("seq"), at_ms=Max("at_ms"))
            session.last_seq, session.last_at_ms = told["seq"] or 0, told["at_ms"] or 0
        self._sessions[str(call_id)] = session
        return session

    def _take(self, session: Session, seq: int, event: CallEvent, batch: Batch) -> None:
        fields = msgspec.to_builtins(event)
        kind = str(fields.pop("kind"))
        session.last_at_ms = max(session.last_at_ms, event.at_ms)
        kept = session.gate.let_event(seq, kind, fields)
        if kind == "opted_out":
            insist(session, lambda: tools.opt_out(session))
        if kind == "consent":
            insist(session, lambda: _into_ledger(session, fields))
        if kind in USED:
            _note_used(session, fields)
        if kind in JOINED:
            insist(session, lambda: _into_audit(session.call, kind, fields))
        if kept is not None:
            batch.event(session, seq, kept.kind, {"at_ms": kept.at_ms, **kept.fields, **kept.content})
        if session.gate.minor and not session.minor_told:
            session.minor_told = True
            insist(session, lambda: _notice_minor(session.call))
        if session.gate.must_delete_prior:
            batch.forget_sound(session)
            insist(session, lambda: _forget_recording(session.call))
            session.gate.must_delete_prior = False
        batch.sound(session, session.gate.ready())
        if kind == "ended":
            batch.sound(session, session.gate.close())
            session.over = True


def _note_used(session: Session, fields: dict[str, Any]) -> None:
    """Of a speech company the name of a model begins with its own."""
    company = str(fields.get("provider") or str(fields["name"]).partition("-")[0])
    session.spent_usd[company] = session.spent_usd.get(company, 0.0) + float(fields.get("cost_usd") or 0.0)


def _book_used(session: Session) -> None:
    for company, usd in session.spent_usd.items():
        books.use(session.call.workspace_id, session.call.id, company, usd)


def _into_audit(call: Call, kind: str, fields: dict[str, object]) -> None:
    """That somebody of the business was in the call, and what they did; not what they said."""
    detail = {"on": fields["on"]} if "on" in fields else {}
    with workspace_scope(call.workspace_id):
        audit.record(
            f"call.{kind}", actor=f"user:{fields['member']}", workspace_id=call.workspace_id, target=f"call:{call.id}", **detail
        )


def _notice_minor(call: Call) -> None:
    with workspace_scope(call.workspace_id):
        minors.notice(call.subject, call.id)


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
