"""Calls that remind of appointments: which agent makes them, and what came of each."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.accounts.roles import may
from ringtrue.agents.models import Agent
from ringtrue.calendars import booking as bookings
from ringtrue.calendars.models import Booking
from ringtrue.console.views.agent_pages import find
from ringtrue.core import audit
from ringtrue.reminders import reminding
from ringtrue.reminders.models import Reminder, ReminderSettings

A_PAGE = 25
WHEN = (
    ("0", "No calls"),
    ("2", "2 hours before"),
    ("4", "4 hours before"),
    ("24", "The day before, 24 hours"),
    ("48", "Two days before, 48 hours"),
)
LONGEST = 300  # characters of what is left on a machine


@needs("calendars.read")
def page(request: ConsoleRequest) -> HttpResponse:
    chosen = {row.agent_id: row for row in ReminderSettings.objects.filter(workspace=request.workspace)}
    agents = Agent.objects.filter(workspace=request.workspace, calendars__isnull=False).distinct().order_by("name")
    done = Reminder.objects.filter(workspace=request.workspace).select_related("booking").order_by("-booking__starts_at")
    listed = Paginator(done, A_PAGE).get_page(request.GET.get("page"))
    names = may(request.role, "contacts.read")
    shown = {
        "agents": [(agent, _state(agent, chosen.get(agent.id))) for agent in agents],
        "options": WHEN,
        "rows": [(one, _name(one.booking) if names else "") for one in listed.object_list],
        "page": listed,
    }
    return render(request, "console/calendar/reminders.html", shown)


@require_POST
@needs("campaigns.change")
def switch(request: ConsoleRequest, agent_slug: str) -> HttpResponse:
    agent, hours = find(request, agent_slug), request.POST.get(f"reminder-{agent_slug}-hours_before", "")
    if hours in dict(WHEN):
        reminding.switch(agent, int(hours), request.POST.get(f"reminder-{agent_slug}-voicemail", "").strip()[:LONGEST])
        audit.record(
            "reminders.changed", actor=f"user:{request.user.id}", workspace_id=request.workspace.id, target=f"agent:{agent.id}"
        )
        messages.success(request, "Saved." if hours != "0" else "Saved. Nobody is reminded by a call.")
    return redirect("console:reminders", request.workspace.slug)


def _state(agent: Agent, row: ReminderSettings | None) -> dict[str, str]:
    hours, voicemail = (str(row.hours_before), row.voicemail) if row else ("0", "")
    return {"key": agent.slug, "hours_before": hours, "voicemail": voicemail}


def _name(booking: Booking) -> str:
    return bookings.who(booking).get("name", "")
