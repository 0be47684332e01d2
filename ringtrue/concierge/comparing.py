"""What the calls brought, side by side: the best first."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ringtrue.concierge import keeping
from ringtrue.concierge.models import Callee, Errand
from ringtrue.concierge.planning import Plan, errand_of
from ringtrue.voice.brains.errand_limits import beyond


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    callee: Callee
    slot: str  # local time of the business
    price: float | None
    why_not: list[str]  # beyond the limits; empty when it may be booked without asking


def offers_of(errand: Errand, plan: Plan) -> list[Offer]:
    """One of each callee that still has something: its best time. What may be booked without asking first, then cheap before dear,
    then early before late. Needs the scope."""
    wanted = errand_of(plan, step="book")
    found = []
    for callee in errand.callees.filter(state__in=("offered", "promised")):
        slots, price = heard_from(callee)
        each = [
            Offer(callee=callee, slot=s, price=price, why_not=beyond(wanted, datetime.fromisoformat(s), price)) for s in slots
        ]
        if each:
            found.append(min(each, key=_rank))
    return sorted(found, key=_rank)


def _rank(offer: Offer) -> tuple[int, float, str]:
    return len(offer.why_not), offer.price if offer.price is not None else float("inf"), offer.slot


def heard_from(callee: Callee) -> tuple[list[str], float | None]:
    """(times, price) that it named last."""
    slots: list[str] = []
    price: float | None = None
    for one in callee.tries.select_related("callee__errand"):
        for found in keeping.try_of(one)[1]:
            slots = found.slots or slots
            price = price if found.price is None else found.price
    return slots, price
