"""What this feature keeps, declared. Who is called stands in the appointment, sealed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

from ringtrue.privacy.data_map import Instant, Removed, declare
from ringtrue.privacy.models import Subject
from ringtrue.reminders.models import Reminder


def erase_reminders(subject: Subject) -> Removed:
    rows, _ = Reminder.objects.filter(subject=subject).delete()
    return Removed(rows=rows)


class HeldReminder(TypedDict):
    appointment: Instant
    state: str
    called_at: Instant | None
    not_called_because: str


def export_reminders(subject: Subject) -> Iterable[Any]:
    for one in Reminder.objects.filter(subject=subject).select_related("booking").order_by("booking__starts_at"):
        yield {
            "appointment": one.booking.starts_at,
            "state": one.state,
            "called_at": one.begun_at if one.call else None,
            "not_called_because": one.words,
        }


declare(
    store="reminders_reminder", what="calls that reminded of an appointment: when, or why not", category="call_metadata",
    subject="caller", retention="transcripts", purpose="reminding of an appointment, once", erase=erase_reminders,
    export=export_reminders, shape=HeldReminder,
)  # fmt: skip
declare(
    store="reminders_remindersettings", what="which agents remind of appointments, and when", category="configuration",
    subject="none", retention="while_active", purpose="reminding of appointments",
)  # fmt: skip
