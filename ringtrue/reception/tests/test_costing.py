"""What Twilio asked for a call comes late and goes into the books once, in place of the estimate by its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.billing import ledger as books
from ringtrue.calls.models import Call
from ringtrue.dialing.tests.grounds import LEAD, OURS, attempts
from ringtrue.numbers.models import LineAccount
from ringtrue.reception import costing
from ringtrue.reception.models import CostAwaited
from ringtrue.reception.tests.conftest import Ring
from ringtrue.reception.tests.twilio_rest import TwilioRest


def later(**of_time: int) -> Any:
    return timezone.now() + timedelta(**of_time)


def spent(shop: Any) -> tuple[int, int]:
    standing = books.standing(shop.workspace.id)
    return standing.held_micros, standing.spent_micros


def test_the_price_comes_late_is_asked_for_again_and_booked_once(shop: Any, rest: TwilioRest, ring: Ring, tells: Any) -> None:
    ring()
    sid = rest.sids[0]
    for _ in range(2):
        tells(sid, "status", CallStatus="completed", SequenceNumber="3")
    assert attempts(shop)[0].state == "ended"
    held, estimate = spent(shop)
    assert (held, estimate > 14_000) == (0, True)  # nobody's next call waits for the price of this one
    assert costing.ask_for_costs(later(seconds=30)) == 0
    assert costing.ask_for_costs(later(minutes=2)) == 0  # asked, and not known yet
    rest.fails("GET", "Calls", "500")
    assert costing.ask_for_costs(later(minutes=10)) == 0
    assert spent(shop) == (0, estimate)
    rest.calls[sid] |= {"price": "-0.01400", "price_unit": "USD"}
    assert costing.ask_for_costs(later(hours=1)) == 1
    assert spent(shop) == (0, 14_000)
    assert costing.ask_for_costs(later(hours=9)) == 0
    assert (spent(shop), books.faults(shop.workspace.id)) == ((0, 14_000), [])
    with workspace_scope(shop.workspace.id):
        assert Call.objects.get().cost_micros == 14_000


@pytest.mark.parametrize("why", ["another currency", "disconnected"])
def test_where_no_price_is_told_the_estimate_stands(shop: Any, rest: TwilioRest, ring: Ring, tells: Any, why: str) -> None:
    ring()
    tells(rest.sids[0], "status", CallStatus="completed", SequenceNumber="3")
    before = spent(shop)
    if why == "another currency":
        rest.calls[rest.sids[0]] |= {"price": "-0.02", "price_unit": "EUR"}
    elif why == "disconnected":
        with workspace_scope(shop.workspace.id):
            LineAccount.objects.all().delete()
    assert costing.ask_for_costs(later(days=4)) == 0
    assert spent(shop) == before
    with workspace_scope(shop.workspace.id):
        assert not CostAwaited.objects.exists()


def test_a_call_that_came_in_has_its_line_in_the_books_too(shop: Any, rest: TwilioRest, tells: Any) -> None:
    sid = "CA" + "7" * 32
    assert tells(sid, "voice", Direction="inbound", From=LEAD, To=OURS)[0] == 200
    rest.calls[sid] = {"sid": sid, "status": "completed", "price": "-0.00850", "price_unit": "USD"}
    tells(sid, "status", Direction="inbound", From=LEAD, To=OURS, CallStatus="completed", SequenceNumber="2")
    assert costing.ask_for_costs(later(minutes=2)) == 1
    assert spent(shop) == (0, 8_500)
    assert books.faults(shop.workspace.id) == []
