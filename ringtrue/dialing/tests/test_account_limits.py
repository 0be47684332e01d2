"""An account at a carrier begins no more calls in a second, and has no more going on, than it may; what is above waits and loses nothing."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.billing import ledger as books
from ringtrue.dialing import account_limits, placing
from ringtrue.dialing.models import Attempt, Decision
from ringtrue.dialing.placing import place
from ringtrue.dialing.proposal import Defer
from ringtrue.dialing.tests.grounds import NOON, OURS, agree, asked, attempts, make_ground
from ringtrue.dialing.tests.stand_in_carrier import StandInCarrier
from ringtrue.numbers.models import LineAccount
from ringtrue.voice.lines.permit import DialDeferred, Dialed


@pytest.fixture
def ground(transactional_db: Any) -> Any:
    return make_ground("full-account")


def account(made: Any) -> LineAccount:
    with workspace_scope(made.workspace.id):
        return LineAccount.objects.get()


def limits(made: Any, **changes: Any) -> None:
    with workspace_scope(made.workspace.id):
        LineAccount.objects.update(**changes)


def call(made: Any, n: int, at: Any = NOON, carrier: Any = None, **more: Any) -> placing.Placed:
    number = f"+12125550{n:03}"
    return place(
        asked(made, number, purpose="errand", party="business", claim=f"{number}:1", line_account=account(made).id, **more),
        carrier or StandInCarrier(),
        at,
    )


def test_calls_begin_one_after_another_and_what_waits_is_claimed_later(ground: Any) -> None:
    limits(ground, starts_per_s=1.0)
    assert call(ground, 101).state == "placed"
    early = call(ground, 102)
    assert early.state == "deferred"
    assert isinstance(early.verdict, Defer)
    assert early.verdict.until == NOON + timedelta(seconds=1)
    assert early.verdict.reasons[0].rule == account_limits.RULE
    with workspace_scope(ground.workspace.id):
        assert Decision.objects.count() == 1  # a wait for the carrier is no decision about a person
    assert call(ground, 102, early.verdict.until).state == "placed"
    assert len(books.open_holds(ground.workspace.id)) == 2


def test_a_full_account_waits_until_a_call_is_over(ground: Any) -> None:
    limits(ground, most_calls=2)
    first, _ = call(ground, 101), call(ground, 102)
    third = call(ground, 103)
    assert (third.state, third.attempt) == ("deferred", None)
    assert len(attempts(ground)) == 2
    placing.finish(ground.workspace.id, first.attempt, 1, answered=True)  # type: ignore[arg-type]
    assert call(ground, 103, NOON + timedelta(seconds=5)).state == "placed"


def test_a_call_whose_dial_nobody_answered_fills_the_account_for_ten_minutes(ground: Any) -> None:
    limits(ground, most_calls=1)
    assert call(ground, 101, carrier=StandInCarrier(fails="silent")).state == "unknown"
    assert call(ground, 102, NOON + timedelta(minutes=9)).state == "deferred"
    assert call(ground, 102, NOON + timedelta(minutes=11)).state == "placed"


def test_a_transfer_waits_for_nothing_and_is_counted(ground: Any) -> None:
    limits(ground, starts_per_s=1.0, most_calls=1)
    assert call(ground, 101).state == "placed"
    colleague = "+12125550150"
    handed = asked(
        ground, colleague, purpose="transfer", claim="transfer:1", caller_id=OURS, escalations=frozenset({colleague}),
        line_account=account(ground).id,
    )  # fmt: skip
    assert place(handed, StandInCarrier(), NOON).state == "placed"
    assert account(ground).next_start_at == NOON + timedelta(seconds=2)


def test_where_the_carrier_says_that_it_is_full_nothing_is_lost(ground: Any) -> None:
    class Full(StandInCarrier):
        def dial(self, permit: str, *, number: str, **bound: str) -> Dialed:
            self.gate.admit(permit, number=number, **bound)
            raise DialDeferred("carrier_busy")

    agree(ground.workspace.id, "+12125550101")
    waiting = call(ground, 101, carrier=Full())
    assert (waiting.state, waiting.attempt) == ("deferred", None)
    assert attempts(ground) == []
    assert books.open_holds(ground.workspace.id) == {}
    assert call(ground, 101, NOON + timedelta(seconds=5)).state == "placed"


def test_two_processes_together_begin_no_more_than_the_account_may(ground: Any) -> None:
    """At one moment of time: of what all ask for, one call begins."""
    limits(ground, starts_per_s=1.0, most_calls=3)
    carrier, states, begin = StandInCarrier(), [], threading.Barrier(4)

    def worker(n: int) -> None:
        try:
            begin.wait()
            states.extend(call(ground, 110 + n * 2 + i, carrier=carrier).state for i in range(2))
        finally:
            connection.close()

    threads = [threading.Thread(target=worker, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["deferred"] * 7 + ["placed"]
    assert len(carrier.log) == 1
    with workspace_scope(ground.workspace.id):
        assert Attempt.objects.count() == 1
