"""A list of leads: making, changing and removing it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from phonenumbers import SUPPORTED_REGIONS
from phonenumbers.geodata.locale import LOCALE_DATA

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.campaigns.deciding import CannotDecide
from ringtrue.campaigns.removing_lists import remove as remove_list
from ringtrue.campaigns.removing_lists import what_goes
from ringtrue.leads.models import LeadList
from ringtrue.leads.writing_lists import NotAList, write_list


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
    state = {"name": chosen.name, "country": chosen.default_country, "provenance": chosen.provenance}
    errors: dict[str, str] = {}
    if request.method == "POST":
        state = {name: request.POST.get(name, "").strip() for name in state}
        try:
            write_list(chosen, **state, by=f"user:{request.user.id}")
        except NotAList as why:
            errors = why.errors
        else:
            return redirect("console:lead_list", request.workspace.slug, chosen.id)
    shown = {
        "chosen": chosen,
        "state": state,
        "errors": errors,
        "countries": COUNTRIES,
        "goes": [] if chosen._state.adding else what_goes(chosen),
    }
    return render(request, template, shown, status=422 if errors else 200)
