"""What may be agreed in a call without asking the person it is made for. Both the brain and the house ask this, with the same words."""

from __future__ import annotations

from datetime import datetime

from ringtrue.voice.agent import Errand

PARTS = {"morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24)}  # hours, the last excluded


def beyond(errand: Errand, slot: datetime | None, price: float | None) -> list[str]:
    """Why the person must be asked first, in sentences for them; empty when it may be agreed. `slot`: local time of the business."""
    why = []
    if not errand.agrees:
        why.append("You want to be asked before anything is agreed.")
    if slot is None:
        why.append("No time was named.")
    elif not in_window(errand, slot):
        why.append("It is outside the times you gave.")
    if errand.most is not None and price is None:
        why.append("The price is not known.")
    elif errand.most is not None and price is not None and price > errand.most:
        why.append(f"It costs {money(errand, price)}, and your limit is {money(errand, errand.most)}.")
    return why


def in_window(errand: Errand, slot: datetime) -> bool:
    day = slot.date().isoformat()
    if (errand.earliest and day < errand.earliest) or (errand.latest and day > errand.latest):
        return False
    if not errand.part:
        return True
    begin, end = PARTS[errand.part]
    return begin <= slot.hour < end


def money(errand: Errand, amount: float) -> str:
    return f"{errand.currency}{amount:,.0f}" if amount == int(amount) else f"{errand.currency}{amount:,.2f}"
