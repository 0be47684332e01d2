"""What must hold when many dial at once: nobody is dialed after an opt-out was acknowledged, and no cap is overspent."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.billing import ledger as books
from ringtrue.billing.models import Book
from ringtrue.dialing import placing
from ringtrue.dialing.placing import place
from ringtrue.dialing.proposal import Refuse
from ringtrue.dialing.stopping import stop_calling_number
from ringtrue.dialing.tests.grounds import LEAD, NOON, asked, attempts, make_ground
from ringtrue.dialing.tests.stand_in_carrier import StandInCarrier

LONG = bool(os.environ.get("RINGTRUE_LONG"))
THREADS = 5
WORTH = 900_000  # the worst price of a call in the United States


@pytest.fixture
def ground(transactional_db: Any) -> Any:
    made = make_ground("racing")
    set_cap(made, 10**15)
    return made


def set_cap(made: Any, micros: int) -> None:
    with workspace_scope(made.workspace.id):
        Book.objects.update_or_create(workspace=made.workspace, defaults={"day_cap_micros": micros})


def errand(made: Any, number: str, turn: int = 1) -> placing.Request:
    return asked(made, number, purpose="errand", party="business", claim=f"{number}:{turn}")


def in_thread(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        connection.close()


@contextmanager
def crowd() -> Iterator[ThreadPoolExecutor]:
    """Threads that keep their connections: to connect anew for each dial takes longer than the dial."""
    with ThreadPoolExecutor(THREADS) as threads:
        yield threads
        all_here = threading.Barrier(THREADS)

        def leave(_: int) -> None:
            all_here.wait()
            connection.close()

        list(threads.map(leave, range(THREADS)))


def check_dials(made: Any, carrier: StandInCarrier) -> None:
    """Each dial that the carrier logged matches one permit, each placed attempt one dial, and the books are right."""
    rows = {str(attempt.id): attempt for attempt in attempts(made)}
    assert len({rang.permit for rang in carrier.log}) == len(carrier.log)
    assert {rang.permit for rang in carrier.log} == {name for name, row in rows.items() if row.state == "placed"}
    assert books.open_holds(made.workspace.id).keys() == {row.id for row in rows.values() if row.state == "placed"}
    assert books.faults(made.workspace.id) == []


def test_an_opt_out_waits_for_the_dial_that_is_under_way(ground: Any) -> None:
    acknowledged: list[float] = []

    def opt_out() -> None:
        in_thread(lambda: stop_calling_number(ground.workspace.id, LEAD, "web"))
        acknowledged.append(time.monotonic())

    stopping = threading.Thread(target=opt_out)

    def while_it_is_dialed(number: str) -> None:
        stopping.start()
        while not waiting_for_a_lock():
            assert stopping.is_alive(), "the opt-out did not wait for the dial"

    carrier = StandInCarrier(before_ringing=while_it_is_dialed)
    assert place(errand(ground, LEAD), carrier, NOON).state == "placed"
    stopping.join()
    assert carrier.log[0].at < acknowledged[0]
    after = place(errand(ground, LEAD, 2), carrier, NOON)
    assert isinstance(after.verdict, Refuse)
    assert [reason.rule for reason in after.verdict.reasons] == ["US-25"]
    check_dials(ground, carrier)


def waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


def test_an_opt_out_between_permit_and_dial_stops_the_dial(ground: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    issue = placing.issue

    def slowly(*given: Any) -> str:
        other = threading.Thread(target=in_thread, args=(lambda: stop_calling_number(ground.workspace.id, LEAD, "web"),))
        other.start()
        other.join()
        return issue(*given)

    monkeypatch.setattr(placing, "issue", slowly)
    carrier = StandInCarrier()
    placed = place(errand(ground, LEAD), carrier, NOON)
    assert (placed.state, placed.reason) == ("not_placed", "opted_out")
    assert carrier.log == []
    check_dials(ground, carrier)


@pytest.mark.parametrize("part", range(10 if LONG else 1))
def test_no_dial_begins_after_an_opt_out_was_acknowledged(ground: Any, part: int) -> None:
    """100,000 dials in `make test-long`, in ten parts; 80 in `make test`."""
    numbers = [f"+1646{2_000_000 + 2500 * part + i}" for i in range(2500 if LONG else 20)]
    chance = random.Random(4 + part)
    acknowledged: dict[str, float] = {}
    carrier = StandInCarrier()

    def opt_out(number: str) -> None:
        stop_calling_number(ground.workspace.id, number, "web")
        acknowledged[number] = time.monotonic()

    with crowd() as threads:
        done = [threads.submit(place, errand(ground, "+12125559999"), carrier, NOON)]
        for number in numbers:
            work: list[Callable[[], Any]] = [
                lambda n=number, t=turn: place(errand(ground, n, t), carrier, NOON)
                for turn in range(4)  # type: ignore[misc]
            ]
            work.append(lambda n=number: opt_out(n))  # type: ignore[misc]
            chance.shuffle(work)
            done += [threads.submit(one) for one in work]
        for one in done:
            one.result()
    assert len(acknowledged) == len(numbers)
    late = [rang for rang in carrier.log if rang.at > acknowledged.get(rang.number, float("inf"))]
    assert late == []
    assert carrier.log
    check_dials(ground, carrier)


def test_toll_fraud_two_hundred_at_once_do_not_pass_the_cap(ground: Any) -> None:
    set_cap(ground, 5 * WORTH + WORTH // 2)
    carrier = StandInCarrier()

    def one(i: int) -> placing.Placed:
        """An errand, or the transfer of a running call to a number that its agent may be transferred to."""
        number = f"+1212555{i:04d}"
        if i % 2:
            return place(errand(ground, number), carrier, NOON)
        listed = frozenset({number})
        return place(asked(ground, number, purpose="transfer", escalations=listed, claim=f"transfer:{i}"), carrier, NOON)

    with crowd() as threads:
        placed = list(threads.map(one, range(200)))
    assert len(carrier.log) == 5
    refused = [p.verdict for p in placed if isinstance(p.verdict, Refuse)]
    assert len(refused) == 195
    assert {reason.rule for verdict in refused for reason in verdict.reasons} == {"SPEND-01"}
    assert books.standing(ground.workspace.id, NOON).held_micros == 5 * WORTH
    check_dials(ground, carrier)
