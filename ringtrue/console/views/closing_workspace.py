"""Closing the workspace, and taking it up again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.privacy import closing, legal_holds
from ringtrue.privacy.policy import effective
from ringtrue.privacy.policy_words import words


@needs("workspace.close")
def page(request: ConsoleRequest) -> HttpResponse:
    workspace, problem = request.workspace, ""
    if request.method == "POST":
        if request.POST.get("do") == "take_up":
            if closing.take_up(workspace.id, request.user, request.role):
                messages.success(request, "Welcome back. Calls are answered again.")
            else:
                messages.error(request, "There is nothing to take up again.")
            return redirect("console:close", workspace.slug)
        if " ".join(request.POST.get("name", "").split()) == workspace.name:
            closing.close(workspace.id, request.user, request.role)
            messages.warning(request, "The workspace is closed. No call is answered from now on.")
            return redirect("console:close", workspace.slug)
        problem = "This is not the name of the workspace."
    shown = {
        "tab": "workspace",
        "closure": closing.closure_of(workspace.id),
        "hold": legal_holds.standing(workspace.id).first(),
        "grace": words("closure.grace", effective(workspace.id, "closure.grace").value),
        "days": words("closure.days", effective(workspace.id, "closure.days").value),
        "origin": effective(workspace.id, "closure.days").origin,
        "problem": problem,
    }
    return render(request, "console/settings/close.html", shown, status=422 if problem else 200)
