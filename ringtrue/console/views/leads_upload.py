"""A file of leads: choosing it, saying what its columns are, watching the import, fetching what was wrong."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.console.asking_purpose import unless_told
from ringtrue.core import audit
from ringtrue.leads import uploading
from ringtrue.leads.jobs import import_upload
from ringtrue.leads.mapping import KINDS, PURPOSES, Consent, Mapping, field_name, suggest, troubles
from ringtrue.leads.models import LeadList, RejectedRow, Upload
from ringtrue.leads.reading_tables import LARGEST, MOST_ROWS, FileRefused, Form, beginning
from ringtrue.leads.reporting import counted, rejected_csv

PREVIEWED = 6  # rows
PURPOSE_WORDS = (
    ("", "No agreement is known"),
    ("marketing.call", "They agreed to calls about offers"),
    ("information.call", "They agreed to calls with information, such as reminders"),
)


@needs("leads.change")
def receive_file(request: ConsoleRequest, lead_list_id: UUID) -> HttpResponse:
    chosen = get_object_or_404(LeadList, workspace=request.workspace, id=lead_list_id)
    trouble = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise FileRefused("Choose a file first.")
            upload = uploading.receive(chosen, file.read(), request.user)
        except FileRefused as refused:
            trouble = str(refused)
        else:
            return redirect("console:upload", request.workspace.slug, upload.id)
    shown = {"chosen": chosen, "trouble": trouble, "largest": LARGEST, "most_rows": MOST_ROWS}
    return render(request, "console/leads/upload.html", shown, status=422 if trouble else 200)


@needs("leads.change")
def page(request: ConsoleRequest, upload_id: UUID) -> HttpResponse:
    upload = get_object_or_404(Upload.objects.select_related("lead_list"), workspace=request.workspace, id=upload_id)
    if upload.state == "waiting":
        return _mapping(request, upload)
    shown = {
        "upload": upload, "chosen": upload.lead_list, "wrong": counted(upload), "rejected": upload.next_row - upload.added,
        "kept": RejectedRow.objects.filter(upload=upload).exists(),
    }  # fmt: skip
    template = "console/leads/progress.html" if request.htmx else "console/leads/report.html"  # type: ignore[attr-defined]
    return render(request, template, shown)


@needs("leads.change")
def rejected(request: ConsoleRequest, upload_id: UUID) -> HttpResponse | StreamingHttpResponse:
    upload = get_object_or_404(Upload, workspace=request.workspace, id=upload_id)
    back = reverse("console:upload", args=[request.workspace.slug, upload.id])
    if asked := unless_told(request, "upload.rejected_fetched", f"upload:{upload.id}", file="Rows to correct", back=back):
        return asked
    response = HttpResponse("".join(rejected_csv(upload)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rows-to-correct.csv"'
    return response


def _mapping(request: ConsoleRequest, upload: Upload) -> HttpResponse:
    try:
        headings, rows = beginning(uploading.content(upload), msgspec.convert(upload.form, Form), PREVIEWED)
    except FileRefused as refused:
        messages.error(request, str(refused))
        return redirect("console:lead_upload", request.workspace.slug, upload.lead_list_id)
    found: list[str] = []
    columns = suggest(headings, rows, upload.lead_list.default_country)
    consent = Consent()
    if request.method == "POST":
        columns = [_column(request, i, heading) for i, heading in enumerate(headings)]
        consent = Consent(**{n: request.POST.get(n, "").strip()[:2000] for n in ("purpose", "wording", "given_on")})
        found = troubles(columns)
        if consent.purpose and consent.purpose not in PURPOSES:
            found.append("Choose what the people agreed to.")
        if "consent" in columns and not consent.purpose:
            found.append("A column says who agreed to be called. Choose what they agreed to, or leave that column out.")
        if consent.purpose and not consent.given_on and "consent_date" not in columns:
            found.append("Say on which day the people agreed, for all of them or in a column.")
        if not found:
            mapping = Mapping(headings=headings, columns=columns, country=upload.lead_list.default_country, consent=consent)
            uploading.begin(upload, mapping)
            import_upload.defer(upload_id=str(upload.id), workspace_id=str(request.workspace.id))
            audit.record(
                "upload.begun", actor=f"user:{request.user.id}", workspace_id=request.workspace.id, target=f"upload:{upload.id}"
            )
            return redirect("console:upload", request.workspace.slug, upload.id)
    shown: dict[str, Any] = {
        "upload": upload, "chosen": upload.lead_list, "troubles": found, "purposes": PURPOSE_WORDS,
        "state": msgspec.structs.asdict(consent),
        "columns": [
            (i, heading or f"Column {i + 1}", columns[i], _choices(heading), [row[i] for row in rows if i < len(row) and row[i]][:3])
            for i, heading in enumerate(headings)
        ],
    }  # fmt: skip
    return render(request, "console/leads/mapping.html", shown, status=422 if found else 200)


def _choices(heading: str) -> list[tuple[str, str]]:
    own = field_name(heading)
    named = [(own, f"Field of our own: {own.removeprefix('field:')}")] if own else []
    return [("", "Leave it out"), *KINDS.items(), *named]


def _column(request: ConsoleRequest, i: int, heading: str) -> str:
    chosen = request.POST.get(f"column-{i}", "")
    return chosen if chosen in dict(_choices(heading)) else ""
