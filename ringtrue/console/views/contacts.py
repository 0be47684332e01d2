"""People who called: the list, one person's page, correcting and erasing them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.accounts.roles import may
from ringtrue.calendars import booking as bookings
from ringtrue.calendars.models import Booking
from ringtrue.calls.models import Call
from ringtrue.calls.searching import index_contact, search
from ringtrue.console.call_rows import rows
from ringtrue.contacts import gathering
from ringtrue.contacts.models import Contact
from ringtrue.core import audit
from ringtrue.leads.checking_rows import EMAIL
from ringtrue.numbers.reading import e164
from ringtrue.privacy import deleting_elsewhere, subprocessors
from ringtrue.privacy.erasing import erase, verify
from ringtrue.privacy.legal_holds import OnHold
from ringtrue.privacy.models import ConsentEvent, Erasure, OptOut
from ringtrue.privacy.policy import effective

A_PAGE = 30
FIELDS = ("name", "number", "email", "note")


@needs("contacts.read")
def index(request: ConsoleRequest) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    q = request.POST.get("q", "").strip()[:200]
    found = Contact.objects.filter(workspace=request.workspace).order_by("-last_call_at", "id")
    if q:
        found = found.filter(id__in=search(request.workspace.id, q).contacts)
    page = Paginator(found, A_PAGE).get_page(asked.get("page"))
    shown = {
        "page": page,
        "people": [(contact, gathering.read(contact)) for contact in page.object_list],
        "q": q,
        "storage_mode": effective(request.workspace.id, "storage.mode").value,
    }
    template = "console/contacts/list.html" if request.htmx else "console/contacts/index.html"  # type: ignore[attr-defined]
    return render(request, template, shown)


def find(request: ConsoleRequest, contact_id: UUID) -> Contact:
    return get_object_or_404(Contact.objects.select_related("subject"), workspace=request.workspace, id=contact_id)


@needs("contacts.read", change="contacts.change")
def page(request: ConsoleRequest, contact_id: UUID) -> HttpResponse:
    contact = find(request, contact_id)
    held = gathering.read(contact)
    state: dict[str, Any] = {name: held.get(name, "") for name in FIELDS}
    errors: dict[str, str] = {}
    if request.method == "POST":
        state = {name: request.POST.get(name, "").strip()[:1000] for name in FIELDS}
        number = e164(state["number"]) if state["number"] else ""
        if state["number"] and not number:
            errors["number"] = (
                "This does not look like a telephone number. Write it with its country code, such as +1 856 555 0100."
            )
        if state["email"] not in ("", held.get("email")) and not EMAIL.fullmatch(state["email"]):
            errors["email"] = "This does not look like an e-mail address. One looks like hello@example.com."
        if not errors:
            changes = {name: value for name, value in (state | {"number": number}).items() if value != held.get(name, "")}
            if changes:
                index_contact(gathering.correct(contact, **changes))
                audit.record(
                    "contact.corrected", actor=f"user:{request.user.id}", workspace_id=request.workspace.id,
                    target=f"contact:{contact.id}", fields=sorted(changes),
                )  # fmt: skip
            messages.success(request, "Saved. Calls will not overwrite what you typed.")
            return redirect("console:contact", request.workspace.slug, contact.id)
    calls = Call.objects.filter(subject=contact.subject).select_related("agent_version__agent").order_by("-created_at")[:50]
    shown = {
        "contact": contact,
        "held": held,
        "state": state,
        "errors": errors,
        "rows": rows(calls, with_content=may(request.role, "calls.read")),
        "consents": ConsentEvent.objects.filter(subject=contact.subject).order_by("-at")[:50],
        "bookings": [(b, bookings.who(b)) for b in Booking.objects.filter(subject=contact.subject).order_by("-starts_at")[:20]],
        "opted_out": OptOut.objects.filter(workspace=request.workspace, number_hash=contact.subject.handle_hash).exists(),
    }
    return render(request, "console/contacts/contact.html", shown, status=422 if errors else 200)


@require_POST
@needs("contacts.erase")
def erase_person(request: ConsoleRequest, contact_id: UUID) -> HttpResponse:
    contact = find(request, contact_id)
    if Call.objects.filter(subject=contact.subject, state="live").exists():
        messages.error(request, "This person is on the line just now. Erase them when the call has ended.")
        return redirect("console:contact", request.workspace.slug, contact.id)
    try:
        erasure = erase(contact.subject, reason="request", requested_by=f"user:{request.user.id}")
    except OnHold as held:
        messages.error(request, f"Not erased, because it must be kept for now: {held.law}.")
        return redirect("console:contact", request.workspace.slug, contact.id)
    messages.success(request, "This person is erased. Below is the certificate.")
    return redirect("console:certificate", request.workspace.slug, erasure.id)


@needs("contacts.erase")
def certificate(request: ConsoleRequest, erasure_id: UUID) -> HttpResponse:
    erasure = get_object_or_404(Erasure, workspace=request.workspace, id=erasure_id)
    if request.GET.get("form") == "json":
        response = JsonResponse(erasure.certificate, json_dumps_params={"indent": 2})
        response["Content-Disposition"] = f'attachment; filename="erasure-{str(erasure.id)[:8]}.json"'
        return response
    held = erasure.certificate
    stores = held.get("stores", [])
    shown = {
        "erasure": erasure,
        "held": held,
        "sound": bool(erasure.signature) and verify(held),
        "records": sum(row["rows"] for row in stores),
        "files": sum(row["files"] for row in stores),
        "touched": [row for row in stores if row["rows"] or row["files"]],
        "elsewhere": [
            (subprocessors.title(row["provider"]), row["kind"], deleting_elsewhere.WORDS[row["state"]])
            for row in deleting_elsewhere.of_subject(request.workspace.id, held.get("subject"))
        ],
    }
    return render(request, "console/contacts/certificate.html", shown)
