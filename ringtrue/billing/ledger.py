"""The ledger: money is held before a call is placed, and the hold is settled or released once, whatever happens twice.

Every function that moves money takes the book's row lock, so that any number of processes cannot spend the same money. They open the workspace's
scope themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from django.db.models import F, Sum
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.billing.models import ACCOUNTS, Account, Book, Line

DAY = timedelta(hours=24)


class NotCovered(Exception):
    """The balance or the daily cap does not cover the hold. Nothing was held."""


class Standing(msgspec.Struct, frozen=True):
    available_micros: int
    held_micros: int
    spent_micros: int
    free_micros: int  # what a new hold may be at most
    currency: str


def top_up(workspace_id: UUID, micros: int, receipt: str) -> bool:
    """True the first time for this receipt; the same receipt again moves nothing. Raises ValueError for an amount not above zero."""
    if micros <= 0:
        raise ValueError("an amount above zero is needed")
    with workspace_scope(workspace_id):
        _lock(workspace_id)
        return _enter(workspace_id, "top_up", f"top_up:{receipt}", {"available": micros, "funded": -micros})


def standing(workspace_id: UUID, now: datetime | None = None) -> Standing:
    """Without the lock, for a look: what is held afterwards is asked again by `hold`."""
    with workspace_scope(workspace_id):
        book, _ = Book.objects.get_or_create(workspace_id=workspace_id)
        return _standing(book, now or timezone.now())


def hold(workspace_id: UUID, call: UUID, micros: int, now: datetime | None = None) -> bool:
    """Set aside the worst price of a call. True the first time; a hold that is there already is left as it is. Raises NotCovered,
    and ValueError for a price below zero."""
    if micros < 0:
        raise ValueError("a price cannot be below zero")
    with workspace_scope(workspace_id):
        book = _lock(workspace_id)
        if Line.objects.filter(workspace_id=workspace_id, once=f"hold:{call}").exists():
            return False
        at = now or timezone.now()
        if micros > _standing(book, at).free_micros:
            raise NotCovered
        return _enter(workspace_id, "hold", f"hold:{call}", {"available": -micros, "held": micros}, call=call, at=at)


def settle(workspace_id: UUID, call: UUID, cost_micros: int, provider: str, now: datetime | None = None) -> bool:
    """The carrier's price of a call, once; what was held beyond it is free again. A price above the hold is booked all the same:
    the carrier will ask for it; where it passes a prepaid balance the operator bears the rest. False when the hold was closed
    before, or never made. Raises ValueError for a cost below zero."""
    if cost_micros < 0:
        raise ValueError("a cost cannot be below zero")
    with workspace_scope(workspace_id):
        book = _lock(workspace_id)
        held = _held_for(workspace_id, call)
        if held is None:
            return False
        amounts = _absorbed(book, {"held": -held, "spent": cost_micros, "available": held - cost_micros}, now)
        return _enter(workspace_id, "settle", f"close:{call}", amounts, call=call, provider=provider, at=now)


def correct(workspace_id: UUID, call: UUID, cost_micros: int, now: datetime | None = None) -> bool:
    """The carrier's price of a call that was settled by an estimate, once: the difference is booked. False when it was corrected before,
    or never settled. Raises ValueError for a cost below zero."""
    if cost_micros < 0:
        raise ValueError("a cost cannot be below zero")
    with workspace_scope(workspace_id):
        book = _lock(workspace_id)
        settled = Line.objects.filter(workspace_id=workspace_id, once=f"close:{call}", account="spent").first()
        if settled is None:
            return False
        more = cost_micros - settled.amount_micros
        amounts = _absorbed(book, {"spent": more, "available": -more}, now)
        return _enter(workspace_id, "correct", f"price:{call}", amounts, call=call, provider=settled.provider, at=now)


def use(workspace_id: UUID, call: UUID, company: str, usd: float, now: datetime | None = None) -> bool:
    """What a company's models or speech cost in a call that is over, by list price: once for each. Nothing is held for it before. False
    when it was booked before, or the books are in another currency."""
    micros = round(usd * 1_000_000)
    if micros < 0:
        raise ValueError("a cost cannot be below zero")
    with workspace_scope(workspace_id):
        book = _lock(workspace_id)
        if book.currency != "USD" or not micros:
            return False
        amounts = _absorbed(book, {"spent": micros, "available": -micros}, now)
        return _enter(workspace_id, "use", f"use:{call}:{company}", amounts, call=call, provider=company[:20], at=now)


def release(workspace_id: UUID, call: UUID, now: datetime | None = None) -> bool:
    """The call was not placed: its hold is free again. False when the hold was closed before, or never made."""
    with workspace_scope(workspace_id):
        _lock(workspace_id)
        held = _held_for(workspace_id, call)
        if held is None:
            return False
        return _enter(workspace_id, "release", f"close:{call}", {"held": -held, "available": held}, call=call, at=now)


def open_holds(workspace_id: UUID) -> dict[UUID, int]:
    """Attempt -> millionths that are still held for it."""
    with workspace_scope(workspace_id):
        rows = Line.objects.filter(workspace_id=workspace_id, account="held", call__isnull=False)
        sums = rows.values_list("call").annotate(left=Sum("amount_micros")).filter(left__gt=0)
        return {call: int(left) for call, left in sums if call is not None}


def faults(workspace_id: UUID) -> list[str]:
    """What is wrong with the books, in words; empty when they are right."""
    with workspace_scope(workspace_id):
        lines = Line.objects.filter(workspace_id=workspace_id)
        found = []
        if total := lines.aggregate(all=Sum("amount_micros"))["all"] or 0:
            found.append(f"The lines add up to {total}, not to zero.")
        for entry, left in lines.values_list("entry").annotate(left=Sum("amount_micros")).exclude(left=0):
            found.append(f"Entry {entry} adds up to {left}.")
        kept = dict(Account.objects.filter(workspace_id=workspace_id).values_list("name", "balance_micros"))
        for name in ACCOUNTS:
            counted = lines.filter(account=name).aggregate(all=Sum("amount_micros"))["all"] or 0
            if counted != kept.get(name, 0):
                found.append(f"The account {name} says {kept.get(name, 0)}, its lines {counted}.")
        over = lines.filter(account="held").values_list("call").annotate(left=Sum("amount_micros")).filter(left__lt=0)
        found += [f"More was given back for attempt {call} than was held." for call, _ in over]
        return found


def _lock(workspace_id: UUID) -> Book:
    Book.objects.get_or_create(workspace_id=workspace_id)
    return Book.objects.select_for_update().get(workspace_id=workspace_id)


def _standing(book: Book, now: datetime) -> Standing:
    kept = dict(Account.objects.filter(workspace_id=book.workspace_id).values_list("name", "balance_micros"))
    today = Line.objects.filter(workspace_id=book.workspace_id, account="spent", at__gt=now - DAY).aggregate(
        all=Sum("amount_micros")
    )
    available, held = kept.get("available", 0), kept.get("held", 0)
    under_cap = book.day_cap_micros - held - int(today["all"] or 0)
    free = min(under_cap, available) if book.prepaid else under_cap
    return Standing(available, held, kept.get("spent", 0), max(0, free), book.currency)


def _absorbed(book: Book, amounts: dict[str, int], now: datetime | None) -> dict[str, int]:
    """What passes a prepaid balance is borne by the operator."""
    left = _standing(book, now or timezone.now()).available_micros + amounts["available"]
    if not book.prepaid or left >= 0:
        return amounts
    return amounts | {"available": amounts["available"] - left, "absorbed": left}


def _held_for(workspace_id: UUID, call: UUID) -> int | None:
    lines = Line.objects.filter(workspace_id=workspace_id, call=call)
    if lines.filter(once=f"close:{call}").exists():
        return None
    held = lines.filter(once=f"hold:{call}", account="held").first()
    return None if held is None else held.amount_micros


def _enter(
    workspace_id: UUID,
    step: str,
    once: str,
    amounts: dict[str, int],
    *,
    call: UUID | None = None,
    provider: str = "",
    at: datetime | None = None,
) -> bool:
    """Under the book's lock. False when an entry of this name is there."""
    if Line.objects.filter(workspace_id=workspace_id, once=once).exists():
        return False
    entry = uuid4()
    Line.objects.bulk_create(
        Line(
            workspace_id=workspace_id, entry=entry, step=step, account=account, amount_micros=amount, call=call, once=once,
            provider=provider, at=at or timezone.now(),
        )
        for account, amount in amounts.items()
    )  # fmt: skip
    for account, amount in amounts.items():
        if not Account.objects.filter(workspace_id=workspace_id, name=account).update(
            balance_micros=F("balance_micros") + amount
        ):
            Account.objects.create(workspace_id=workspace_id, name=account, balance_micros=amount)
    return True
