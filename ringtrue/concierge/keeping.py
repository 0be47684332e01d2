"""What an errand keeps, sealed: the plan, whom it calls, what was found, what was asked. Each function needs the workspace's scope."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone

from ringtrue.agents.models import Agent
from ringtrue.concierge.models import Callee, Errand, ErrandCall, Question
from ringtrue.concierge.planning import Plan, Whom
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.vault import open_json, seal_json
from ringtrue.voice.agent import Errand as Wanted

ERRAND, CALLEE, TRY, QUESTION = "concierge.Errand", "concierge.Callee", "concierge.ErrandCall", "concierge.Question"
DUE = timedelta(days=3)  # where the plan names no latest day


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What one turn of a call told, or how the call ended (`kind`). `slots`: local times of the business."""

    turn: int = 0
    kind: str = ""  # "", none, booked, declined, promised, message, voicemail, lost
    price: float | None = None
    slots: list[str] = []
    answer: int | None = None  # which of the plan's own questions it answers


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    slot: str
    price: float | None = None
    why: list[str] = []


def write_down(agent: Agent, plan: Plan, user: Any = None) -> Errand:
    """A draft."""
    subject = subject_for_number(agent.workspace_id, plan.number, kind="named")
    errand = Errand(workspace_id=agent.workspace_id, subject=subject, agent=agent, created_by=user, due_at=timezone.now() + DUE)
    errand.sealed = b""
    errand.save(force_insert=True)
    change(errand, plan)
    return errand


def change(errand: Errand, plan: Plan) -> None:
    """The plan anew, and whom it calls. Only a draft is changed."""
    seal_plan(errand, plan)
    errand.callees.all().delete()
    for position, whom in enumerate(plan.callees):
        subject = subject_for_number(errand.workspace_id, whom.number)
        callee = Callee(workspace_id=errand.workspace_id, errand=errand, subject=subject, position=position)
        callee.sealed = seal_json(errand.workspace_id, subject.id, CALLEE, callee.id, whom)
        callee.save(force_insert=True)


def seal_plan(errand: Errand, plan: Plan) -> None:
    errand.sealed = seal_json(errand.workspace_id, errand.subject_id, ERRAND, errand.id, plan)
    errand.at_once = 3 if plan.side_by_side else 1
    errand.save(update_fields=["sealed", "at_once"])


def plan_of(errand: Errand) -> Plan | None:
    """None when the person was erased."""
    held = open_json(errand.workspace_id, errand.subject_id, ERRAND, errand.id, errand.sealed)
    return msgspec.convert(held, Plan) if held else None


def whom(callee: Callee) -> Whom:
    """With an empty number when they were erased."""
    held = open_json(callee.workspace_id, callee.subject_id, CALLEE, callee.id, callee.sealed)
    return msgspec.convert(held or {"number": ""}, Whom)


def seal_try(one: ErrandCall, subject: UUID, wanted: Wanted, found: list[Found]) -> None:
    one.sealed = seal_json(one.workspace_id, subject, TRY, one.id, {"wanted": wanted, "found": found})


def try_of(one: ErrandCall) -> tuple[Wanted | None, list[Found]]:
    held = open_json(one.workspace_id, one.callee.errand.subject_id, TRY, one.id, one.sealed)
    if not held:
        return None, []
    return msgspec.convert(held["wanted"], Wanted), msgspec.convert(held["found"], list[Found])


def ask(errand: Errand, callee: Callee, asked: Asked, call_id: UUID | None = None) -> Question:
    question = Question(workspace_id=errand.workspace_id, errand=errand, callee=callee, call_id=call_id)
    question.sealed = seal_json(errand.workspace_id, errand.subject_id, QUESTION, question.id, asked)
    question.save(force_insert=True)
    return question


def asked_of(question: Question) -> Asked:
    held = open_json(question.workspace_id, question.errand.subject_id, QUESTION, question.id, question.sealed)
    return msgspec.convert(held or {"slot": ""}, Asked)
