"""The list of calls, with filters and search.

What is searched for may be a person's name or number, so it is posted: it must not stand in an address or an access log.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.accounts.roles import may
from ringtrue.agents.models import Agent
from ringtrue.calls import time_limit
from ringtrue.calls.models import Call
from ringtrue.calls.searching import search
from ringtrue.console.call_rows import rows
from ringtrue.console.templatetags.console_parts import LINES, OUTCOMES
from ringtrue.console.views.showing_forms import entered_day

FILTERS = ("outcome", "agent", "line", "recorded", "since", "until")


@needs("calls.list")
def index(request: ConsoleRequest) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    chosen: dict[str, Any] = {name: asked.get(name, "").strip() for name in FILTERS}
    chosen["q"] = request.POST.get("q", "").strip()[:200]
    reads = may(request.role, "calls.read")
    found = narrowed(request, chosen, reads)
    page = Paginator(found, request.user.calls_per_page).get_page(asked.get("page"))
    shown = {
        "rows": rows(page.object_list, with_content=reads),
        "page": page,
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "reads": reads,
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "console/calls/list.html", shown)
    shown |= {
        "agents": Agent.objects.filter(workspace=request.workspace).order_by("name"),
        "outcomes": [(key, words) for key, (words, _) in OUTCOMES.items()],
        "lines": LINES.items(),
    }
    return render(request, "console/calls/index.html", shown)


def narrowed(request: ConsoleRequest, chosen: dict[str, Any], reads: bool) -> QuerySet[Call]:
    found = Call.objects.filter(workspace=request.workspace).select_related("agent_version__agent").order_by("-created_at", "id")
    zone = ZoneInfo(request.workspace.time_zone)
    if chosen["outcome"] in OUTCOMES:
        found = found.filter(outcome=chosen["outcome"])
    if chosen["agent"]:
        found = found.filter(agent_version__agent__slug=chosen["agent"])
    if chosen["line"]:
        found = found.filter(line=chosen["line"])
    if chosen["recorded"] in ("yes", "no"):
        found = found.filter(recorded=chosen["recorded"] == "yes")
    if since := entered_day(chosen["since"]):
        found = found.filter(created_at__gte=datetime.combine(since, time(), zone))
    if until := entered_day(chosen["until"]):
        found = found.filter(created_at__lt=datetime.combine(until + timedelta(days=1), time(), zone))
    if chosen["q"] and reads:
        hits = search(request.workspace.id, chosen["q"])
        if limit := time_limit.shown_since(request.workspace.id):
            found = found.filter(created_at__gte=limit)  # a search must not tell what was said in a closed call
        found = found.filter(Q(id__in=hits.calls) | Q(subject__contact__id__in=hits.contacts))
    return found
