"""Calls to review, and the answers of whoever reviewed one. The questions stand on the page of the call."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.calls import improving, reviewing
from ringtrue.calls.counting import FEWEST
from ringtrue.console.call_rows import rows
from ringtrue.console.views.call import find


@needs("calls.review")
def index(request: ConsoleRequest) -> HttpResponse:
    shown = {
        "rows": rows(reviewing.waiting(request.workspace.id), with_content=True),
        "scores": reviewing.scorecard(request.workspace.id),
        "one_in": reviewing.ONE_IN,
        "counting": improving.switched_on(request.workspace.id),
        "figures": improving.figures(request.workspace.id),
        "fewest": FEWEST,
    }
    return render(request, "console/calls/reviews.html", shown)


@require_POST
@needs("calls.review")
def save(request: ConsoleRequest, call_id: UUID) -> HttpResponse:
    call = find(request, call_id)
    if call.state != "ended":
        messages.error(request, "This call can be reviewed when it has ended.")
        return redirect("console:call", request.workspace.slug, call.id)
    reviewing.review(call, request.user, request.POST, request.POST.get("note", ""))
    messages.success(request, "Your review is saved.")
    return redirect("console:reviews", request.workspace.slug)
