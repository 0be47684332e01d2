"""Single-use tickets: what lets one media connection serve one call, once, within a minute. Only a hash is kept."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope
from ringtrue.calls.models import Call
from ringtrue.reception.models import Ticket
from ringtrue.voice.lines import finding

LIFETIME = timedelta(seconds=60)


class TicketRefused(Exception):
    """`str(self)` is one of "unknown", "used", "expired", "wrong_line"; of a button on a web site also "switched_off", "wrong_origin"."""


def issue(call: Call) -> str:
    """A new ticket for a call that nobody serves yet; an earlier unused one of this call stops working. Needs the scope."""
    token = str(uuid4())  # 122 random bits; AudioSocket has room for nothing but a UUID
    Ticket.objects.update_or_create(
        call=call,
        defaults={
            "workspace_id": call.workspace_id,
            "token_hash": hash_of(token),
            "created_at": timezone.now(),
            "expires_at": timezone.now() + LIFETIME,
        },
    )
    return token


def extend(call: Call, lifetime: timedelta) -> None:
    """For a call that we place: its ticket is used when the far end answers. Needs the scope."""
    Ticket.objects.filter(call=call, used_at__isnull=True).update(expires_at=timezone.now() + lifetime)


def redeem(token: str, line: str) -> tuple[UUID, UUID]:
    """(workspace id, call id). `line`: over which the sound comes. One statement decides, so of two that come at once one is refused.
    Raises TicketRefused."""
    held, lines = hash_of(token), finding.carried_by(line)
    with system_scope("a ticket is what tells the workspace"):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE reception_ticket t SET used_at = %(now)s FROM calls_call c "
                "WHERE t.token_hash = %(held)s AND t.used_at IS NULL AND t.expires_at > %(now)s "
                "AND c.id = t.call_id AND c.line = ANY(%(lines)s) AND c.state = 'ringing' RETURNING t.workspace_id, t.call_id",
                {"held": held, "lines": lines, "now": timezone.now()},
            )
            row = cursor.fetchone()
        if row is not None:
            return row[0], row[1]
        ticket = Ticket.objects.select_related("call").filter(token_hash=held).first()
    if ticket is None:
        raise TicketRefused("unknown")
    if ticket.used_at is not None or ticket.call.state != "ringing":
        raise TicketRefused("used")
    raise TicketRefused("expired" if ticket.call.line in lines else "wrong_line")


def hash_of(token: str) -> str:
    """SHA-256 of what is random already: a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
