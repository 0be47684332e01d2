"""Carrying an errand out: `advance` does all that can be done now, and is called again and again, by any process.

    ask everybody (or book at once where there is only one) -> compare -> book the best, or ask the person -> report

A try is a row before it is a dial; its claim is dialed once, whatever dies in between.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import structlog
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.calls.models import Call
from ringtrue.concierge import keeping, telling
from ringtrue.concierge.comparing import offers_of
from ringtrue.concierge.keeping import Asked
from ringtrue.concierge.models import Callee, Errand, ErrandCall, Question
from ringtrue.concierge.planning import Plan, errand_of
from ringtrue.concierge.settling import AGAIN_AFTER, settle
from ringtrue.dialing.placing import Placed
from ringtrue.dialing.proposal import Defer
from ringtrue.privacy.policy import effective
from ringtrue.reception.answering import CallRefused
from ringtrue.reception.calling_out import CannotCall, call_out
from ringtrue.voice.agent import Errand as Wanted

log = structlog.get_logger(__name__)

LOST_AFTER = timedelta(minutes=2)  # a try that was written down and never dialed: its process died


class CannotBegin(Exception):
    """`str(self)` is a sentence for the person."""


def begin(errand: Errand) -> None:
    """A draft becomes an errand under way. Needs the scope. Raises CannotBegin."""
    plan = keeping.plan_of(errand)
    if plan is None or errand.state != "draft":
        raise CannotBegin("This errand cannot be started any more.")
    if missing := plan.missing():
        raise CannotBegin(f"Still needed: {', '.join(missing)}.")
    if effective(errand.workspace_id, "storage.mode").value == "metadata_only":
        raise CannotBegin("This workspace keeps nothing that is said in calls, so an errand could not tell you what was found.")
    errand.state, errand.started_at = "running", timezone.now()
    if plan.latest:
        errand.due_at = timezone.make_aware(datetime.fromisoformat(f"{plan.latest}T23:59:00"))
    errand.save(update_fields=["state", "started_at", "due_at"])


def cancel(errand: Errand) -> None:
    """No further call; one that is under way says goodbye at its next turn. Needs the scope."""
    under_way = ("draft", "running", "waiting")
    Errand.objects.filter(id=errand.id, state__in=under_way).update(state="cancelled", ended_at=timezone.now())


def answer(question: Question, yes: bool) -> bool:
    """The person decided. False when they had before. Needs the scope."""
    now = timezone.now()
    return bool(Question.objects.filter(id=question.id, answer="").update(answer="yes" if yes else "no", answered_at=now))


def under_way() -> list[tuple[UUID, UUID]]:
    """(workspace id, errand id) of all errands that may go on."""
    with system_scope("errands of all workspaces are carried on by one job"):
        cancelled = ErrandCall.objects.filter(callee__errand__state="cancelled").exclude(state="settled")
        ids = {*Errand.objects.filter(state__in=("running", "waiting")).values_list("workspace_id", "id")}
        return sorted(ids | {*cancelled.values_list("workspace_id", "callee__errand_id")})


def advance(workspace_id: UUID, errand_id: UUID, now: datetime | None = None) -> None:
    """Settle calls that ended, and dial what is due. Opens its own transactions."""
    at = now or timezone.now()
    while True:
        with workspace_scope(workspace_id):
            errand = (
                Errand.objects.select_for_update(of=("self",))
                .select_related("agent", "workspace", "created_by", "subject")
                .get(id=errand_id)
            )
            plan = keeping.plan_of(errand)
            due = _next(errand, plan, at) if plan is not None else []
        dialed = [_dial(errand, plan, one, at) for one in due if plan is not None]
        if all(dialed):  # what was refused leaves room for the next
            return


def _next(errand: Errand, plan: Plan, now: datetime) -> list[ErrandCall]:
    """Tries that are to be dialed now, written down."""
    _forget_lost(errand, now)
    settle(errand, plan, now)
    if errand.state not in ("running", "waiting"):
        return []
    callees = list(errand.callees.all())
    if any(callee.state in ("booked", "unsure") for callee in callees):
        return _finish(errand, "booked" if any(callee.state == "booked" for callee in callees) else "unsure")
    live = sum(callee.state == "calling" for callee in callees)
    if now >= errand.due_at:
        return [] if live else _finish(errand, "nothing")
    waiting = [callee for callee in callees if callee.state == "waiting"]
    direct = plan.book and len(callees) == 1
    ready = [callee for callee in waiting if callee.next_at is None or callee.next_at <= now][: max(0, errand.at_once - live)]
    if ready:
        return [_write_down(callee, errand_of(plan, step="book" if direct else "ask"), now) for callee in ready]
    return [] if live or waiting else _decide(errand, plan, now)


def _decide(errand: Errand, plan: Plan, now: datetime) -> list[ErrandCall]:
    """Everybody was called."""
    if not plan.book:
        return _finish(errand, "answers" if errand.callees.filter(state__in=("offered", "none")).exists() else "nothing")
    for question in errand.questions.select_related("errand", "callee").filter(callee__state__in=("offered", "promised")):
        if question.answer == "yes":
            return [_write_down(question.callee, _allowed(plan, keeping.asked_of(question)), now)]
        if question.answer == "no":
            Callee.objects.filter(id=question.callee_id).update(state="declined")
        else:
            return _wait(errand)
    offers = offers_of(errand, plan)
    if not offers:
        return _finish(errand, "message" if errand.callees.filter(state="message").exists() else "nothing")
    best = offers[0]
    if best.why_not:
        keeping.ask(errand, best.callee, Asked(slot=best.slot, price=best.price, why=best.why_not))
        telling.tell(errand, "question")
        return _wait(errand)
    return [_write_down(best.callee, errand_of(plan, step="book", chosen=best.slot, price=best.price), now)]


def _allowed(plan: Plan, asked: Asked) -> Wanted:
    """Just what the person said yes to, and nothing else."""
    day = asked.slot[:10]
    wanted = errand_of(plan, step="book", chosen=asked.slot, price=asked.price)
    return msgspec.structs.replace(wanted, earliest=day, latest=day, part="", most=asked.price, agrees=True)


def _wait(errand: Errand) -> list[ErrandCall]:
    Errand.objects.filter(id=errand.id).update(state="waiting")
    return []


def _finish(errand: Errand, result: str) -> list[ErrandCall]:
    Errand.objects.filter(id=errand.id).update(state="done", result=result, ended_at=timezone.now())
    telling.tell(errand, "done")
    return []


# --- dialing


def _write_down(callee: Callee, wanted: Wanted, now: datetime) -> ErrandCall:
    last = callee.tries.last()
    one = ErrandCall(
        workspace_id=callee.workspace_id, callee=callee, n=last.n + 1 if last else 1, step=wanted.step, at=now
    )  # fmt: skip
    keeping.seal_try(one, callee.errand.subject_id, wanted, [])
    one.save(force_insert=True)
    Callee.objects.filter(id=callee.id).update(state="calling", why="", next_at=None)
    Errand.objects.filter(id=callee.errand_id).update(state="running")
    return one


def _dial(errand: Errand, plan: Plan, one: ErrandCall, now: datetime) -> bool:
    """False when nothing rings."""

    def opened(call: Call) -> None:
        ErrandCall.objects.filter(id=one.id).update(call_id=call.id)
        if not plan.record:
            Call.objects.filter(id=call.id).update(recording_flow="off")

    with workspace_scope(errand.workspace_id):
        number = keeping.whom(one.callee).number
    claim = f"errand:{errand.id.hex}:{one.callee_id.hex}:{one.n}"
    party = "business" if plan.businesses else "person"
    placed: Placed | None = None
    why = ""
    try:
        _, placed = call_out(errand.agent, number, purpose="errand", claim=claim, party=party, opened=opened)
    except CannotCall as problem:
        why = str(problem)
    except CallRefused as refusal:
        why = refusal.words
    with workspace_scope(errand.workspace_id):
        return _dialed(one, placed, why, now)


def _dialed(one: ErrandCall, placed: Placed | None, why: str, now: datetime) -> bool:
    tries, callees = ErrandCall.objects.filter(id=one.id), Callee.objects.filter(id=one.callee_id)
    if placed is not None and placed.state in ("placed", "unknown"):
        tries.update(state="placed")
        return True
    if placed is not None and placed.attempt is not None:  # the carrier did not take it; the claim is used up
        tries.update(state="settled")
        callees.update(state="waiting" if one.n < 2 else "unreached", next_at=now + AGAIN_AFTER)
        return False
    tries.delete()
    if placed is not None and isinstance(placed.verdict, Defer):
        callees.update(state="waiting", next_at=placed.verdict.until, why=placed.verdict.words)
    else:
        callees.update(state="refused", why=why or (placed.verdict.words if placed else ""))
    return False


def _forget_lost(errand: Errand, now: datetime) -> None:
    """Of a process that died: nothing was dialed where no call was opened; where one was, its end will tell."""
    lost = ErrandCall.objects.filter(callee__errand=errand, state="placing", at__lt=now - LOST_AFTER)
    for one in lost:
        if one.call_id is None:
            Callee.objects.filter(id=one.callee_id, state="calling").update(state="waiting")
            one.delete()
        else:
            ErrandCall.objects.filter(id=one.id).update(state="placed")
