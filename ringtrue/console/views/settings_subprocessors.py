"""Who gets data of the workspace: the register of sub-processors, entering one, ending one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.console.views.showing_forms import entered_day
from ringtrue.privacy import subprocessors
from ringtrue.privacy.policy import CHOICES
from ringtrue.privacy.policy_words import words
from ringtrue.privacy.register_models import Subprocessor

TYPED = ("name", "kind", "does", "region", "agreement", "transfer_tool", "clauses", "necessary_because")
KINDS = (
    ("telephony", "Carries calls"), ("language_model", "Language model"), ("speech", "Hears and speaks"), ("hosting", "Hosting"),
    ("payment", "Payments"), ("email", "E-mail"), ("crm", "Customer records"), ("analytics", "Analytics"), ("affiliate", "Affiliate"),
)  # fmt: skip


@needs("privacy.read", change="privacy.change")
def page(request: ConsoleRequest) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        typed = {key: request.POST.get(key, "").strip()[:300] for key in TYPED}
        typed["transfer_tool"] = typed["transfer_tool"] or "none"
        try:
            row = subprocessors.register(
                request.workspace.id, **typed, provider=request.POST.get("provider", "").strip()[:40] or typed["name"][:40].lower(),
                agreed_on=entered_day(request.POST.get("agreed_on", "")), by=f"user:{request.user.id}",
            )  # fmt: skip
            messages.success(
                request,
                f"Entered. {row.name} may get data from {row.starts_at:%B} {row.starts_at.day} on; everybody here is told.",
            )
            return redirect("console:settings_subprocessors", request.workspace.slug)
        except subprocessors.NotRegistrable as why:
            problem = str(why)
    shown = {
        "tab": "subprocessors", "problem": problem, "state": request.POST, "closed": subprocessors.closed(request.workspace.id),
        "standing": subprocessors.standing(request.workspace.id), "announced": subprocessors.announced(request.workspace.id),
        "connected": subprocessors.connected(request.workspace.id),
        "installation": subprocessors.of_installation(), "kinds": KINDS,
        "providers": [("", "Another company"), *((key, known[0]) for key, known in subprocessors.KNOWN.items())],
        "tools": [(tool, words("residency.transfer_tool", tool)) for tool in CHOICES["residency.transfer_tool"]],
    }  # fmt: skip
    return render(request, "console/settings/subprocessors.html", shown, status=422 if problem else 200)


@require_POST
@needs("privacy.change")
def end(request: ConsoleRequest, subprocessor_id: UUID) -> HttpResponse:
    row = get_object_or_404(Subprocessor, workspace=request.workspace, id=subprocessor_id)
    subprocessors.end(row, f"user:{request.user.id}")
    messages.success(request, f"Ended. Nothing leaves for {row.name} any more.")
    return redirect("console:settings_subprocessors", request.workspace.slug)
