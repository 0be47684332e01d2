"""An errand that waits for the person's answer, for tests and for looking at pages. Needs the workspace's scope."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ringtrue.agents.models import Agent
from ringtrue.concierge import keeping
from ringtrue.concierge.keeping import Asked, Found
from ringtrue.concierge.models import Callee, Errand, ErrandCall, Question
from ringtrue.concierge.planning import errand_of, plan_from


def plant_errand(agent: Agent, owner: Any, call_id: UUID, name: str) -> tuple[Errand, Question]:
    task = f"Book a drain cleaning by Friday, up to $150.\n{name.capitalize()} Drains (212) 555-0142"
    plan = plan_from(task, date(2026, 11, 24), on_behalf_of="Emily Carter")
    errand = keeping.write_down(agent, plan, owner)
    Errand.objects.filter(id=errand.id).update(state="waiting")
    callee = errand.callees.get()
    Callee.objects.filter(id=callee.id).update(state="offered")
    one = ErrandCall(workspace_id=agent.workspace_id, callee=callee, n=1, step="ask", state="settled", call_id=call_id)
    found = Found(turn=1, price=190.0, slots=["2026-11-26T10:00"])
    keeping.seal_try(one, errand.subject_id, errand_of(plan, step="ask"), [found])
    one.save(force_insert=True)
    why = ["It costs $190, and your limit is $150."]
    return errand, keeping.ask(errand, callee, Asked(slot="2026-11-26T10:00", price=190.0, why=why))
