"""A list of leads: making, changing and removing it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from phonenumbers import SUPPORTED_REGIONS
from phonenumbers.geodata.locale import LOCALE_DATA

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.campaigns.deciding import CannotDecide
from ringtrue.campaigns.removing_lists import remove as remove_list
from ringtrue.campaigns.removing_lists import what_goes
from ringtrue.core import audit
from ringtrue.leads.models import LeadList


def _english(code: str) -> str:
    """ "*aa" stands for the name in the language "aa"."""
    names = LOCALE_DATA.get(code, {})
    name = names.get("en", "")
    return names[name[1:]] if name.startswith("*") else name


COUNTRIES = sorted(((code, _english(code)) for code in SUPPORTED_REGIONS if _english(code)), key=lambda c: c[1])


@needs("leads.change")
def new(request: ConsoleRequest) -> HttpResponse:
    made = LeadList(workspace=request.workspace, default_country="US", created_by=request.user)
    return _form(request, made, "console/leads/new.html")


@needs("leads.change")
def edit(request: ConsoleRequest, lead_list_id: UUID) -> HttpResponse:
    return _form(request, _find(request, lead_list_id), "console/leads/edit.html")


@require_POST
@needs("leads.erase")
def remove(request: ConsoleRequest, lead_list_id: UUID) -> HttpResponse:
    chosen = _find(request, lead_list_id)
    try:
        remove_list(chosen, f"user:{request.user.id}")
    except CannotDecide as why:
        messages.error(request, str(why))
        return redirect("console:lead_list_edit", request.workspace.slug, lead_list_id)
    messages.success(request, f"“{chosen.name}” is gone. Who is known by nothing else is erased within minutes.")
    return redirect("console:leads", request.workspace.slug)


def _find(request: ConsoleRequest, lead_list_id: UUID) -> LeadList:
    return get_object_or_404(LeadList, workspace=request.workspace, id=lead_list_id)


def _form(request: ConsoleRequest, chosen: LeadList, template: str) -> HttpResponse:
    is_new = chosen._state.adding
    state = {"name": chosen.name, "country": chosen.default_country, "provenance": chosen.provenance}
    errors: dict[str, str] = {}
    if request.method == "POST":
        state = {name: request.POST.get(name, "").strip()[:200] for name in state}
        if not state["name"]:
            errors["name"] = "Give the list a name."
        if state["country"] not in SUPPORTED_REGIONS:
            errors["country"] = "Choose a country."
        if not state["provenance"]:
            errors["provenance"] = "Say where these people's data comes from. Without that nobody can be told when they ask."
        if not errors and _saved(chosen, state):
            step = "made" if is_new else "changed"
            audit.record(
                f"lead_list.{step}", actor=f"user:{request.user.id}", workspace_id=request.workspace.id,
                target=f"lead_list:{chosen.id}",
            )  # fmt: skip
            return redirect("console:lead_list", request.workspace.slug, chosen.id)
        errors = errors or {"name": "There is a list with this name."}
    shown = {
        "chosen": chosen,
        "state": state,
        "errors": errors,
        "countries": COUNTRIES,
        "goes": [] if is_new else what_goes(chosen),
    }
    return render(request, template, shown, status=422 if errors else 200)


def _saved(chosen: LeadList, state: dict[str, str]) -> bool:
    """False when the name is taken."""
    before = chosen.name
    chosen.name, chosen.default_country, chosen.provenance = state["name"][:80], state["country"], state["provenance"]
    try:
        with transaction.atomic():
            chosen.save()
    except IntegrityError:
        chosen.name = before
        return False
    return True
