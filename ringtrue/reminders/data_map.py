"""What this feature keeps, declared. Who is called stands in the appointment, sealed."""

from __future__ import annotations

from ringtrue.privacy.data_map import Removed, declare
from ringtrue.privacy.models import Subject
from ringtrue.reminders.models import Reminder


def erase_reminders(subject: Subject) -> Removed:
    rows, _ = Reminder.objects.filter(subject=subject).delete()
    return Removed(rows=rows)


declare(
    store="reminders_reminder", what="calls that reminded of an appointment: when, or why not", category="call_metadata",
    subject="caller", retention="transcripts", purpose="reminding of an appointment, once", erase=erase_reminders,
)  # fmt: skip
declare(
    store="reminders_remindersettings", what="which agents remind of appointments, and when", category="configuration",
    subject="none", retention="while_active", purpose="reminding of appointments",
)  # fmt: skip
