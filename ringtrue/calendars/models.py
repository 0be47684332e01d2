from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from ringtrue.accounts.models import WorkspaceRow
from ringtrue.privacy.models import Subject


class Calendar(WorkspaceRow):
    name = models.CharField(max_length=80)
    agent = models.ForeignKey("agents.Agent", on_delete=models.SET_NULL, null=True, related_name="calendars")


class TimeSpan(Func):
    function = "TSTZRANGE"
    output_field = models.Field()


class Booking(WorkspaceRow):
    """Two bookings of one calendar cannot overlap: the database refuses the second (exclusion constraint)."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="bookings")
    subject = models.ForeignKey(Subject, on_delete=models.SET_NULL, null=True)
    service = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=12, default="booked")  # booked, cancelled
    sealed = models.BinaryField(default=bytes)  # JSON {"name", "number", "note"}, vault context calendars.Booking
    call_id = models.UUIDField(null=True)
    wants_reminder = models.BooleanField(null=True)  # what they said when they booked; None where nobody asked
    answer = models.CharField(max_length=16, blank=True)  # to the reminder: a key of reminders.models.ANSWERS
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="no_double_booking",
                expressions=[
                    (TimeSpan(F("starts_at"), F("ends_at")), RangeOperators.OVERLAPS),
                    ("calendar", RangeOperators.EQUAL),
                ],
                condition=Q(state="booked"),
            )
        ]
