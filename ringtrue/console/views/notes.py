"""Notes of the business: written, read, taken away and downloaded."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents import notes
from ringtrue.agents.models import Note
from ringtrue.console.asking_purpose import unless_told
from ringtrue.core import audit


@needs("notes.read", change="notes.change")
def page(request: ConsoleRequest) -> HttpResponse:
    title, text = request.POST.get("title", "").strip(), request.POST.get("text", "").strip()
    if request.method == "POST" and title:
        try:
            row = notes.write(request.workspace.id, request.user, title, text)
        except notes.TooMany:
            messages.error(request, f"There are {notes.MOST} notes already. Remove one first.")
        else:
            _record(request, "note.written", row.id)
            messages.success(request, "The note is kept.")
        return redirect("console:settings_notes", request.workspace.slug)
    shown = {"tab": "notes", "notes": notes.written(request.workspace.id), "text": text, "missing": request.method == "POST"}
    return render(request, "console/settings/notes.html", shown, status=422 if shown["missing"] else 200)


@require_POST
@needs("notes.change")
def remove(request: ConsoleRequest, note_id: UUID) -> HttpResponse:
    get_object_or_404(Note, workspace=request.workspace, id=note_id).delete()
    _record(request, "note.removed", note_id)
    messages.success(request, "The note is gone.")
    return redirect("console:settings_notes", request.workspace.slug)


@require_GET
@needs("notes.change")
def export(request: ConsoleRequest) -> HttpResponse:
    back = reverse("console:settings_notes", args=[request.workspace.slug])
    if asked := unless_told(request, "notes.downloaded", f"workspace:{request.workspace.id}", file="All notes", back=back):
        return asked
    held = [{"title": note.title, "text": note.text, "at": note.at} for note in notes.written(request.workspace.id)]
    response = JsonResponse({"notes": held}, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="notes.json"'
    return response


def _record(request: ConsoleRequest, action: str, note_id: UUID) -> None:
    audit.record(action, actor=f"user:{request.user.id}", workspace_id=request.workspace.id, target=f"note:{note_id}")
