from __future__ import annotations

import io
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.billing import ledger as books
from ringtrue.billing.models import Book
from ringtrue.dialing import jobs, list_importing, placing
from ringtrue.dialing.models import Attempt, Decision, DialingSettings
from ringtrue.dialing.placing import place
from ringtrue.dialing.proposal import Refuse
from ringtrue.dialing.tests.grounds import LEAD, NOON, agree, asked, attempts, make_ground
from ringtrue.dialing.tests.stand_in_carrier import StandInCarrier
from ringtrue.media import tools
from ringtrue.privacy import ledger as consents
from ringtrue.privacy.subjects import subject_for_number


@pytest.fixture
def ground(transactional_db: Any) -> Any:
    made = make_ground("calling-out")
    agree(made.workspace.id, LEAD)
    return made


def rules(placed: placing.Placed) -> set[str]:
    assert isinstance(placed.verdict, Refuse)
    return {reason.rule for reason in placed.verdict.reasons}


def test_a_call_is_claimed_held_dialed_and_settled_and_claimed_once_ever(ground: Any) -> None:
    carrier = StandInCarrier()
    placed = place(asked(ground), carrier, NOON)
    assert placed.state == "placed", placed.verdict
    [attempt] = attempts(ground)
    assert [(rang.permit, rang.number) for rang in carrier.log] == [(str(attempt.id), LEAD)]
    assert books.open_holds(ground.workspace.id) == {attempt.id: attempt.held_micros}
    assert placing.finish(ground.workspace.id, attempt.id, 14_000, answered=True)
    assert not placing.finish(ground.workspace.id, attempt.id, 14_000, answered=True)
    standing = books.standing(ground.workspace.id)
    assert (standing.held_micros, standing.spent_micros) == (0, 14_000)
    assert books.faults(ground.workspace.id) == []
    with workspace_scope(ground.workspace.id):
        decision = Decision.objects.get()
    assert (decision.verdict, decision.pack) == ("allow", "2026-11-21")
    assert LEAD[2:] not in decision.words

    assert place(asked(ground), carrier, NOON + timedelta(days=2)).state == "claimed_before"
    again = place(asked(ground, claim="lead:2"), carrier, NOON + timedelta(hours=2))
    assert again.state == "deferred"
    assert again.verdict.until == NOON + timedelta(hours=24)  # type: ignore[union-attr]
    assert "OWN-07-answered" in again.verdict.words
    assert len(carrier.log) == 1

    for table in ("dialing_decision", "billing_line"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET at = now()"):  # noqa: S608
            with pytest.raises(IntegrityError), workspace_scope(ground.workspace.id), connection.cursor() as cursor:
                cursor.execute(statement)
    with transaction.atomic(), pytest.raises(RuntimeError):
        place(asked(ground), carrier, NOON)


def test_where_the_carrier_fails_nothing_is_owed_and_where_it_is_silent_the_hold_stays(ground: Any) -> None:
    refused = place(asked(ground), StandInCarrier(fails="refused"), NOON)
    assert (refused.state, refused.reason) == ("not_placed", "carrier_refused")
    assert books.open_holds(ground.workspace.id) == {}
    for kind in ("silent", "crash"):
        number = f"+121255501{(kind == 'crash' and 50) or 51}"
        agree(ground.workspace.id, number)
        lost = place(asked(ground, number), StandInCarrier(fails=kind), NOON)
        assert lost.state == "unknown"
        assert lost.attempt in books.open_holds(ground.workspace.id)
    with time_machine.travel(NOON + placing.LOST_AFTER + timedelta(minutes=1)):
        jobs.close_lost_attempts(0)
        jobs.close_lost_attempts(0)
    assert {attempt.state for attempt in attempts(ground)} == {"not_placed", "unknown"}
    assert books.standing(ground.workspace.id, NOON).spent_micros == 2 * 900_000
    assert books.open_holds(ground.workspace.id) == {}
    assert books.faults(ground.workspace.id) == []


FRAUD = [
    ("911", "US-10"), ("112", "US-10"), ("988", "US-10"), ("+18002221222", "US-10"), ("+19005551234", "NUM-02"),
    ("+449098790000", "NUM-02"), ("+881612345678", "NUM-03"), ("+870773123456", "NUM-03"), ("+252612345678", "NUM-03"),
    ("+15005551234", "NUM-04"), ("+18765551234", "ALLOW-01"), ("+18095551234", "ALLOW-01"), ("+442071838750", "ALLOW-01"),
    ("+37128123456", "ALLOW-01"), ("+12125550", "NUM-01"), ("", "NUM-01"), ("hello", "NUM-01"), ("411", "NUM-04"),
]  # fmt: skip


def test_toll_fraud_no_costly_foreign_or_spoken_number_is_dialed(ground: Any) -> None:
    carrier = StandInCarrier()
    for number, rule in FRAUD:
        for purpose in ("errand", "transfer"):
            # A transfer is refused though the agent's own settings name the number.
            claim, listed = f"{purpose}:{number}", frozenset({number})
            proposed = asked(ground, number, purpose=purpose, claim=claim, party="business", escalations=listed)
            placed = place(proposed, carrier, NOON)
            assert placed.state == "refused"
            assert rule in rules(placed), number
    listed = frozenset({"+18565550119"})
    spoken = place(asked(ground, "+18565550123", purpose="transfer", escalations=listed, caller_id=""), carrier, NOON)
    assert rules(spoken) == {"TRANSFER-01"}
    assert carrier.log == []
    assert books.standing(ground.workspace.id).held_micros == 0
    call = uuid4()
    claim = f"{placing.TRANSFER_CLAIM}{call}:1"
    right = asked(ground, "+18565550119", purpose="transfer", escalations=listed, caller_id="", claim=claim)
    assert place(right, carrier, NOON + timedelta(hours=12)).state == "placed"  # at night: the caller wants somebody now
    assert [rang.number for rang in carrier.log] == ["+18565550119"]
    assert books.standing(ground.workspace.id, NOON).held_micros == 900_000
    with time_machine.travel(NOON + timedelta(hours=12, minutes=4)):
        assert placing.finish_transfers(call, ground.workspace.id) == 1
        assert placing.finish_transfers(call, ground.workspace.id) == 0
    standing = books.standing(ground.workspace.id)
    assert (standing.held_micros, standing.spent_micros) == (0, 4 * 30_000)  # four minutes at the worst price of a minute


def test_nothing_is_known_nothing_is_dialed(ground: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece of knowledge is taken away; none may be dialed without it."""
    carrier = StandInCarrier()
    workspace_id = ground.workspace.id
    from ringtrue.dialing.rules_pack import PackRefused

    def no_pack() -> None:
        raise PackRefused("The rules pack or its signature is missing.")

    with monkeypatch.context() as patch:
        patch.setattr(placing, "current_pack", no_pack)
        assert rules(place(asked(ground), carrier, NOON)) == {"PACK-01"}
    assert rules(place(asked(ground), carrier, NOON + timedelta(days=400))) == {"PACK-01"}
    assert "US-07" in rules(place(asked(ground), carrier, NOON + timedelta(days=40)))
    assert rules(place(asked(ground, caller_id="+12125550177"), carrier, NOON)) == {"US-11"}
    assert rules(place(asked(ground, "+12125550143"), carrier, NOON)) == {"US-02", "US-09"}
    with workspace_scope(workspace_id):
        consents.record(subject_for_number(workspace_id, LEAD), "information.call", False, "withdrawn", at=NOON)
    assert rules(place(asked(ground), carrier, NOON)) == {"US-02"}
    with workspace_scope(workspace_id):
        DialingSettings.objects.update(countries=[])
    assert "ALLOW-01" in rules(place(asked(ground), carrier, NOON))
    assert carrier.log == []
    with workspace_scope(workspace_id):
        assert Decision.objects.count() == 7
        assert not Attempt.objects.exists()


def test_lists_of_the_business_of_a_state_and_of_money(ground: Any) -> None:
    with workspace_scope(ground.workspace.id):
        person = subject_for_number(ground.workspace.id, LEAD)
    # The tool that the guard of a call uses when somebody asks not to be called again, in whatever words.
    assert tools.opt_out(SimpleNamespace(call=SimpleNamespace(subject=person, id=uuid4()))) == {"done": "true"}  # type: ignore[arg-type]
    agree(ground.workspace.id, LEAD, at=NOON - timedelta(minutes=1))
    carrier = StandInCarrier()
    for purpose in ("sales", "information", "callback", "errand"):
        assert "US-25" in rules(place(asked(ground, purpose=purpose, claim=purpose, party="business"), carrier, NOON))
    assert carrier.log == []

    texan = "+12145550142"
    agree(ground.workspace.id, texan)
    assert rules(place(asked(ground, texan), carrier, NOON)) == {"US-08-TX"}
    file = io.BytesIO(b"area,number\n214,5550142\n214,5550199\n")
    list_importing.import_list(ground.workspace.id, "us.tx", file, NOON - timedelta(days=10))
    assert rules(place(asked(ground, texan), carrier, NOON)) == {"US-08-TX"}
    empty = io.BytesIO(b"214,5550198\n")
    list_importing.import_list(ground.workspace.id, "us.tx", empty, NOON - timedelta(days=9))
    with workspace_scope(ground.workspace.id):
        Book.objects.update_or_create(workspace=ground.workspace, defaults={"prepaid": True})
    assert rules(place(asked(ground, texan), carrier, NOON)) == {"SPEND-01"}
    assert books.top_up(ground.workspace.id, 900_000, "receipt-1")
    assert not books.top_up(ground.workspace.id, 900_000, "receipt-1")
    assert place(asked(ground, texan), carrier, NOON).state == "placed"
