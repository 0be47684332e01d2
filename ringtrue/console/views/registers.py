"""Registers: what was given to whom outside, incidents, and passing the workspace to another company."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.numbers.reading import e164
from ringtrue.privacy.data_map import stores
from ringtrue.rights import disclosing, handing_over, incidents
from ringtrue.rights.models import Disclosure, Handover, Incident
from ringtrue.rights.verifying import find

KINDS = (
    ("legal", "A law, court or authority asks for it"),
    ("emergency", "Somebody's safety"),
    ("investigation", "A case of fraud or abuse"),
    ("affiliate", "A company of ours needs it"),
    ("consent", "The person allowed it"),
    ("marketing", "Marketing, and the person allowed it"),
)


@needs("privacy.read", change="privacy.change")
def page(request: ConsoleRequest) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        try:
            _add(request)
            return redirect("console:registers", request.workspace.slug)
        except (ValueError, disclosing.NotApproved) as why:
            problem = f"{str(why)[:1].upper()}{str(why)[1:]}."
    kept = [(store.store, store.what) for store in stores() if store.subject == "caller" and store.export is not None]
    shown = {
        "tab": "privacy", "kinds": KINDS, "kind_words": dict(KINDS), "stores": kept, "problem": problem, "state": request.POST,
        "disclosures": Disclosure.objects.select_related("asked_by", "decided_by").order_by("-asked_at")[:50],
        "incidents": [(row, incidents.drafts(row) if row.closed_at is None else {}) for row in Incident.objects.order_by("-noticed_at")[:20]],
        "handovers": Handover.objects.order_by("-announced_at")[:10],
    }  # fmt: skip
    return render(request, "console/settings/registers.html", shown, status=422 if problem else 200)


def _add(request: ConsoleRequest) -> None:
    """Raises ValueError, disclosing.NotApproved."""
    told = request.POST
    register = told.get("register")
    if register == "incident":
        incidents.report(request.workspace.id, told.get("what", ""), told.getlist("stores"), request.user)
    elif register == "handover":
        handing_over.announce(
            request.workspace.id, told.get("to_company", ""), told.get("to_email", ""), f"user:{request.user.id}"
        )
        messages.success(request, "Everybody in this workspace has been told by mail.")
    else:
        number = told.get("number", "").strip()
        subject = find(request.workspace.id, number=e164(number)) if number else None
        if subject is None:
            raise ValueError("nobody is on record under this number")
        disclosing.ask(
            request.workspace.id, told.get("kind", ""), subject, told.get("recipient", ""), told.get("reason", ""),
            told.getlist("stores"), request.user,
        )  # fmt: skip


@require_POST
@needs("privacy.change")
def disclosure(request: ConsoleRequest, disclosure_id: UUID) -> HttpResponse:
    row = get_object_or_404(Disclosure, workspace=request.workspace, id=disclosure_id)
    act = request.POST.get("act", "")
    try:
        if act == "give":
            response = HttpResponse(disclosing.hand_out(row, request.user), content_type="application/json")
            response["Content-Disposition"] = f'attachment; filename="disclosure-{row.id}.json"'
            return response
        disclosing.decide(row, act == "approve", request.user, request.role)
    except disclosing.NotApproved:
        messages.error(request, "This needs an approval that stands.")
    except incidents.Frozen:
        messages.error(request, "Nothing is given out while an incident is open.")
    return redirect("console:registers", request.workspace.slug)


@require_POST
@needs("privacy.change")
def incident(request: ConsoleRequest, incident_id: UUID) -> HttpResponse:
    row = get_object_or_404(Incident, workspace=request.workspace, id=incident_id)
    act = request.POST.get("act", "")
    if act == "contain":
        incidents.contain(row, request.user)  # ends this session too
        return redirect("account_login")
    if act in ("authority", "people"):
        incidents.told(row, act, request.user)
    elif act == "close":
        incidents.close(row, request.user)
    return redirect("console:registers", request.workspace.slug)


@require_POST
@needs("privacy.change")
def handover(request: ConsoleRequest, handover_id: UUID) -> HttpResponse:
    row = get_object_or_404(Handover, workspace=request.workspace, id=handover_id)
    if request.POST.get("act") == "object":
        if not handing_over.object_to(row, request.user, request.role):
            messages.error(request, "Only an owner can object, and before it holds.")
        return redirect("console:registers", request.workspace.slug)
    try:
        handing_over.complete(row, f"user:{request.user.id}")
    except handing_over.NotYet:
        messages.error(request, "Not before its day, not against an owner's objection, and only to an account that exists.")
        return redirect("console:registers", request.workspace.slug)
    return redirect("/")
