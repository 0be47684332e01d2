"""Whoever asked that their data is left alone is not called, though the law and their old consent would allow it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.billing import ledger as books
from ringtrue.core.models import AuditEntry
from ringtrue.dialing import placing
from ringtrue.dialing.placing import place
from ringtrue.dialing.proposal import Refuse
from ringtrue.dialing.tests.grounds import LEAD, NOON, agree, asked, attempts, make_ground
from ringtrue.dialing.tests.stand_in_carrier import StandInCarrier
from ringtrue.privacy import restricting
from ringtrue.privacy.subjects import subject_for_number


@pytest.mark.promise("P-LEX-6-4", "P-CLX-8-4", "P-ALX-7-6", "P-LDX-9-5", "P-ALX-7-4", "P-LDX-9-4")
def test_who_objects_or_restricts_is_not_dialed_and_the_refusal_is_logged(transactional_db: Any) -> None:
    made = make_ground("objecting")
    agree(made.workspace.id, LEAD)
    carrier = StandInCarrier()
    for number, purpose in enumerate(("calls", "marketing", "all")):
        with workspace_scope(made.workspace.id):
            lead = subject_for_number(made.workspace.id, LEAD, kind="lead")
            restricting.restrict(lead, purpose, "user:x")
        placed = place(asked(made, claim=f"lead:{number}"), carrier, NOON)
        assert placed.state == "refused"
        assert isinstance(placed.verdict, Refuse)
        assert [reason.rule for reason in placed.verdict.reasons] == [placing.OBJECTION]
        assert AuditEntry.objects.latest("seq").action == "processing.refused"
        with workspace_scope(made.workspace.id):
            restricting.lift(lead, purpose, "user:x")
    with workspace_scope(made.workspace.id):
        restricting.restrict(lead, "analytics", "user:x")
    assert carrier.log == []
    assert place(asked(made, claim="lead:9"), carrier, NOON).state == "placed", "another purpose says nothing about calls"


@pytest.mark.promise("P-ALX-7.2-4", "P-NEJ-8-6")
def test_a_call_costs_the_same_whoever_used_their_rights(transactional_db: Any) -> None:
    made = make_ground("same-price")
    other = "+12125550143"
    for number in (LEAD, other):
        agree(made.workspace.id, number)
    with workspace_scope(made.workspace.id):
        asking = subject_for_number(made.workspace.id, LEAD, kind="lead")
        for purpose in ("sale", "analytics", "improvement", "sensitive"):
            restricting.restrict(asking, purpose, "user:x")
    placed = [place(asked(made, number=number, claim=f"lead:{number}"), StandInCarrier(), NOON) for number in (LEAD, other)]
    assert [one.state for one in placed] == ["placed", "placed"]
    held = {attempt.number_hash: attempt.held_micros for attempt in attempts(made)}
    assert len(held) == 2
    assert len(set(held.values())) == 1
    billing = Path(books.__file__).parent
    known = [path.name for path in billing.glob("*.py") if re.search(r"restrict|rights", path.read_text())]
    assert known == [], "the books cannot ask"
