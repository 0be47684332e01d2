"""Holds: what must be kept for now, for a law, a dispute or an agreement."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.console.views.showing_forms import entered_day
from ringtrue.numbers.reading import e164
from ringtrue.privacy import legal_holds
from ringtrue.privacy.models import Hold
from ringtrue.rights.verifying import find

REASONS = (
    ("legal", "A law or an authority asks for it"),
    ("dispute", "A dispute"),
    ("agreement", "An agreement has to be enforced"),
)


@needs("privacy.read", change="privacy.change")
def page(request: ConsoleRequest) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        number, day = request.POST.get("number", "").strip(), entered_day(request.POST.get("review", ""))
        subject = find(request.workspace.id, number=e164(number)) if number else None
        try:
            if number and subject is None:
                raise ValueError("nobody is on record under this number")
            review = timezone.make_aware(datetime.combine(day, time(9))) if day else timezone.now() - timedelta(days=1)
            legal_holds.place(
                request.workspace.id,
                request.POST.get("reason", ""),
                request.POST.get("law", "")[:200],
                request.user,
                review,
                subject,
            )
            messages.success(request, "Kept from now on.")
            return redirect("console:holds", request.workspace.slug)
        except ValueError as why:
            problem = str(why)[:1].upper() + str(why)[1:] + "."
    shown = {
        "tab": "privacy", "holds": legal_holds.standing(request.workspace.id).select_related("owner"), "reasons": REASONS,
        "words": dict(REASONS), "problem": problem, "state": request.POST,
    }  # fmt: skip
    return render(request, "console/settings/holds.html", shown, status=422 if problem else 200)


@require_POST
@needs("privacy.change")
def lift(request: ConsoleRequest, hold_id: UUID) -> HttpResponse:
    legal_holds.lift(get_object_or_404(Hold, workspace=request.workspace, id=hold_id), f"user:{request.user.id}")
    messages.success(request, "Lifted. What is too old goes with the next nightly run.")
    return redirect("console:holds", request.workspace.slug)
