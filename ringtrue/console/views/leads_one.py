"""One lead: entering, changing, what happened so far, keeping from being called, removing, erasing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.console.views.leads_upload import PURPOSE_WORDS
from ringtrue.core import audit
from ringtrue.leads import writing
from ringtrue.leads.mapping import PURPOSES, Consent
from ringtrue.leads.models import Lead, LeadList
from ringtrue.leads.reading import LeadCard, card
from ringtrue.leads.timeline import happenings
from ringtrue.privacy.erasing import erase
from ringtrue.privacy.legal_holds import OnHold
from ringtrue.privacy.models import OptOut


def _actor(request: ConsoleRequest) -> str:
    return f"user:{request.user.id}"


def _typed(request: ConsoleRequest) -> dict[str, str]:
    names = (*writing.FIELDS, "fields", "purpose", "wording", "given_on", "proof")
    return {name: request.POST.get(name, "").strip()[:4000] for name in names}


@needs("leads.change")
def enter_one(request: ConsoleRequest, lead_list_id: UUID) -> HttpResponse:
    chosen = get_object_or_404(LeadList.objects.select_related("workspace"), workspace=request.workspace, id=lead_list_id)
    state, errors = _typed(request), {}
    if request.method == "POST":
        try:
            consent = Consent(
                purpose=state["purpose"] if state["purpose"] in PURPOSES else "",
                wording=state["wording"],
                given_on=state["given_on"],
            )
            own = writing.fields_from(state["fields"])
            lead = writing.enter(chosen, state, own, consent, state["proof"], _actor(request))
        except writing.NotALead as why:
            errors = why.errors
        else:
            return redirect("console:lead", request.workspace.slug, lead.id)
    shown = {"chosen": chosen, "state": state, "errors": errors, "purposes": PURPOSE_WORDS}
    return render(request, "console/leads/enter.html", shown, status=422 if errors else 200)


def _find(request: ConsoleRequest, lead_id: UUID) -> Lead:
    rows = Lead.objects.select_related("lead_list__workspace", "subject")
    return get_object_or_404(rows, workspace=request.workspace, id=lead_id)


@needs("leads.read", change="leads.change")
def page(request: ConsoleRequest, lead_id: UUID) -> HttpResponse:
    lead = _find(request, lead_id)
    held = card(lead)
    state, errors = _state(held), {}
    if request.method == "POST":
        state = _typed(request)
        try:
            writing.change(lead, state, writing.fields_from(state["fields"]), _actor(request))
        except writing.NotALead as why:
            errors = why.errors
        else:
            messages.success(request, "Saved.")
            return redirect("console:lead", request.workspace.slug, lead.id)
    shown = {
        "lead": lead, "held": held, "state": state, "errors": errors, "happenings": happenings(lead),
        "stopped": OptOut.objects.filter(workspace=request.workspace, number_hash=lead.number_hash).first(),
        "others": Lead.objects.filter(subject=lead.subject).exclude(id=lead.id).select_related("lead_list"),
    }  # fmt: skip
    return render(request, "console/leads/lead.html", shown, status=422 if errors else 200)


def _state(held: LeadCard) -> dict[str, str]:
    own = "\n".join(f"{name}: {value}" for name, value in held.fields.items())
    return {name: getattr(held, name) for name in writing.FIELDS} | {"fields": own}


@require_POST
@needs("leads.change")
def stop_one(request: ConsoleRequest, lead_id: UUID) -> HttpResponse:
    lead = _find(request, lead_id)
    writing.stop(lead, _actor(request))
    messages.success(request, "Nobody calls this number any more: no campaign, no errand, no call-back.")
    return redirect("console:lead", request.workspace.slug, lead.id)


@require_POST
@needs("leads.change")
def remove(request: ConsoleRequest, lead_id: UUID) -> HttpResponse:
    lead = _find(request, lead_id)
    audit.record("lead.removed", actor=_actor(request), workspace_id=request.workspace.id, target=f"lead:{lead.id}")
    lead.delete()
    messages.success(request, "Removed from the list.")
    return redirect("console:lead_list", request.workspace.slug, lead.lead_list_id)


@require_POST
@needs("leads.erase")
def erase_person(request: ConsoleRequest, lead_id: UUID) -> HttpResponse:
    lead = _find(request, lead_id)
    try:
        erasure = erase(lead.subject, reason="request", requested_by=_actor(request))
    except OnHold as held:
        messages.error(request, f"Not erased, because it must be kept for now: {held.law}.")
        return redirect("console:lead", request.workspace.slug, lead.id)
    messages.success(request, "This person is erased. Below is the certificate.")
    return redirect("console:certificate", request.workspace.slug, erasure.id)
