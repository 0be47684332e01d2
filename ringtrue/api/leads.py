"""Leads and their lists. Deleting a lead erases the person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router

from ringtrue.api.calls import Cursor, Limit
from ringtrue.api.doors import ApiRequest, actor, opens
from ringtrue.api.forms import Strict
from ringtrue.api.paging import page
from ringtrue.api.problems import Problem, ProblemDetails, not_found
from ringtrue.campaigns.deciding import CannotDecide
from ringtrue.campaigns.removing_lists import remove as remove_list
from ringtrue.leads import writing
from ringtrue.leads.finding import Filters, find, stopped_among
from ringtrue.leads.mapping import PURPOSES, Consent
from ringtrue.leads.models import Lead, LeadList
from ringtrue.leads.reading import card
from ringtrue.leads.writing_lists import NAME_TAKEN, NotAList, write_list
from ringtrue.privacy.erasing import erase
from ringtrue.privacy.legal_holds import OnHold

router = Router(tags=["leads"])
NOT_HERE = {404: ProblemDetails}
OwnFields = Annotated[dict[str, str], Field(description="Fields of your own, such as plan: gold. Agents may use them.")]


class LeadListIn(Strict):
    name: str = Field(min_length=1, max_length=80)
    country: str = Field(pattern="^[A-Z]{2}$", description="ISO 3166-1, for numbers without a country code.")
    provenance: str = Field(min_length=1, max_length=200, description="Where these people's data comes from.")


class LeadListChange(Strict):
    name: str | None = Field(None, min_length=1, max_length=80)
    country: str | None = Field(None, pattern="^[A-Z]{2}$")
    provenance: str | None = Field(None, min_length=1, max_length=200)


class LeadListOut(Strict):
    id: str
    name: str
    country: str
    provenance: str
    created_at: datetime


class LeadLists(Strict):
    data: list[LeadListOut]
    next_cursor: str | None


class Agreement(Strict):
    """What the person agreed to, when, and how that can be shown."""

    purpose: str = Field(description=f"One of: {', '.join(PURPOSES)}.", max_length=40)
    given_on: date
    wording: str = Field("", max_length=2000, description="The text they were shown. Without it the agreement is not written.")
    proof: str = Field("", max_length=500, description="Where it can be looked up.")


class LeadChange(Strict):
    name: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=254)
    company: str | None = Field(None, max_length=200)
    country: str | None = Field(None, max_length=30)
    state: str | None = Field(None, max_length=40)
    time_zone: str | None = Field(None, max_length=40)
    fields: OwnFields | None = None


class LeadIn(LeadChange):
    list: UUID
    number: str = Field(max_length=40, description="E.164, or as people of the list's country write it.")
    agreement: Agreement | None = None


class LeadOut(Strict):
    id: str
    list: str
    number: str
    name: str
    email: str
    company: str
    country: str
    state: str
    time_zone: str
    fields: OwnFields
    not_to_be_called: bool
    created_at: datetime


class Leads(Strict):
    data: list[LeadOut]
    next_cursor: str | None


@router.get("/lists", response={200: LeadLists, 422: ProblemDetails})
@opens("leads:read")
def list_lead_lists(request: ApiRequest, cursor: Cursor, limit: Limit) -> Any:
    """Lists of leads, the newest first."""
    found, following = page(LeadList.objects.all(), "created_at", cursor, limit)
    return {"data": [_shown_list(each) for each in found], "next_cursor": following}


@router.post("/lists", response={201: LeadListOut, 409: ProblemDetails, 422: ProblemDetails})
@opens("leads:write")
def create_lead_list(request: ApiRequest, data: LeadListIn) -> Any:
    """Make an empty list."""
    made = LeadList(workspace=request.workspace)
    _write_list(made, data, actor(request))
    return 201, _shown_list(made)


@router.patch("/lists/{uuid:lead_list_id}", response={200: LeadListOut, 409: ProblemDetails, 422: ProblemDetails, **NOT_HERE})
@opens("leads:write")
def change_lead_list(request: ApiRequest, lead_list_id: UUID, data: LeadListChange) -> Any:
    """Rename a list, or change the country of its numbers or where it comes from. Who is on it stays as it is."""
    found = _list(lead_list_id)
    _write_list(found, data, actor(request))
    return _shown_list(found)


@router.delete("/lists/{uuid:lead_list_id}", response={204: None, 409: ProblemDetails, **NOT_HERE})
@opens("leads:write")
def remove_lead_list(request: ApiRequest, lead_list_id: UUID) -> Any:
    """Take a list away, with its people: campaigns go on without them, and who is known by nothing else is erased for good. A wish
    not to be called stays in force."""
    try:
        remove_list(_list(lead_list_id), actor(request))
    except CannotDecide as why:
        raise Problem(409, "being-called", str(why)) from None
    return HttpResponse(status=204)


@router.get("", response={200: Leads, 422: ProblemDetails})
@opens("leads:read")
def list_leads(
    request: ApiRequest,
    q: Annotated[str, Query("", max_length=200, description="A word of the name or company, an e-mail address, a number.")],
    list_id: Annotated[UUID | None, Query(None, alias="list")],
    cursor: Cursor,
    limit: Limit,
) -> Any:
    """Leads, the newest first."""
    rows = find(request.workspace.id, Filters(text=q, lead_list=str(list_id or "")))
    found, following = page(rows, "created_at", cursor, limit)
    stopped = stopped_among(request.workspace.id, found)
    return {"data": [_shown(lead, stopped) for lead in found], "next_cursor": following}


@router.post("", response={201: LeadOut, 422: ProblemDetails})
@opens("leads:write")
def create_lead(request: ApiRequest, data: LeadIn) -> Any:
    """Add somebody to a list."""
    chosen = LeadList.objects.select_related("workspace").filter(id=data.list).first()
    if chosen is None:
        raise _unfit({"list": "There is no such list."})
    consent, proof = Consent(), ""
    if data.agreement is not None:
        if data.agreement.purpose not in PURPOSES:
            raise _unfit({"agreement/purpose": f"One of: {', '.join(PURPOSES)}."})
        given_on = data.agreement.given_on.isoformat()
        consent = Consent(purpose=data.agreement.purpose, wording=data.agreement.wording, given_on=given_on)
        proof = data.agreement.proof
    typed = {name: value for name in writing.FIELDS if (value := getattr(data, name))}
    try:
        lead = writing.enter(chosen, typed, data.fields or {}, consent, proof, actor(request))
    except writing.NotALead as why:
        raise _unfit(why.errors) from None
    return 201, _shown(lead, stopped_among(request.workspace.id, [lead]))


@router.get("/{uuid:lead_id}", response={200: LeadOut, **NOT_HERE})
@opens("leads:read")
def get_lead(request: ApiRequest, lead_id: UUID) -> Any:
    """One lead."""
    lead = _lead(lead_id)
    return _shown(lead, stopped_among(request.workspace.id, [lead]))


@router.patch("/{uuid:lead_id}", response={200: LeadOut, 422: ProblemDetails, **NOT_HERE})
@opens("leads:write")
def change_lead(request: ApiRequest, lead_id: UUID, data: LeadChange) -> Any:
    """Change what is known. The number stays: another number is another lead."""
    lead = _lead(lead_id)
    held = card(lead)
    changes = data.dict(exclude_none=True)
    fields = changes.pop("fields", held.fields)
    typed = {name: getattr(held, name) for name in writing.FIELDS} | changes
    try:
        lead = writing.change(lead, typed, fields, actor(request))
    except writing.NotALead as why:
        raise _unfit(why.errors) from None
    return _shown(lead, stopped_among(request.workspace.id, [lead]))


@router.delete("/{uuid:lead_id}", response={204: None, 409: ProblemDetails, **NOT_HERE})
@opens("leads:write")
def erase_lead(request: ApiRequest, lead_id: UUID) -> Any:
    """Erase the person: from all lists, with their calls and recordings, and the key that could open them."""
    try:
        erase(_lead(lead_id).subject, reason="request", requested_by=actor(request))
    except OnHold as held:
        raise Problem(409, "on-hold", f"This person's data must be kept for now: {held.law}.") from None
    return HttpResponse(status=204)


def _list(lead_list_id: UUID) -> LeadList:
    found = LeadList.objects.filter(id=lead_list_id).first()
    if found is None:
        raise not_found()
    return found


def _write_list(chosen: LeadList, data: LeadListIn | LeadListChange, by: str) -> None:
    try:
        write_list(
            chosen, name=data.name or chosen.name, country=data.country or chosen.default_country,
            provenance=data.provenance or chosen.provenance, by=by,
        )  # fmt: skip
    except NotAList as why:
        if why.errors.get("name") == NAME_TAKEN:
            raise Problem(409, "name-taken", NAME_TAKEN) from None
        raise _unfit(why.errors, "The list does not fit.") from None


def _lead(lead_id: UUID) -> Lead:
    lead = Lead.objects.select_related("subject", "lead_list__workspace").filter(id=lead_id).first()
    if lead is None:
        raise not_found()
    return lead


def _unfit(errors: dict[str, str], words: str = "The lead does not fit.") -> Problem:
    found = [{"pointer": f"/{name}", "detail": words} for name, words in errors.items()]
    return Problem(422, "does-not-fit", words, errors=found)


def _shown(lead: Lead, stopped: set[str]) -> dict[str, Any]:
    held = card(lead)
    return {
        "id": str(lead.id), "list": str(lead.lead_list_id), "number": held.number, "name": held.name, "email": held.email,
        "company": held.company, "country": held.country, "state": held.state, "time_zone": held.time_zone, "fields": held.fields,
        "not_to_be_called": lead.number_hash in stopped, "created_at": lead.created_at,
    }  # fmt: skip


def _shown_list(each: LeadList) -> dict[str, Any]:
    return {
        "id": str(each.id), "name": each.name, "country": each.default_country, "provenance": each.provenance,
        "created_at": each.created_at,
    }  # fmt: skip
