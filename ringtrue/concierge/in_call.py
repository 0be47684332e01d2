"""What the brain of an errand may ask of the house in mid-call. The call tells which errand; arguments never name one.

The house judges every agreement by the same limits as the brain, and lets only one call of an errand agree.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q
from msgspec.structs import replace

from ringtrue.calls.models import Call
from ringtrue.concierge import keeping, telling
from ringtrue.concierge.keeping import Asked, Found
from ringtrue.concierge.models import Errand, ErrandCall, Question
from ringtrue.voice.agent import CallOrder, Limits
from ringtrue.voice.brains.errand_limits import beyond
from ringtrue.voice.port import ToolFailed

Arguments = dict[str, str]
ENDINGS = ("booked", "declined", "promised", "message", "voicemail", "lost", "none")


PROMPT_S = 4.0  # while it waits, this often the brain looks whether the person has answered


def with_errand(order: CallOrder, call: Call) -> CallOrder:
    """The order of a call that is an errand's: what it is for, and an agent that speaks for the person instead of the business. Needs
    the workspace's scope."""
    one = _tries().filter(call_id=call.id).first() if call.direction == "outbound" else None
    wanted = keeping.try_of(one)[0] if one else None
    if wanted is None:
        return order
    limits = Limits(
        max_call_s=1800, silence_prompt_s=PROMPT_S, silence_hang_up_s=wanted.longest_hold_s + 60, longest_hold_s=wanted.longest_hold_s
    )  # fmt: skip
    agent = replace(
        order.agent, business=wanted.on_behalf_of, agent_name="", greeting="", phone=wanted.number, escalations=[], services=[],
        faqs=[], limits=limits,
    )  # fmt: skip
    return replace(order, agent=agent, errand=wanted)


def news(call: Call, given: Arguments) -> Arguments:
    return {"cancelled": "true" if _of(call).callee.errand.state == "cancelled" else ""}


def found(call: Call, given: Arguments) -> Arguments:
    one = _of(call, locked=True)
    wanted, known = keeping.try_of(one)
    if wanted is None:
        raise ToolFailed("not_kept")
    new = Found(
        turn=int(given.get("turn") or 0),
        kind=next((ending for ending in ENDINGS if given.get(ending)), ""),
        price=_price(given),
        slots=[slot for slot in given.get("slots", "").split(",") if slot],
        answer=int(given["answer"]) if given.get("answer") else None,
    )
    keeping.seal_try(one, one.callee.errand.subject_id, wanted, [*known, new])
    one.save(update_fields=["sealed"])
    return {"done": "true"}


def ask(call: Call, given: Arguments) -> Arguments:
    one = _of(call)
    wanted, _ = keeping.try_of(one)
    if wanted is None:
        raise ToolFailed("not_kept")
    slot, price = _slot(given), _price(given)
    why = beyond(wanted, slot, price)
    keeping.ask(one.callee.errand, one.callee, Asked(slot=given.get("slot", ""), price=price, why=why), call.id)
    telling.tell(one.callee.errand, "question")
    return {"asked": "true"}


def answer(call: Call, given: Arguments) -> Arguments:
    question = Question.objects.filter(call_id=call.id).last()
    return {"answer": question.answer if question else ""}


def agree(call: Call, given: Arguments) -> Arguments:
    one = _of(call)
    wanted, _ = keeping.try_of(one)
    slot, price = _slot(given), _price(given)
    if wanted is None or slot is None or wanted.step != "book" or one.callee.errand.state == "cancelled":
        return {"agreed": ""}
    if beyond(wanted, slot, price) and not _allowed(call, given.get("slot", ""), price):
        return {"agreed": ""}
    free = Q(agreed_call=None) | Q(agreed_call=call.id)
    taken = Errand.objects.filter(free, id=one.callee.errand_id).update(agreed_call=call.id)
    return {"agreed": "true" if taken else ""}


TOOLS: dict[str, Callable[[Call, Arguments], Arguments]] = {
    "errand_news": news,
    "errand_found": found,
    "errand_ask": ask,
    "errand_answer": answer,
    "errand_agree": agree,
}


def _allowed(call: Call, slot: str, price: float | None) -> bool:
    """The person said yes in this call, to this time and at least this price."""
    for question in Question.objects.select_related("errand").filter(call_id=call.id, answer="yes"):
        asked = keeping.asked_of(question)
        if asked.slot == slot and (price is None or (asked.price is not None and price <= asked.price)):
            return True
    return False


def _tries() -> Any:
    return ErrandCall.objects.select_related("callee__errand")


def _of(call: Call, *, locked: bool = False) -> ErrandCall:
    tries = _tries().select_for_update(of=("self",)) if locked else _tries()
    one: ErrandCall | None = tries.filter(call_id=call.id).first()
    if one is None:
        raise ToolFailed("no_errand")
    return one


def _price(given: Arguments) -> float | None:
    return float(given["price"]) if given.get("price") else None


def _slot(given: Arguments) -> datetime | None:
    try:
        return datetime.fromisoformat(given.get("slot", ""))
    except ValueError:
        return None
