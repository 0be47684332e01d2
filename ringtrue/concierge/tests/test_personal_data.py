"""What an errand keeps about people is sealed, found and erased: of the person it is for, and of whom it calls."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import starter_workspace
from ringtrue.concierge import keeping
from ringtrue.concierge.models import Callee, Errand
from ringtrue.concierge.planning import plan_from
from ringtrue.privacy.data_map import store_named
from ringtrue.privacy.erasing import erase
from ringtrue.privacy.subjects import subject_for_number

NUMBER, EMILY = "+12125550142", "+12125550177"
TASK = "Book a drain cleaning. Ask for Mr Quillfeather at Harbor Plumbing (212) 555-0142"


@pytest.fixture
def errand(transactional_db: Any) -> Errand:
    made = starter_workspace("dental", owner_email="owner@errand.example", slug="errand-data")
    with workspace_scope(made.workspace.id):
        plan = plan_from(TASK, made.workspace.created_at.date(), on_behalf_of="Emily Carter", number=EMILY)
        return keeping.write_down(made.agent, plan, made.owner)


def rows_hold(words: bytes) -> bool:
    with connection.cursor() as cursor:
        for table in ("concierge_errand", "concierge_callee", "concierge_errandcall", "concierge_question"):
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608 - our own names
            if any(words.hex() in row[0] or words.decode() in row[0] for row in cursor.fetchall()):
                return True
    return False


@pytest.mark.promise("P-LEX-1.2-2")
def test_a_request_by_number_finds_the_errand_that_only_names_it_and_erasing_takes_it_out(errand: Errand) -> None:
    with workspace_scope(errand.workspace_id):
        named = subject_for_number(errand.workspace_id, NUMBER)
        store = store_named("concierge_callee")
        assert store is not None
        assert store.export is not None
        [told] = store.export(named)
        assert told["number"] == NUMBER
        assert not rows_hold(b"Quillfeather")
    erase(named, reason="request", requested_by="test")
    with workspace_scope(errand.workspace_id):
        errand.refresh_from_db()
        plan = keeping.plan_of(errand)
        assert plan is not None
        assert "555-0142" not in plan.task
        assert "drain cleaning" in plan.task
        assert [whom.number for whom in plan.callees] == [""]
        assert not Callee.objects.exists()


@pytest.mark.promise("P-LEX-1.2-1")
def test_erasing_the_person_takes_the_task_with_it(errand: Errand) -> None:
    with workspace_scope(errand.workspace_id):
        person = subject_for_number(errand.workspace_id, EMILY)
        store = store_named("concierge_errand")
        assert store is not None
        assert store.export is not None
        [told] = store.export(person)
        assert told["plan"]["task"] == TASK
    erase(person, reason="request", requested_by="test")
    with workspace_scope(errand.workspace_id):
        assert not Errand.objects.exists()
        assert keeping.plan_of(errand) is None, "the key is gone: an old copy of the row does not open"
