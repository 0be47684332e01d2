"""The week of a workspace's bookings."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.accounts.roles import may
from ringtrue.calendars import booking as bookings
from ringtrue.calendars.models import Booking, Calendar
from ringtrue.console.views.showing_forms import entered_day
from ringtrue.core import audit


@needs("calendars.read")
def week(request: ConsoleRequest) -> HttpResponse:
    zone = ZoneInfo(request.workspace.time_zone)
    today = timezone.now().astimezone(zone).date()
    shown_day = entered_day(request.GET.get("day", "")) or today
    monday = shown_day - timedelta(days=shown_day.weekday())
    begin, end = (datetime.combine(monday + timedelta(days=n), time(), zone) for n in (0, 7))
    found = Booking.objects.filter(workspace=request.workspace, starts_at__gte=begin, starts_at__lt=end).select_related(
        "calendar"
    )
    # Someone who may plan but not see contacts sees that a time is taken, not by whom.
    names = may(request.role, "contacts.read")
    days = [{"day": monday + timedelta(days=n), "bookings": []} for n in range(7)]
    for row in found.order_by("starts_at"):
        entry = {"row": row, "who": bookings.who(row) if names else {}}
        days[(row.starts_at.astimezone(zone).date() - monday).days]["bookings"].append(entry)  # type: ignore[attr-defined]
    shown = {
        "days": days,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "today": today,
        "calendars": Calendar.objects.filter(workspace=request.workspace).order_by("name"),
        "coming": Booking.objects.filter(workspace=request.workspace, state="booked", starts_at__gte=max(end, timezone.now()))
        .order_by("starts_at")
        .first(),
        "any": any(day["bookings"] for day in days),
    }
    return render(request, "console/calendar/week.html", shown)


@require_POST
@needs("calendars.change")
def cancel(request: ConsoleRequest, booking_id: UUID) -> HttpResponse:
    row = get_object_or_404(Booking, workspace=request.workspace, id=booking_id)
    if row.state == "booked":
        bookings.cancel(row)
        audit.record(
            "booking.cancelled", actor=f"user:{request.user.id}", workspace_id=request.workspace.id, target=f"booking:{row.id}"
        )
        messages.success(request, "Cancelled. The time is free again. The caller was not told: please ring them.")
    day = row.starts_at.astimezone(ZoneInfo(request.workspace.time_zone)).date()
    return redirect(f"{reverse('console:calendar', args=[request.workspace.slug])}?day={day}")
