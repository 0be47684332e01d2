"""The report of an errand: what came of it, what each business said with the place where it said it, and what is left to do."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from ringtrue.calls import reading
from ringtrue.calls.models import Call
from ringtrue.concierge import keeping
from ringtrue.concierge.comparing import heard_from
from ringtrue.concierge.models import Callee, Errand, ErrandCall
from ringtrue.concierge.planning import Plan, errand_of
from ringtrue.voice.brains.errand_limits import money

STATES = {
    "waiting": "Not called yet", "calling": "On the phone", "offered": "Has an offer", "none": "Has nothing", "unreached": "Not reached",
    "refused": "Not called", "declined": "Declined", "promised": "Waits for a call back", "message": "Left a message", "booked": "Booked",
    "unsure": "Not sure",
}  # fmt: skip
RESULTS = {
    "booked": "It is booked.",
    "unsure": "We agreed, and the line broke before they confirmed.",
    "answers": "The questions were asked.",
    "message": "Nothing is booked yet. A message was left.",
    "nothing": "Nothing could be booked.",
}


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What the business said, and where: `start_ms` since the call was answered. `kept` is False where no words are kept."""

    call_id: UUID
    start_ms: int
    text: str
    kept: bool

    @property
    def clock(self) -> str:
        return f"{self.start_ms // 60000}:{self.start_ms // 1000 % 60:02d}"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One business."""

    name: str
    number: str
    state: str  # of models.Callee
    words: str
    why: str
    price: str
    slots: list[datetime]  # local time of the business
    quotes: list[Quote]
    calls: list[UUID]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    outcome: str
    businesses: list[Told]  # in the order of the plan
    left: list[str]  # to do


def report_on(errand: Errand, plan: Plan) -> Report:
    """As far as it is known now. Needs the workspace's scope."""
    businesses = [_told(callee, plan) for callee in errand.callees.all()]
    booked = next((one for one in businesses if one.state == "booked"), None)
    outcome = RESULTS.get(errand.result, "")
    if errand.state == "cancelled":
        outcome = "The errand was cancelled."
    elif booked is not None and booked.slots:
        price = f" for {booked.price}" if booked.price else ""
        outcome = f"Booked: {plan.wish} at {booked.name or booked.number}, {when(booked.slots[0])}{price}."
    return Report(outcome=outcome, businesses=businesses, left=_left(errand, businesses))


def when(slot: datetime) -> str:
    return f"{slot:%A, %B} {slot.day} at {slot:%-I:%M %p}"


def _told(callee: Callee, plan: Plan) -> Told:
    whom = keeping.whom(callee)
    tries = list(callee.tries.select_related("callee__errand"))
    slots, price = heard_from(callee)
    return Told(
        name=whom.name,
        number=whom.number,
        state=callee.state,
        words=STATES[callee.state],
        why=callee.why,
        price="" if price is None else money(errand_of(plan, step="ask"), price),
        slots=[datetime.fromisoformat(slot) for slot in slots],
        quotes=[quote for one in tries for quote in _quotes(one)],
        calls=[one.call_id for one in tries if one.call_id],
    )


def _quotes(one: ErrandCall) -> list[Quote]:
    """The words behind each thing that was found, once per turn."""
    call = Call.objects.filter(id=one.call_id).first() if one.call_id else None
    turns = {found.turn for found in keeping.try_of(one)[1] if found.turn}
    if call is None or not turns:
        return []
    lines = [line for line in reading.transcript(call) if line.speaker == "caller" and line.turn in turns]
    return [Quote(call_id=call.id, start_ms=line.start_ms, text=line.text, kept=line.kept) for line in lines]


def _left(errand: Errand, businesses: list[Told]) -> list[str]:
    named = {state: [one.name or one.number for one in businesses if one.state == state] for state in STATES}
    left = [f"Call {name} to make sure that it is booked." for name in named["unsure"]]
    left += [f"{name} was told that you call back." for name in named["promised"] if errand.state != "waiting"]
    left += [f"{name} has a message and may call you." for name in named["message"]]
    if errand.state == "waiting":
        left.append("Answer the question above.")
    if errand.result == "nothing":
        left += [f"{name} was not reached: try again later." for name in named["unreached"]]
        left += [f"{name} was not called, for the reason given." for name in named["refused"]]
        left += [] if left else ["Widen the times or the spending limit, or give other numbers."]
    if errand.result == "answers":
        left += [f"Decide, and call {name} yourself or write another errand." for name in named["offered"][:1]]
    return left
