"""An errand under way, its question to the person, and the report."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.calls.models import Call
from ringtrue.concierge import carrying_out, keeping
from ringtrue.concierge.models import Errand, Question
from ringtrue.concierge.planning import Plan, errand_of
from ringtrue.concierge.reporting import report_on, when
from ringtrue.console.views.errands import STATES
from ringtrue.core import audit
from ringtrue.voice.brains.errand_limits import money


@needs("errands.read")
def page(request: ConsoleRequest, errand_id: UUID) -> HttpResponse:
    errand = get_object_or_404(Errand, workspace=request.workspace, id=errand_id)
    plan = keeping.plan_of(errand)
    if errand.state == "draft":
        return redirect("console:errand_plan", request.workspace.slug, errand.id)
    open_questions = errand.questions.select_related("errand", "callee").filter(answer="")
    going_on = errand.state in ("running", "waiting")
    shown = {
        "errand": errand,
        "plan": plan,
        "words": STATES[errand.state],
        "report": report_on(errand, plan) if plan else None,
        "questions": [_asked(question, plan) for question in open_questions] if plan and going_on else [],
        "going_on": going_on,
        "earliest": _day(plan.earliest) if plan else None,
        "latest": _day(plan.latest) if plan else None,
    }
    template = "console/errands/progress.html" if request.htmx else "console/errands/errand.html"  # type: ignore[attr-defined]
    return render(request, template, shown)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _asked(question: Question, plan: Plan) -> dict[str, Any]:
    asked = keeping.asked_of(question)
    live = Call.objects.filter(id=question.call_id).exclude(state="ended").exists() if question.call_id else False
    whom = keeping.whom(question.callee)
    return {
        "id": question.id,
        "name": whom.name or whom.number,
        "when": when(datetime.fromisoformat(asked.slot)) if asked.slot else "",
        "price": "" if asked.price is None else money(errand_of(plan, step="ask"), asked.price),
        "why": asked.why,
        "live": live,
    }


@require_POST
@needs("errands.change")
def answer(request: ConsoleRequest, errand_id: UUID, question_id: UUID) -> HttpResponse:
    question = get_object_or_404(Question, workspace=request.workspace, errand_id=errand_id, id=question_id)
    yes = request.POST.get("answer") == "yes"
    if request.POST.get("answer") not in ("yes", "no") or not carrying_out.answer(question, yes):
        messages.error(request, "This question was answered before.")
    else:
        audit.record(
            "errand.answered", actor=f"user:{request.user.id}", workspace_id=request.workspace.id,
            target=f"errand:{errand_id}", answer="yes" if yes else "no",
        )  # fmt: skip
        messages.success(request, "Passed on: go ahead." if yes else "Passed on: no.")
    return redirect("console:errand", request.workspace.slug, errand_id)


@require_POST
@needs("errands.change")
def cancel(request: ConsoleRequest, errand_id: UUID) -> HttpResponse:
    errand = get_object_or_404(Errand, workspace=request.workspace, id=errand_id)
    carrying_out.cancel(errand)
    messages.success(request, "Cancelled. A call that is under way says goodbye at its next turn.")
    return redirect("console:errand", request.workspace.slug, errand.id)
