"""Home: today, what waits for someone, who is on the line, and the first steps."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.accounts.models import Membership
from ringtrue.accounts.roles import may
from ringtrue.accounts.workspaces import remember_place
from ringtrue.agents.models import Agent, AgentVersion
from ringtrue.calendars.models import Booking
from ringtrue.calls import messages as taken
from ringtrue.calls.models import Call, Message
from ringtrue.console.call_rows import rows
from ringtrue.core import audit
from ringtrue.numbers.models import PhoneNumber
from ringtrue.privacy.policy import effective

DAYS_SHOWN = 14


class Step(NamedTuple):
    words: str
    more: str
    url_name: str
    done: bool


@needs("workspace.read")
def home(request: ConsoleRequest) -> HttpResponse:
    remember_place(request.user, request.workspace)
    zone = ZoneInfo(request.workspace.time_zone)
    today = datetime.combine(timezone.now().astimezone(zone).date(), time(), zone)
    lists, reads = may(request.role, "calls.list"), may(request.role, "calls.read")
    calls = Call.objects.filter(workspace=request.workspace)
    shown: dict[str, Any] = {"greeting": _greeting(timezone.now().astimezone(zone)), "steps": _steps(request)}
    if lists:
        of_today = calls.filter(created_at__gte=today)
        latest = calls.select_related("agent_version__agent").order_by("-created_at")[:6]
        shown |= {
            "figures": of_today.aggregate(
                calls=Count("id"),
                bookings=Count("id", filter=Q(outcome="booking")),
                live=Count("id", filter=Q(state__in=("ringing", "live"))),
            ),
            "latest": rows(latest, with_content=reads),
            "by_day": _by_day(calls, today, zone),
        }
    if reads:
        waiting = Message.objects.filter(workspace=request.workspace, done_at=None).select_related("call").order_by("-created_at")
        shown |= {
            "waiting_count": waiting.count(),
            "waiting": [(row, taken.read(row)) for row in waiting[:10]],
            "keeps_messages": effective(request.workspace.id, "storage.mode").value != "metadata_only",
        }
    if may(request.role, "calendars.read"):
        ahead = Booking.objects.filter(
            workspace=request.workspace,
            state="booked",
            starts_at__gte=timezone.now(),
            starts_at__lt=timezone.now() + timedelta(days=7),
        )
        shown["coming"] = list(ahead.order_by("starts_at")[:5])
    return render(request, "console/home.html", shown)


@require_POST
@needs("messages.handle")
def message_done(request: ConsoleRequest, message_id: UUID) -> HttpResponse:
    row = get_object_or_404(Message, workspace=request.workspace, id=message_id)
    row.done_at = None if request.POST.get("undo") else row.done_at or timezone.now()
    row.save(update_fields=["done_at"])
    audit.record("message.done", actor=f"user:{request.user.id}", workspace_id=request.workspace.id, target=f"message:{row.id}")
    if request.POST.get("back") == "call":
        return redirect("console:call", request.workspace.slug, row.call_id)
    messages.success(request, "Done. You find the message on the page of its call.")
    return redirect("console:home", request.workspace.slug)


def _greeting(now: datetime) -> str:
    return "Good morning" if now.hour < 12 else "Good afternoon" if now.hour < 18 else "Good evening"


def _by_day(calls: Any, today: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    first = today.date() - timedelta(days=DAYS_SHOWN - 1)
    counts = dict.fromkeys((first + timedelta(days=n) for n in range(DAYS_SHOWN)), 0)
    for moment in calls.filter(created_at__gte=datetime.combine(first, time(), zone)).values_list("created_at", flat=True):
        day = moment.astimezone(zone).date()
        if day in counts:
            counts[day] += 1
    most = max(counts.values()) or 1
    return [{"day": day, "count": count, "share": count / most} for day, count in counts.items()] if any(counts.values()) else []


def _steps(request: ConsoleRequest) -> list[Step]:
    """Empty when all are done, or for someone who could not do them."""
    if not may(request.role, "agents.change") or not may(request.role, "numbers.change"):
        return []
    workspace = request.workspace
    own = Q(workspace=workspace)
    found = [
        Step("Describe your business", "Hours, services, the questions people ask", "agents", Agent.objects.filter(own).exists()),
        Step("Publish your agent", "So that it can be called", "agents", AgentVersion.objects.filter(own).exists()),
        Step("Try it in the browser", "Ask it what your callers ask", "agents", Call.objects.filter(own, is_test=True).exists()),
        Step(
            "Connect a phone number", "Then real callers are answered", "settings_lines", PhoneNumber.objects.filter(own).exists()
        ),
        Step("Invite a colleague", "Everyone gets a role of their own", "members", Membership.objects.filter(own).count() > 1),
    ]
    return [] if all(step.done for step in found) else found
