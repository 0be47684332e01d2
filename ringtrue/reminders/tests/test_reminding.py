"""Reminding of appointments with a clock of its own: who is called, once; who is not, and why; what they answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.models import Agent
from ringtrue.calendars.booking import BOOKING, cancel
from ringtrue.calendars.models import Booking, Calendar
from ringtrue.calls.models import Call
from ringtrue.campaigns.tests.making import make_shop
from ringtrue.dialing.models import Attempt, Decision
from ringtrue.dialing.stopping import stop_calling_number
from ringtrue.dialing.tests.dials import ringing_carrier
from ringtrue.dialing.tests.grounds import LEAD, NOON, agree
from ringtrue.media.gating import order_for
from ringtrue.privacy import erasing, ledger
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.privacy.vault import seal_json
from ringtrue.reception.calling_out import dial_ended
from ringtrue.reminders import in_call, reminding
from ringtrue.reminders.data_map import export_reminders
from ringtrue.reminders.models import Reminder
from ringtrue.voice.lines import finding
from ringtrue.voice.port import ToolFailed

STARTS = NOON + timedelta(hours=23)  # Wednesday, 11:00 in New York
OTHER = "+12125550143"
REFERENCES: list[str] = []


@pytest.fixture
def shop(transactional_db: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    carrier = ringing_carrier(lambda order: REFERENCES.append(order.call_id))
    monkeypatch.setattr(finding, "part", lambda line, name: carrier)
    REFERENCES.clear()
    with time_machine.travel(NOON, tick=False):
        made = make_shop("reminding")
        with workspace_scope(made.workspace.id):
            reminding.switch(made.agent, 24, "Bright Smile called.")
        yield made


def booked(made: Any, number: str = LEAD, *, starts: datetime = STARTS, days_ago: int = 3, call: Any = None) -> Booking:
    with workspace_scope(made.workspace.id):
        subject = subject_for_number(made.workspace.id, number) if number else None
        row = Booking(
            workspace=made.workspace, calendar=Calendar.objects.get(agent=made.agent), subject=subject, service="Check-up and cleaning", starts_at=starts,
            ends_at=starts + timedelta(minutes=30), created_at=NOON - timedelta(days=days_ago), call_id=call,
        )  # fmt: skip
        if subject is not None:
            row.sealed = seal_json(made.workspace.id, subject.id, BOOKING, row.id, {"name": "Ann", "number": number, "note": ""})
        row.save(force_insert=True)
        return row


def after(made: Any, hours: float = 0) -> None:
    with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
        reminding.remind(made.workspace.id)


def found(made: Any, booking: Booking) -> tuple[Booking, Reminder | None]:
    with workspace_scope(made.workspace.id):
        return Booking.objects.get(id=booking.id), Reminder.objects.filter(booking=booking).first()


def answers(made: Any, answer: str) -> None:
    with workspace_scope(made.workspace.id):
        in_call.appointment(Call.objects.get(id=REFERENCES[-1]), {"answer": answer})


def test_an_appointment_is_called_for_once_and_the_answer_stands_on_it(shop: Any) -> None:
    agree(shop.workspace.id, LEAD, "information.call")
    row = booked(shop)
    far = booked(shop, OTHER, starts=STARTS + timedelta(days=2))
    late = booked(shop, OTHER, starts=STARTS + timedelta(hours=-2), days_ago=0)
    after(shop)
    after(shop)
    assert len(REFERENCES) == 1
    with workspace_scope(shop.workspace.id):
        call = Call.objects.get(id=REFERENCES[0])
        order = order_for(call, in_call_agent(call))
        assert Attempt.objects.get().purpose == "information"
    assert order.mission is not None
    assert "tomorrow at 11 a.m" in order.mission.reason
    assert "cleaning" not in order.mission.reason  # whoever picks up is not told what for
    assert order.mission.appointment == "Check-up and cleaning"
    assert order.mission.voicemail == "Bright Smile called."
    answers(shop, "confirmed")
    dial_ended("standin", REFERENCES[0], answered=True, cost_micros=1000)
    with workspace_scope(shop.workspace.id):
        Call.objects.filter(id=REFERENCES[0]).update(state="ended", outcome="answered")
    for hour in (1, 2, 12, 20):
        after(shop, hour)
    assert len(REFERENCES) == 1
    now, reminder = found(shop, row)
    assert (now.answer, now.state) == ("confirmed", "booked")
    assert reminder is not None
    assert (reminder.state, reminder.words) == ("done", "")
    assert found(shop, far)[1] is None  # its day has not come
    assert found(shop, late)[1] is None  # it was made when it was near already
    with pytest.raises(IntegrityError), workspace_scope(shop.workspace.id), transaction.atomic():
        Reminder.objects.create(workspace=shop.workspace, booking=row, subject=row.subject, next_at=NOON)


def in_call_agent(call: Call) -> Any:
    from ringtrue.agents.publishing import snapshot_of

    return snapshot_of(call.agent_version)


def test_who_may_not_be_called_is_not_and_the_page_says_why(shop: Any) -> None:
    stranger = booked(shop)
    agree(shop.workspace.id, OTHER, "information.call")
    stopped = booked(shop, OTHER, starts=STARTS - timedelta(hours=1))
    stop_calling_number(shop.workspace.id, OTHER, "web")
    nobody = booked(shop, "", starts=STARTS - timedelta(hours=2))
    wordless = booked(shop, "[PHONE]", starts=STARTS - timedelta(hours=3))
    unwilling = booked(shop, "+12125550144", starts=STARTS - timedelta(hours=4))
    with workspace_scope(shop.workspace.id):
        Booking.objects.filter(id=unwilling.id).update(wants_reminder=False)
    for hour in (0, 1, 2):
        after(shop, hour)
    assert REFERENCES == []
    said = {row.id: found(shop, row)[1] for row in (stranger, stopped, wordless, unwilling)}
    assert all(one is not None and one.state == "done" for one in said.values())
    words = {key: one.words for key, one in said.items() if one is not None}
    assert "no consent" in words[stranger.id]
    assert "asked not to be called" in words[stopped.id]
    assert "No telephone number" in words[wordless.id]
    assert "need no reminder" in words[unwilling.id]
    assert found(shop, nobody)[1] is None
    with workspace_scope(shop.workspace.id):
        assert Decision.objects.filter(verdict="refuse", purpose="information").count() == 2


def test_closed_hours_are_waited_for_and_an_appointment_that_would_come_first_is_let_go(shop: Any) -> None:
    night = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # 22:00 in New York: nobody is called before 8:00
    agree(shop.workspace.id, LEAD, "information.call")
    agree(shop.workspace.id, OTHER, "information.call")
    noon, early = (
        booked(shop, starts=night + timedelta(hours=14)),
        booked(shop, OTHER, starts=night + timedelta(hours=10, minutes=30)),
    )
    hours = (night - NOON) / timedelta(hours=1)
    after(shop, hours)
    assert REFERENCES == []
    waits, gone = found(shop, noon)[1], found(shop, early)[1]
    assert waits is not None
    assert gone is not None
    assert (waits.state, waits.next_at) == ("waiting", night + timedelta(hours=10))
    assert "Not before" in waits.words
    assert gone.state == "done"
    assert gone.words.startswith(reminding.TOO_LATE)
    after(shop, hours + 9)
    assert REFERENCES == []
    after(shop, hours + 10)
    assert len(REFERENCES) == 1


def test_in_the_call_it_is_cancelled_or_moved(shop: Any) -> None:
    agree(shop.workspace.id, LEAD, "information.call")
    agree(shop.workspace.id, OTHER, "information.call")
    first, second = booked(shop), booked(shop, OTHER, starts=STARTS + timedelta(minutes=90))
    after(shop)
    assert len(REFERENCES) == 1  # the other one is not near yet
    answers(shop, "cancelled")
    with pytest.raises(ToolFailed):  # it is no appointment any more
        answers(shop, "confirmed")
    assert found(shop, first)[0].state == "cancelled"
    after(shop, 0.6)
    answers(shop, "wants_to_move")
    new = booked(shop, OTHER, starts=STARTS + timedelta(days=1), call=REFERENCES[-1])
    dial_ended("standin", REFERENCES[-1], answered=True, cost_micros=1000)
    with workspace_scope(shop.workspace.id):
        Call.objects.filter(id=REFERENCES[-1]).update(state="ended", outcome="booking")
    after(shop, 0.7)
    moved = found(shop, second)[0]
    assert (moved.answer, moved.state) == ("moved", "cancelled")
    assert found(shop, new)[0].state == "booked"


@pytest.mark.parametrize(
    ("outcome", "answer"), [("voicemail", "voicemail"), ("not_reached", "not_reached"), ("message", "reached")]
)
def test_who_was_not_spoken_with_is_not_called_again(shop: Any, outcome: str, answer: str) -> None:
    agree(shop.workspace.id, LEAD, "information.call")
    row = booked(shop)
    after(shop)
    dial_ended("standin", REFERENCES[0], answered=outcome != "not_reached", cost_micros=0)
    with workspace_scope(shop.workspace.id):
        Call.objects.filter(id=REFERENCES[0]).update(state="ended", outcome=outcome)
    for hour in (1, 6, 18):
        after(shop, hour)
    assert len(REFERENCES) == 1
    assert found(shop, row)[0].answer == answer


def test_a_process_that_dies_loses_no_reminder_and_doubles_none(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    agree(shop.workspace.id, LEAD, "information.call")
    row = booked(shop)
    with monkeypatch.context() as dying:
        dying.setattr(reminding, "_dial", lambda one, now: None)  # written down, and dead before the claim
        after(shop)
    after(shop, 0.01)
    assert REFERENCES == []
    after(shop, 0.1)
    assert len(REFERENCES) == 1
    with workspace_scope(shop.workspace.id):  # dead after the dial, before anything was noted
        Reminder.objects.filter(booking=row).update(state="calling", call=None)
    for hour in (1, 2, 3):
        after(shop, hour)
    assert len(REFERENCES) == 1
    assert found(shop, row)[0].answer == "unknown"


def test_what_is_off_or_not_ready_calls_nobody(shop: Any) -> None:
    agree(shop.workspace.id, LEAD, "information.call")
    row = booked(shop)
    with workspace_scope(shop.workspace.id):
        Agent.objects.filter(id=shop.agent.id).update(live=False)
    after(shop)
    _, reminder = found(shop, row)
    assert reminder is not None
    assert (reminder.state, reminder.words) == ("waiting", "The agent is switched off.")
    with workspace_scope(shop.workspace.id):
        Agent.objects.filter(id=shop.agent.id).update(live=True)
        reminding.switch(shop.agent, 0)
    after(shop, 1)
    assert REFERENCES == []
    assert found(shop, row)[1] is None
    assert shop.workspace.id not in reminding.busy()
    with workspace_scope(shop.workspace.id):
        reminding.switch(shop.agent, 24)
        cancel(row)
    after(shop, 1)
    assert REFERENCES == []


def test_a_yes_to_being_reminded_is_consent_and_erasure_takes_the_reminder(shop: Any) -> None:
    with workspace_scope(shop.workspace.id):
        call = Call.objects.create(
            workspace=shop.workspace, agent_version=shop.version, subject=subject_for_number(shop.workspace.id, LEAD),
            line="standin", direction="inbound", storage_mode="everything",
        )  # fmt: skip
        assert in_call.offers_reminder(call)
        with pytest.raises(ToolFailed):
            in_call.remind_me(call, {"wanted": "true"})
    row = booked(shop, call=call.id)
    with workspace_scope(shop.workspace.id):
        assert in_call.remind_me(call, {"wanted": ""}) == {"kept": ""}
        assert not ledger.granted(call.subject, "information.call")
        assert in_call.remind_me(call, {"wanted": "true"}) == {"kept": "true"}
        assert ledger.granted(call.subject, "information.call")
    after(shop)
    assert len(REFERENCES) == 1
    with workspace_scope(shop.workspace.id):
        subject = Booking.objects.get(id=row.id).subject
        assert subject is not None
        [held] = export_reminders(subject)
        assert (held["appointment"], held["state"], held["called_at"]) == (STARTS, "calling", NOON)
        erasing.erase(subject, reason="request", requested_by="test")
    assert found(shop, row)[1] is None
