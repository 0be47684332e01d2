"""What carriers and engines were asked to delete, and what they said."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.privacy import deleting_elsewhere, subprocessors
from ringtrue.privacy.models import ProviderDeletion

SHOWN = 100


@needs("privacy.read")
def page(request: ConsoleRequest) -> HttpResponse:
    rows = ProviderDeletion.objects.filter(workspace=request.workspace).order_by("-asked_at")
    shown = {
        "tab": "privacy",
        "rows": [(row, subprocessors.title(row.provider), deleting_elsewhere.WORDS[row.state]) for row in rows[:SHOWN]],
        "more": max(0, rows.count() - SHOWN),
    }
    return render(request, "console/settings/elsewhere.html", shown)


@require_POST
@needs("privacy.change")
def ask_again(request: ConsoleRequest, deletion_id: UUID) -> HttpResponse:
    deleting_elsewhere.ask_again(get_object_or_404(ProviderDeletion, workspace=request.workspace, id=deletion_id))
    messages.success(request, "They are asked again within a minute.")
    return redirect("console:deleted_elsewhere", request.workspace.slug)
