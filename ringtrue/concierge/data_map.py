"""What this feature keeps about people, declared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

import msgspec
import phonenumbers
from django.db.models import QuerySet

from ringtrue.concierge import keeping
from ringtrue.concierge.models import Callee, Errand, ErrandCall
from ringtrue.concierge.planning import Plan, Whom
from ringtrue.privacy.data_map import Instant, Removed, declare
from ringtrue.privacy.legal_holds import held_subjects
from ringtrue.privacy.models import Subject


def erase_errands(subject: Subject) -> Removed:
    """Of the person an errand is done for: it goes whole."""
    rows, _ = Errand.objects.filter(subject=subject).delete()
    return Removed(rows=rows)


def erase_callees(subject: Subject) -> Removed:
    """Of somebody who was, or was to be, called: their row and calls go, and their name and number leave the plan and the task."""
    removed = Removed()
    for callee in Callee.objects.select_related("errand").filter(subject=subject):
        plan = keeping.plan_of(callee.errand)  # under the other person's key: this one's own may be gone already
        if plan is not None:
            gone, rest = plan.callees[callee.position], list(plan.callees)
            rest[callee.position] = Whom(number="")  # the others keep their places
            task = _without(plan.task, gone.number, gone.name) if gone.number else plan.task
            keeping.seal_plan(callee.errand, msgspec.structs.replace(plan, task=task, callees=rest))
        rows, _ = callee.delete()
        removed += Removed(rows=rows)
    return removed


def _without(task: str, number: str, name: str) -> str:
    country = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    for match in reversed(list(phonenumbers.PhoneNumberMatcher(task, country, phonenumbers.Leniency.POSSIBLE))):
        if phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164) == number:
            task = task[: match.start] + "[erased]" + task[match.end :]
    return task.replace(name, "[erased]") if name else task


def _old(workspace_id: UUID, cutoff: datetime) -> QuerySet[Errand]:
    rows = Errand.objects.filter(workspace_id=workspace_id, created_at__lt=cutoff)
    return rows.exclude(subject_id__in=held_subjects(workspace_id)).exclude(state__in=("running", "waiting"))


def expire_errands(workspace_id: UUID, cutoff: datetime) -> Removed:
    rows, _ = _old(workspace_id, cutoff).delete()
    return Removed(rows=rows)


class Answered(TypedDict):
    slot: str
    price: float | None
    why: list[str]
    answer: str
    asked_at: Instant


class HeldErrand(TypedDict):
    plan: Plan | None
    state: str
    result: str
    created_at: Instant
    questions: list[Answered]


class HeldCallee(TypedDict):
    number: str
    name: str
    state: str
    errand_at: Instant


class HeldTry(TypedDict):
    at: Instant
    step: str
    found: list[keeping.Found]


def export_errands(subject: Subject) -> Iterable[Any]:
    for errand in Errand.objects.filter(subject=subject).order_by("created_at"):
        asked = errand.questions.select_related("errand")
        yield {
            "plan": msgspec.to_builtins(keeping.plan_of(errand)), "state": errand.state, "result": errand.result,
            "created_at": errand.created_at,
            "questions": [{**msgspec.to_builtins(keeping.asked_of(q)), "answer": q.answer, "asked_at": q.asked_at} for q in asked],
        }  # fmt: skip


def export_callees(subject: Subject) -> Iterable[Any]:
    for callee in Callee.objects.select_related("errand").filter(subject=subject):
        yield {**msgspec.to_builtins(keeping.whom(callee)), "state": callee.state, "errand_at": callee.errand.created_at}


def export_tries(subject: Subject) -> Iterable[Any]:
    for one in ErrandCall.objects.select_related("callee__errand").filter(callee__errand__subject=subject):
        yield {"at": one.at, "step": one.step, "found": msgspec.to_builtins(keeping.try_of(one)[1])}


def _none(subject: Subject) -> Removed:
    """Goes with the errand or the callee that it belongs to."""
    return Removed()


WHY = "doing what the person asked for"
declare(
    store="concierge_errand", what="errands: the task, the plan and who it is for, sealed", category="content", subject="caller",
    retention="transcripts", purpose=WHY, erase=erase_errands, expire=expire_errands, export=export_errands, shape=HeldErrand,
    count=lambda workspace_id, cutoff: _old(workspace_id, cutoff).count(),
)  # fmt: skip
declare(
    store="concierge_callee", what="whom an errand calls: name and number, sealed under their own key", category="contact",
    subject="caller", retention="transcripts", purpose=WHY, erase=erase_callees, export=export_callees, shape=HeldCallee,
)  # fmt: skip
declare(
    store="concierge_errandcall", what="what was found in the calls of an errand, sealed", category="content", subject="caller",
    retention="transcripts", purpose=WHY, erase=_none, export=export_tries, shape=HeldTry,
)  # fmt: skip
declare(
    store="concierge_question", what="what an errand asked the person, and their answer, sealed", category="content",
    subject="caller", retention="transcripts", purpose=WHY, erase=_none,
)  # fmt: skip
