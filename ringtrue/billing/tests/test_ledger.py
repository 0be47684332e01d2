from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from ringtrue.accounts.models import Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.billing import ledger
from ringtrue.billing.models import Book, Line

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def books(db: Any) -> Iterator[Any]:
    with system_scope("a workspace is made"):
        made = Workspace.objects.create(slug="books", name="Books")
    return made.id


def test_money_is_held_settled_and_given_back_once(books: Any) -> None:
    ledger.top_up(books, 10_000, "receipt")
    first, second, third = uuid4(), uuid4(), uuid4()
    for call in (first, second, third):
        assert ledger.hold(books, call, 2_000, NOW)
        assert not ledger.hold(books, call, 2_000, NOW)
    assert ledger.settle(books, first, 500, "twilio", NOW)
    assert ledger.settle(books, second, 2_700, "twilio", NOW)  # dearer than was held: the carrier asks for it all the same
    assert ledger.release(books, third)
    for call in (first, second, third, uuid4()):
        assert not ledger.settle(books, call, 1, "twilio", NOW)
        assert not ledger.release(books, call)
    standing = ledger.standing(books, NOW)
    assert (standing.available_micros, standing.held_micros, standing.spent_micros) == (6_800, 0, 3_200)
    assert ledger.faults(books) == []
    assert ledger.open_holds(books) == {}
    with workspace_scope(books):
        costs = {line.call: (line.amount_micros, line.provider) for line in Line.objects.filter(account="spent")}
    assert costs == {first: (500, "twilio"), second: (2_700, "twilio")}  # one line a call, with the provider's price


def test_what_a_call_used_is_spent_once_for_each_company_and_counts_towards_the_cap(books: Any) -> None:
    with workspace_scope(books):
        Book.objects.create(workspace_id=books, day_cap_micros=5_000)
    call = uuid4()
    assert ledger.use(books, call, "deepgram", 0.002, NOW)
    assert ledger.use(books, call, "anthropic", 0.001, NOW)
    assert not ledger.use(books, call, "deepgram", 0.002, NOW)
    assert not ledger.use(books, call, "ours", 0.0, NOW)
    assert ledger.standing(books, NOW).spent_micros == 3_000
    with pytest.raises(ledger.NotCovered):
        ledger.hold(books, uuid4(), 2_001, NOW)
    assert ledger.hold(books, uuid4(), 2_000, NOW)
    assert ledger.faults(books) == []
    with workspace_scope(books):
        Book.objects.update(currency="EUR")
    assert not ledger.use(books, uuid4(), "deepgram", 0.002, NOW), "a price in dollars is none in euros"
    with pytest.raises(ValueError, match="zero"):
        ledger.use(books, call, "deepgram", -1.0)


def test_the_cap_is_of_a_day_and_the_balance_is_for_ever(books: Any) -> None:
    with workspace_scope(books):
        Book.objects.create(workspace_id=books, day_cap_micros=5_000)
    old, new = uuid4(), uuid4()
    assert ledger.hold(books, old, 4_000, NOW)
    ledger.settle(books, old, 4_000, "twilio", NOW)
    with pytest.raises(ledger.NotCovered):
        ledger.hold(books, new, 1_001, NOW + timedelta(hours=23))
    assert ledger.hold(books, new, 5_000, NOW + timedelta(hours=24))
    with workspace_scope(books):
        Book.objects.update(prepaid=True, day_cap_micros=10**9)
    with pytest.raises(ledger.NotCovered):
        ledger.hold(books, uuid4(), 1, NOW)
    assert ledger.standing(books, NOW).free_micros == 0
    for wrong in (
        lambda: ledger.hold(books, uuid4(), -1),
        lambda: ledger.top_up(books, 0, "r"),
        lambda: ledger.settle(books, new, -1, "x"),
    ):
        with pytest.raises(ValueError, match="zero"):
            wrong()


@pytest.mark.promise("P-CLX-3-2", "P-NEJ-2-2")
def test_a_prepaid_balance_is_never_below_nothing(books: Any) -> None:
    with workspace_scope(books):
        Book.objects.create(workspace_id=books, prepaid=True)
    ledger.top_up(books, 3_000, "receipt")
    call = uuid4()
    assert ledger.hold(books, call, 2_000, NOW)
    ledger.settle(books, call, 4_500, "twilio", NOW)
    standing = ledger.standing(books, NOW)
    assert (standing.available_micros, standing.held_micros, standing.spent_micros) == (0, 0, 4_500)
    assert ledger.faults(books) == []
    with pytest.raises(ledger.NotCovered):
        ledger.hold(books, uuid4(), 1, NOW)


def test_the_database_refuses_what_the_code_must_not_do(books: Any) -> None:
    ledger.top_up(books, 10_000, "receipt")
    with pytest.raises(IntegrityError), workspace_scope(books):
        Line.objects.create(workspace_id=books, entry=uuid4(), step="top_up", account="available", amount_micros=5, once="alone")
    for statement in ("DELETE FROM billing_line", "UPDATE billing_line SET amount_micros = 1"):
        with pytest.raises(IntegrityError), workspace_scope(books), connection.cursor() as cursor:
            cursor.execute(statement)
    with workspace_scope(books), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_account SET balance_micros = balance_micros + 1 WHERE name = 'available'")
    assert ledger.faults(books) == ["The account available says 10001, its lines 10000."]


@pytest.mark.promise("P-CLX-3-2", "P-NEJ-2-2")
@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_spend_no_more_than_there_is() -> None:
    with system_scope("a workspace is made"):
        workspace_id = Workspace.objects.create(slug="crowd", name="Crowd").id
    with workspace_scope(workspace_id):
        Book.objects.create(workspace_id=workspace_id, prepaid=True)
    ledger.top_up(workspace_id, 7_500, "receipt")

    def one(i: int) -> bool:
        call = uuid4()
        try:
            ledger.hold(workspace_id, call, 1_000)
        except ledger.NotCovered:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(5) as crowd:
        held = list(crowd.map(one, range(200)))
    assert sum(held) == 7
    standing = ledger.standing(workspace_id)
    assert (standing.available_micros, standing.held_micros) == (500, 7_000)
    assert ledger.faults(workspace_id) == []
