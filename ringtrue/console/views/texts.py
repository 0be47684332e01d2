"""Text messages: which agents confirm bookings by one, and what was sent and received."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents.models import Agent
from ringtrue.console.views.agent_pages import find
from ringtrue.core import audit
from ringtrue.numbers.models import PhoneNumber
from ringtrue.reception import texting
from ringtrue.reception.models import TextMessage, TextSettings
from ringtrue.voice.agent import TEXT_QUESTION
from ringtrue.voice.lines import finding

A_PAGE = 25
WORDS = {
    "waiting": "Waiting", "sending": "Being sent", "sent": "Sent", "delivered": "Delivered", "failed": "Not sent", "refused": "Not sent",
    "unknown": "Nobody knows whether it was sent", "received": "Received",
}  # fmt: skip
WHY = {
    "opted_out": "They asked not to be contacted any more.",
    "opt_out": "They asked not to be contacted any more, and are on your do-not-call list.",
    "objected": "They objected to this use of their data.",
    "place_not_allowed": "Numbers of this country or kind may not be contacted; see Settings, Calling rules.",
    "too_late": "It could not be sent in time.",
    "no_number": "The number that it was to come from is gone.",
}


@needs("calls.read")
def page(request: ConsoleRequest) -> HttpResponse:
    on = set(TextSettings.objects.filter(workspace=request.workspace).values_list("agent_id", flat=True))
    agents = Agent.objects.filter(workspace=request.workspace, calendars__isnull=False).distinct().order_by("name")
    listed = Paginator(TextMessage.objects.filter(workspace=request.workspace).order_by("-created_at"), A_PAGE).get_page(
        request.GET.get("page")
    )
    ours = PhoneNumber.objects.filter(workspace=request.workspace).select_related("line_account")
    shown = {
        "agents": [(agent, agent.id in on) for agent in agents],
        "able": any(finding.part(one.line_account.line, "messages") for one in ours),
        "carriers": [about.title for about in finding.lines().values() if "messages" in about.can],
        "question": TEXT_QUESTION,
        "rows": [(row, texting.what_it_says(row), WORDS[row.state], WHY.get(row.code, "")) for row in listed.object_list],
        "page": listed,
    }
    return render(request, "console/calendar/texts.html", shown)


@require_POST
@needs("campaigns.change")
def switch(request: ConsoleRequest, agent_slug: str) -> HttpResponse:
    agent, on = find(request, agent_slug), request.POST.get("on") == "1"
    texting.switch(agent, on)
    audit.record("texts.changed", actor=f"user:{request.user.id}", workspace_id=request.workspace.id, target=f"agent:{agent.id}")
    messages.success(request, f"{agent.name} {'offers a text message to whoever books' if on else 'offers no text messages'}.")
    return redirect("console:texts", request.workspace.slug)
