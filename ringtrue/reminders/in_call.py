"""What a call has to do with reminders: the one that reminds, and the one in which an appointment is made."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils import timezone

from ringtrue.calendars import booking as bookings
from ringtrue.calendars.models import Booking
from ringtrue.calls.models import Call
from ringtrue.core import audit
from ringtrue.privacy import ledger
from ringtrue.privacy.subjects import subject_for_number
from ringtrue.reminders.models import Reminder, ReminderSettings
from ringtrue.reminders.reminding import number_of
from ringtrue.voice.agent import REMINDER_QUESTION, Agent, Mission
from ringtrue.voice.brains.dates import spoken_day
from ringtrue.voice.brains.times import spoken_time
from ringtrue.voice.port import ToolFailed

SAID = ("confirmed", "wants_to_move", "cancelled")


def mission_for(call: Call, agent: Agent) -> Mission | None:
    """None for a call that reminds of nothing. Who picks up is not told what the appointment is for. Needs the scope."""
    one = _of(call)
    if one is None:
        return None
    zone = ZoneInfo(agent.time_zone)
    starts = one.booking.starts_at.astimezone(zone)
    when = (
        f"{spoken_day(starts.date(), timezone.now().astimezone(zone).date())} at {spoken_time(f'{starts:%H:%M}', agent.language)}"
    )
    settings = ReminderSettings.objects.filter(agent__calendars=one.booking.calendar_id).first()
    return Mission(
        goal="remind",
        reason=f"I'm calling to remind you of your appointment {when.rstrip('.')}.",
        facts=f"The appointment is for: {one.booking.service}.",
        voicemail=settings.voicemail if settings else "",
        appointment=one.booking.service,
    )


def offers_reminder(call: Call) -> bool:
    """Needs the scope."""
    return ReminderSettings.objects.filter(agent_id=call.agent_version.agent_id).exists() and not call.is_test


def appointment(call: Call, given: dict[str, str]) -> dict[str, str]:
    """What the person said of the appointment that they are reminded of. Raises ToolFailed. Needs the scope."""
    one, answer = _of(call), given.get("answer", "")
    if one is None or answer not in SAID or one.booking.state != "booked":
        raise ToolFailed("no_reminder")
    Booking.objects.filter(id=one.booking_id).update(answer=answer)
    if answer == "cancelled":
        bookings.cancel(one.booking)
        audit.record(
            "booking.cancelled", actor=f"call:{call.id}", workspace_id=call.workspace_id, target=f"booking:{one.booking_id}"
        )
    return {"done": "true"}


def remind_me(call: Call, given: dict[str, str]) -> dict[str, str]:
    """Whoever booked in this call says whether they want a call before it. A yes is their consent to such calls, a no holds for this
    appointment. {"kept": "true"} where they will be called. Needs the scope."""
    booking = (
        Booking.objects.filter(call_id=call.id, state="booked").select_related("calendar__agent").order_by("created_at").last()
    )
    if booking is None:
        raise ToolFailed("no_booking")
    wanted, number = bool(given.get("wanted")), number_of(booking)
    Booking.objects.filter(id=booking.id).update(wants_reminder=wanted)
    if not wanted or not number:
        return {"kept": ""}
    ledger.record(
        subject_for_number(call.workspace_id, number, kind="caller"),
        "information.call",
        True,
        "asked",
        REMINDER_QUESTION,
        call.id,
    )
    return {"kept": "true"}


def _of(call: Call) -> Reminder | None:
    return (
        Reminder.objects.filter(call=call.id).select_related("booking__calendar").first()
        if call.direction == "outbound"
        else None
    )
