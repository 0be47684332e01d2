"""Help: what people of a workspace write to the operator, and which staff may look at the workspace because of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts import staff_access, tickets
from ringtrue.accounts.access import needs
from ringtrue.accounts.models import StaffGrant, SupportTicket
from ringtrue.accounts.roles import may

KINDS = (("help", "I need help"), ("feedback", "I have feedback"), ("other", "Something else"))


class TicketForm(forms.Form):
    kind = forms.ChoiceField(label="What is it?", choices=KINDS)
    words = forms.CharField(label="Your words", max_length=tickets.LONGEST, widget=forms.Textarea({"rows": 4}))
    about = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)


@needs("workspace.read")
def page(request: Any) -> HttpResponse:
    form = TicketForm(request.POST or None, initial={"about": request.GET.get("about", "")[:120]})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        tickets.open_ticket(request.workspace.id, request.user, told["kind"], told["words"], told["about"])
        messages.success(request, "Thank you. It is with the operator of this installation.")
        return redirect("console:support", request.workspace.slug)
    rows = SupportTicket.objects.select_related("opened_by").order_by("-at")[:50]
    shown = {
        "form": form,
        "tickets": [(row, tickets.words_of(row), dict(KINDS)[row.kind]) for row in rows],
        "grants": staff_access.of_workspace(request.workspace.id),
        "may_grant": may(request.role, "members.change"),
        "tab": "support",
    }
    return render(request, "members/support.html", shown)


@require_POST
@needs("members.change")
def grant(request: Any, support_ticket_id: UUID) -> HttpResponse:
    ticket = get_object_or_404(SupportTicket, workspace=request.workspace, id=support_ticket_id)
    hours = request.POST.get("hours", "")
    try:
        staff_access.give(
            ticket, request.POST.get("email", ""), request.POST.get("reason", "")[:200],
            int(hours) if hours.isdigit() else 0, request.user,
        )  # fmt: skip
    except ValueError as why:
        messages.error(request, str(why))
    return redirect("console:support", request.workspace.slug)


@require_POST
@needs("members.change")
def close(request: Any, support_ticket_id: UUID) -> HttpResponse:
    staff_access.close(get_object_or_404(SupportTicket, workspace=request.workspace, id=support_ticket_id), request.user)
    return redirect("console:support", request.workspace.slug)


@require_POST
@needs("members.change")
def end_grant(request: Any, grant_id: UUID) -> HttpResponse:
    staff_access.end(get_object_or_404(StaffGrant, workspace=request.workspace, id=grant_id), request.user)
    return redirect("console:support", request.workspace.slug)
