"""What a carrier asked for a call, put into the books when it tells it: minutes or hours after the call's end.

Until then the books hold what the call's time costs at worst; the price takes the place of that estimate. Where none is told within three
days, or in another currency, the estimate stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from cryptography.fernet import InvalidToken
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.billing import ledger as books
from ringtrue.calls.models import Call
from ringtrue.numbers.connecting import credentials_of
from ringtrue.reception.models import CostAwaited
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.costs import NotTold, Price

log = structlog.get_logger(__name__)

AGAIN = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 360))  # after try 0, 1, ...; the last one from then on
LONGEST = timedelta(days=3)
AT_ONCE = 200


def await_cost(workspace_id: UUID, line: str, account_id: UUID | None, reference: str, attempt: UUID | None = None) -> None:
    """Of a call that is over; nothing where the line never tells. Safe to repeat. Opens its own scope."""
    if account_id is None or finding.part(line, "costs") is None:
        return
    with workspace_scope(workspace_id):
        CostAwaited.objects.get_or_create(
            workspace_id=workspace_id, reference=reference,
            defaults={"line_account_id": account_id, "attempt": attempt, "next_at": timezone.now() + AGAIN[0]},
        )  # fmt: skip


def ask_for_costs(now: datetime | None = None) -> int:
    """Returns how many are known now."""
    at = now or timezone.now()
    with system_scope("calls of every workspace cost money"):
        due = CostAwaited.objects.filter(next_at__lte=at).select_related("line_account").order_by("next_at")[:AT_ONCE]
        rows = list(due)
    return sum(_ask(row, at) for row in rows)


def _ask(row: CostAwaited, at: datetime) -> bool:
    account, told = row.line_account, None
    over = account is None or at - row.ended_at > LONGEST
    if account is not None:
        module: Any = finding.part(account.line, "costs")
        try:
            told = module.price(account.account_ref, credentials_of(account), row.reference)
        except (NotTold, InvalidToken) as reason:
            log.warning("no cost told", line=account.line, reason=type(reason).__name__)
            over = True
    with workspace_scope(row.workspace_id):
        if told is None and not over:
            tries = row.tries + 1
            CostAwaited.objects.filter(id=row.id).update(tries=tries, next_at=at + AGAIN[min(tries, len(AGAIN) - 1)])
            return False
        if not CostAwaited.objects.filter(id=row.id).delete()[0]:
            return False  # another process was faster
        return told is not None and _book(row, told)


def _book(row: CostAwaited, told: Price) -> bool:
    if told.currency != books.standing(row.workspace_id).currency:
        log.warning("cost in another currency", currency=told.currency)
        return False
    call = Call.objects.filter(workspace_id=row.workspace_id, provider_ref=row.reference).first()
    if call is not None:
        Call.objects.filter(id=call.id).update(cost_micros=told.micros)
    if row.attempt is not None:
        return books.correct(row.workspace_id, row.attempt, told.micros)
    if call is not None:  # nothing is held for a call that comes in
        books.hold(row.workspace_id, call.id, 0)
        return books.settle(row.workspace_id, call.id, told.micros, call.line)
    return False
