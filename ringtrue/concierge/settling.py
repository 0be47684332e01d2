"""What a call that ended means for whom it called."""

from __future__ import annotations

from datetime import datetime, timedelta

from ringtrue.calls.models import Call
from ringtrue.concierge import keeping
from ringtrue.concierge.models import Callee, Errand, ErrandCall, Question
from ringtrue.concierge.planning import Plan

MOST_TRIES = 2  # of somebody who is not reached
AGAIN_AFTER = timedelta(minutes=30)  # nobody was reached
CLEAR = ("booked", "promised", "declined", "message")


def settle(errand: Errand, plan: Plan, now: datetime) -> None:
    """Needs the scope; the errand is locked."""
    for one in ErrandCall.objects.select_related("callee__errand").filter(callee__errand=errand, state="placed"):
        call = Call.objects.filter(id=one.call_id).first() if one.call_id else None
        if call is not None and call.state != "ended":
            continue
        state = _state(errand, one, plan)
        again = state == "unreached" and one.n < MOST_TRIES
        Callee.objects.filter(id=one.callee_id).update(
            state="waiting" if again else state,
            next_at=now + AGAIN_AFTER if again else None,
            why=_why(call) if state == "unreached" else "",
        )
        ErrandCall.objects.filter(id=one.id).update(state="settled")
        if state != "unsure":
            Errand.objects.filter(id=errand.id, agreed_call=one.call_id).update(agreed_call=None)


def _state(errand: Errand, one: ErrandCall, plan: Plan) -> str:
    found = keeping.try_of(one)[1]
    kinds = {each.kind for each in found}
    for kind in CLEAR:
        if kind in kinds:
            return kind
    if errand.agreed_call == one.call_id and one.call_id is not None:
        return "unsure"  # we said yes, and the line broke before they said that it is booked
    if Question.objects.filter(call_id=one.call_id, answer="").exists():
        return "offered"  # they did not wait for the person's answer; it may still come
    if one.step == "ask" and any(each.slots or each.answer is not None or each.price is not None for each in found):
        has_times = any(each.slots for each in found)
        return "offered" if has_times or not plan.book else "none"
    return "none" if "none" in kinds else "unreached"


def _why(call: Call | None) -> str:
    said = {"busy": "The line was busy.", "no_answer": "Nobody answered."}
    return said.get(call.end_reason, "Nobody who could help was reached.") if call else ""
