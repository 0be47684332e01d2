"""Reminding of appointments: one call each, at its time, with the same permit as every other call.

    an appointment comes near -> a row -> call -> what they answered, on the booking

All state is in rows. A process that dies leaves a reminder `calling`; the next round reads from attempt and call what became of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import F
from django.utils import timezone

from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.agents.models import Agent
from ringtrue.agents.publishing import current, snapshot_of
from ringtrue.calendars import booking as bookings
from ringtrue.calendars.models import Booking
from ringtrue.calls.models import Call
from ringtrue.dialing.ending import STUCK_AFTER, UNKNOWN_AFTER, never_dialed, outcome_of
from ringtrue.dialing.models import Attempt
from ringtrue.dialing.placing import Placed
from ringtrue.dialing.proposal import Defer
from ringtrue.numbers.reading import e164
from ringtrue.reception.answering import CallRefused
from ringtrue.reception.calling_out import CannotCall, call_out
from ringtrue.reminders.models import Reminder, ReminderSettings

log = structlog.get_logger(__name__)

LATEST = timedelta(hours=1)  # before the appointment; after that nobody is reminded any more
AT_ONCE = 2
AGAIN_AFTER = timedelta(minutes=15)  # where the agent or its number was not ready
OF_OUTCOME = {"voicemail": "voicemail", "opt_out": "opt_out", "unknown": "unknown"} | dict.fromkeys(
    ("not_reached", "no_speech", "failed"), "not_reached"
)
TOO_LATE = "There was no time left before the appointment."


def busy() -> list[UUID]:
    """Workspaces in which there may be something to do."""
    with system_scope("appointments of all workspaces are reminded of by one job"):
        on = ReminderSettings.objects.values_list("workspace_id", flat=True)
        return sorted({*on, *Reminder.objects.exclude(state="done").values_list("workspace_id", flat=True)})


def remind(workspace_id: UUID, now: datetime | None = None) -> None:
    """All that is to be done now. Opens its own transactions."""
    at = now or timezone.now()
    with workspace_scope(workspace_id):
        _settle(workspace_id, at)
        _write_down(workspace_id, at)
        due = _begin(workspace_id, at)
    for one in due:
        _dial(one, at)


def _write_down(workspace_id: UUID, now: datetime) -> None:
    """Appointments that have come near. One that was made when it was near already needs no reminder."""
    for chosen in ReminderSettings.objects.filter(workspace_id=workspace_id):
        before = timedelta(hours=chosen.hours_before)
        near = Booking.objects.filter(
            calendar__agent=chosen.agent_id, state="booked", reminder=None, subject__isnull=False, starts_at__gt=now + LATEST,
            starts_at__lte=now + before, created_at__lte=F("starts_at") - before,
        )  # fmt: skip
        rows = [
            Reminder(workspace_id=workspace_id, booking=one, subject=one.subject, next_at=now)
            for one in near.select_related("subject")
            if one.subject
        ]
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def _begin(workspace_id: UUID, now: datetime) -> list[Reminder]:
    """Those that are to be dialed now."""
    of_workspace = Reminder.objects.filter(workspace_id=workspace_id)
    free = AT_ONCE - of_workspace.filter(state="calling").count()
    waiting = of_workspace.filter(state="waiting", next_at__lte=now).select_for_update(skip_locked=True, of=("self",))
    due: list[Reminder] = []
    for one in waiting.select_related("booking__calendar__agent").order_by("booking__starts_at"):
        if one.booking.state != "booked":
            _close(one, "The appointment was cancelled before.")
        elif one.booking.starts_at <= now + LATEST:
            _close(one, f"{TOO_LATE} {one.words}".strip())
        elif one.booking.wants_reminder is False:
            _close(one, "They said that they need no reminder.")
        elif one.booking.calendar.agent is None or not number_of(one.booking):
            _close(one, "No telephone number was kept with this appointment.")
        elif len(due) < free:
            one.state, one.begun_at = "calling", now
            one.save(update_fields=["state", "begun_at"])
            due.append(one)
    return due


def number_of(booking: Booking) -> str:
    """E.164, as it was said when the appointment was made; "" where none was kept. Needs the scope."""
    version = current(booking.calendar.agent) if booking.calendar.agent else None
    return e164(bookings.who(booking).get("number", ""), snapshot_of(version).country) if version else ""


def _dial(one: Reminder, now: datetime) -> None:
    with workspace_scope(one.workspace_id):
        number, agent = number_of(one.booking), one.booking.calendar.agent
    assert agent is not None
    try:
        _, placed = call_out(
            agent, number, purpose="information", claim=one.claim, topic="reminder",
            opened=lambda call: _note_call(one, call),
        )  # fmt: skip
    except (CannotCall, CallRefused) as why:
        words = why.words if isinstance(why, CallRefused) else str(why)
        with workspace_scope(one.workspace_id):
            _back(one, now + AGAIN_AFTER, words)
    else:
        with workspace_scope(one.workspace_id):
            _conclude(one, placed)


def _note_call(one: Reminder, call: Call) -> None:
    Reminder.objects.filter(id=one.id).update(call=call.id)


def _conclude(one: Reminder, placed: Placed) -> None:
    verdict = placed.verdict
    if placed.state == "deferred" and isinstance(verdict, Defer):
        if verdict.until < one.booking.starts_at - LATEST:
            _back(one, verdict.until, verdict.words)
        else:
            _close(one, f"{TOO_LATE} {verdict.words}")
    elif placed.state == "refused":
        _close(one, placed.verdict.words)


def _back(one: Reminder, at: datetime, words: str) -> None:
    Reminder.objects.filter(id=one.id).update(state="waiting", next_at=at, call=None, words=words)


def _close(one: Reminder, words: str = "") -> None:
    """With words where nobody was called."""
    Reminder.objects.filter(id=one.id).update(state="done", words=words)


def switch(agent: Agent, hours_before: int, voicemail: str = "") -> None:
    """0 switches off; who was not called yet is not called then. Needs the scope."""
    if hours_before:
        chosen = {"hours_before": hours_before, "voicemail": voicemail}
        ReminderSettings.objects.update_or_create(workspace_id=agent.workspace_id, agent=agent, defaults=chosen)
        return
    ReminderSettings.objects.filter(agent=agent).delete()
    Reminder.objects.filter(booking__calendar__agent=agent, state="waiting").delete()


def _settle(workspace_id: UUID, now: datetime) -> None:
    calling = Reminder.objects.filter(workspace_id=workspace_id, state="calling").select_related("booking")
    for one in calling.select_for_update(skip_locked=True, of=("self",)):
        begun = one.begun_at or now
        attempt = Attempt.objects.filter(workspace_id=workspace_id, claim=one.claim).first()
        if attempt is None:
            if begun <= now - STUCK_AFTER and never_dialed(workspace_id, one.claim, one.call):
                _back(one, now, "")
            continue
        call = Call.objects.filter(id=one.call).first() if one.call else None
        if outcome := outcome_of(attempt, call, old=begun <= now - UNKNOWN_AFTER):
            _note_answer(one, outcome)
            _close(one)
            log.info("reminder over", reminder=str(one.id), outcome=outcome)


def _note_answer(one: Reminder, outcome: str) -> None:
    """What was said in the call stands on the booking already; here, what only its end tells."""
    Booking.objects.filter(id=one.booking_id, answer="").update(answer=OF_OUTCOME.get(outcome, "reached"))
    new = Booking.objects.filter(call_id=one.call, state="booked").exclude(id=one.booking_id) if one.call else None
    if new and one.booking.answer == "wants_to_move":
        bookings.cancel(one.booking)
        Booking.objects.filter(id=one.booking_id).update(answer="moved")
