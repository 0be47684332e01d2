"""Calls that remind of an appointment: whether an agent makes them, and the one call of each appointment."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ringtrue.accounts.models import WorkspaceRow
from ringtrue.agents.models import Agent
from ringtrue.calendars.models import Booking
from ringtrue.privacy.models import Subject

ANSWERS = {
    "confirmed": "They will come",
    "wants_to_move": "They want another time",
    "moved": "Moved to another time in the call",
    "cancelled": "Cancelled in the call",
    "voicemail": "An answering machine answered",
    "not_reached": "Nobody was reached",
    "reached": "Spoke with them; they did not say whether they come",
    "opt_out": "They asked not to be called any more",
    "unknown": "Nobody knows how the call went",
}
"""What `Booking.answer` may hold, in words for the business."""


class ReminderSettings(WorkspaceRow):
    """An agent without a row reminds nobody."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, related_name="+")
    hours_before = models.IntegerField()
    voicemail = models.CharField(max_length=300, blank=True)  # what is left on an answering machine; "" hangs up


class Reminder(WorkspaceRow):
    """The intent to call once for an appointment, committed before the dial: the database refuses a second. Its claim is
    `reminder:<booking>`, which is dialed at most once, ever."""

    STATES = ("waiting", "calling", "done")
    booking = models.OneToOneField(Booking, on_delete=models.CASCADE, related_name="reminder")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, default="waiting")
    next_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    call = models.UUIDField(null=True, db_index=True)
    words = models.TextField(blank=True)  # why it was not called, or not yet; nothing about anybody

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "state", "next_at"])]

    @property
    def claim(self) -> str:
        return f"reminder:{self.booking_id}"
