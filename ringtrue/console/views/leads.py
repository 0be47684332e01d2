"""Finding leads, on one list or all, and saved filters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.leads.finding import Filters, find, stopped_among
from ringtrue.leads.models import LeadList, Segment, Upload
from ringtrue.leads.reading import card

A_PAGE = 30
YES_NO = (("", "All"), ("yes", "Yes"), ("no", "No"))


@needs("leads.read")
def index(request: ConsoleRequest) -> HttpResponse:
    lists = LeadList.objects.filter(workspace=request.workspace).annotate(size=Count("leads")).order_by("-created_at")
    segments = Segment.objects.filter(workspace=request.workspace).order_by("name")
    return render(request, "console/leads/index.html", {"lists": lists, "segments": segments})


@needs("leads.read")
def everyone(request: ConsoleRequest) -> HttpResponse:
    return _people(request, Filters(), {"title": "All leads"})


@needs("leads.read")
def segment(request: ConsoleRequest, segment_id: UUID) -> HttpResponse:
    saved = get_object_or_404(Segment, workspace=request.workspace, id=segment_id)
    return _people(request, msgspec.convert(saved.filters, Filters), {"title": saved.name, "segment": saved})


@needs("leads.read")
def lead_list(request: ConsoleRequest, lead_list_id: UUID) -> HttpResponse:
    chosen = get_object_or_404(LeadList, workspace=request.workspace, id=lead_list_id)
    uploads = Upload.objects.filter(lead_list=chosen).exclude(state="gone").order_by("-created_at")[:5]
    shown = {"title": chosen.name, "chosen": chosen, "uploads": uploads}
    return _people(request, Filters(lead_list=str(chosen.id)), shown)


@require_POST
@needs("leads.change")
def save_segment(request: ConsoleRequest) -> HttpResponse:
    name = request.POST.get("segment", "").strip()[:80]
    if not name:
        messages.error(request, "Give the segment a name.")
        return redirect("console:leads_all", request.workspace.slug)
    saved, made = Segment.objects.update_or_create(
        workspace=request.workspace, name=name, defaults={"filters": msgspec.to_builtins(_filters(request, Filters()))}
    )
    messages.success(request, "Saved. Campaigns can use it by this name." if made else "Changed.")
    return redirect("console:segment", request.workspace.slug, saved.id)


@require_POST
@needs("leads.change")
def remove_segment(request: ConsoleRequest, segment_id: UUID) -> HttpResponse:
    get_object_or_404(Segment, workspace=request.workspace, id=segment_id).delete()
    messages.success(request, "The segment is gone; the people in it stay.")
    return redirect("console:leads", request.workspace.slug)


def _filters(request: ConsoleRequest, fixed: Filters) -> Filters:
    """What was typed, never in an address; `fixed` where nothing was sent."""
    if request.method != "POST":
        return fixed
    names = [name for name in Filters.__struct_fields__ if name != "lead_list"]
    typed = {name: request.POST.get(name, "").strip()[:200] for name in names}
    typed["country"], typed["state"] = typed["country"].upper(), typed["state"].upper()
    return Filters(lead_list=fixed.lead_list or request.POST.get("lead_list", "")[:36], **typed)


def _people(request: ConsoleRequest, fixed: Filters, shown: dict[str, Any]) -> HttpResponse:
    filters = _filters(request, fixed)
    asked = request.POST if request.method == "POST" else request.GET
    found = find(request.workspace.id, filters).select_related("lead_list").order_by("-created_at", "id")
    page = Paginator(found, A_PAGE).get_page(asked.get("page"))
    stopped = stopped_among(request.workspace.id, page.object_list)
    shown |= {
        "page": page, "people": [(lead, card(lead), lead.number_hash in stopped) for lead in page.object_list],
        "state": msgspec.structs.asdict(filters), "filtered": filters != fixed, "yes_no": YES_NO,
        "lists": LeadList.objects.filter(workspace=request.workspace).order_by("name"),
    }  # fmt: skip
    template = "console/leads/people.html" if request.htmx else "console/leads/list.html"  # type: ignore[attr-defined]
    return render(request, template, shown)
