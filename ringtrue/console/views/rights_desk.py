"""The privacy desk: requests of people about their data, for those in the workspace who answer them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.accounts.models import User
from ringtrue.console.asking_purpose import unless_told
from ringtrue.contacts.gathering import read as read_contact
from ringtrue.contacts.models import Contact
from ringtrue.rights import answering, receiving, verifying
from ringtrue.rights.laws import LAWS, authority
from ringtrue.rights.models import CHANNELS, KINDS, RightsRequest

STATES = {
    "unverified": ("Identity not shown yet", "note"),
    "open": ("Waiting for you", "info"),
    "answered": ("Answered", "good"),
    "refused": ("Refused", "bad"),
    "lapsed": ("Ended by itself", "line"),
}
CHANNEL_WORDS = {
    "web": "Request page",
    "phone": "Telephone",
    "email": "E-mail",
    "letter": "Letter",
    "in_person": "In person",
    "api": "Another program",
}
HOW = {
    "email_code": "a code sent to the e-mail on record",
    "call_back": "a call to the number on record",
    "documents": "papers that you saw",
    "not_needed": "not needed for this right",
    "signed_in": "signed in",
}
STEPS = {
    "received": "Received", "code_mailed": "Code mailed", "code_shown": "Code shown on the request page", "code_wrong": "Wrong code",
    "verified": "Identity shown", "permission_seen": "Agent's permission seen", "corrected": "Corrected", "answered": "Answered",
    "refused": "Refused", "extended": "Made longer", "warned": "Warning sent", "downloaded": "Archive fetched", "lapsed": "Ended by itself",
    "opted_out": "Browser said: do not sell or share",
}  # fmt: skip


@needs("rights.read", change="rights.handle")
def index(request: ConsoleRequest) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        try:
            made = receiving.receive(
                request.workspace.id, request.POST.get("kind", ""), channel=request.POST.get("channel", ""),
                place=request.POST.get("place", "")[:6].strip(), email=request.POST.get("email", "")[:200],
                number=request.POST.get("number", "")[:40], name=request.POST.get("name", "")[:120],
                words=request.POST.get("words", "")[:4000], by=f"user:{request.user.id}",
            )  # fmt: skip
            verifying.begin(made.request, business=request.workspace.name)
            messages.success(request, "Written down. Its clock runs.")
            return redirect("console:rights_request", request.workspace.slug, made.request.id)
        except ValueError as why:
            problem = str(why)[:1].upper() + str(why)[1:] + "."
    rows = RightsRequest.objects.filter(workspace=request.workspace)
    shown = {
        "waiting": [_shown(r) for r in rows.filter(state__in=("open", "unverified")).order_by("due_at")[:100]],
        "done": [_shown(r) for r in rows.exclude(state__in=("open", "unverified")).order_by("-closed_at")[:50]],
        "kinds": KINDS.items(),
        "channels": [(c, CHANNEL_WORDS[c]) for c in CHANNELS if c not in ("web", "api")],
        "state": request.POST if problem else {},
        "problem": problem,
    }
    return render(request, "console/rights/index.html", shown, status=422 if problem else 200)


def _shown(request: RightsRequest) -> dict[str, Any]:
    held, now = receiving.read(request), timezone.now()
    words, chip = STATES[request.state]
    left = (request.due_at - now).days
    return {
        "item": request, "title": KINDS[request.kind], "who": held.get("name") or held.get("email") or held.get("number") or "Erased",
        "state_words": words, "chip": chip, "left": left, "late": left < 0 and request.closed_at is None,
    }  # fmt: skip


@needs("rights.read", change="rights.handle")
def page(request: ConsoleRequest, request_id: UUID) -> HttpResponse:
    held = get_object_or_404(
        RightsRequest.objects.select_related("subject", "requester"), workspace=request.workspace, id=request_id
    )
    if request.method == "POST":
        try:
            messages.success(request, _do(request, held))
        except answering.NotYet:
            messages.error(request, "Not yet: it must be clear first who asks, and for an agent that they may.")
        except (ValueError, KeyError) as why:
            messages.error(request, str(why).strip("'\"")[:1].upper() + str(why).strip("'\"")[1:] + ".")
        return redirect("console:rights_request", request.workspace.slug, held.id)
    contact = Contact.objects.filter(subject=held.subject).first() if held.subject else None
    people = {f"user:{u.id}": u.name or u.email for u in User.objects.filter(memberships__workspace=request.workspace)}
    shown = {
        **_shown(held),
        "held": receiving.read(held),
        "law": LAWS[held.law],
        "can_be_longer": bool(LAWS[held.law].extension) and held.extended_at is None and held.closed_at is None,
        "authority": authority(held.place),
        "how": HOW.get(held.verified_how, ""),
        "ready": answering.is_ready(held),
        "contact": contact,
        "known": read_contact(contact) if contact else {},
        "channel": CHANNEL_WORDS[held.channel],
        "steps": [(s, STEPS.get(s.what, s.what), people.get(s.actor, "Ringtrue" if s.actor.startswith("system") else "A member")) for s in held.steps.all()],
        "can_fetch": held.state == "answered" and held.kind in ("access", "know", "portability") and held.subject is not None,
    }  # fmt: skip
    return render(request, "console/rights/request.html", shown)


def _do(request: ConsoleRequest, held: RightsRequest) -> str:
    """What was done, as a sentence. Raises NotYet, ValueError, KeyError."""
    by, post = f"user:{request.user.id}", request.POST
    match post.get("do"):
        case "code":
            if not verifying.check(held, post.get("code", ""), how="call_back", by=by):
                raise ValueError("this is not the code, or it is too old")
            return "It is who they say they are."
        case "papers":
            found = verifying.find(
                held.workspace_id, email=receiving.read(held).get("email", ""), number=receiving.read(held).get("number", "")
            )
            if held.state != "unverified":
                raise answering.NotYet
            verifying.by_documents(held, found, by)
            return "Noted. Do not keep a copy of the papers."
        case "permission":
            verifying.see_permission(held, by)
            return "Noted."
        case "answer":
            corrections = {f: post[f].strip() for f in ("name", "number", "email") if post.get(f, "").strip()}
            answering.answer(held, by, words=post.get("words", "")[:2000], corrections=corrections)
            return "Done."
        case "refuse":
            answering.refuse(held, by, post.get("why", "")[:2000])
            return "Refused. The person sees why, and whom to complain to."
        case "extend":
            answering.extend(held, by, post.get("why", "")[:2000])
            return "Made longer. The person sees why."
    raise ValueError("there is no such step")


@needs("rights.handle")
def fetch(request: ConsoleRequest, request_id: UUID) -> HttpResponse:
    held = get_object_or_404(RightsRequest.objects.select_related("subject"), workspace=request.workspace, id=request_id)
    back = reverse("console:rights_request", args=[request.workspace.slug, held.id])
    if asked := unless_told(request, "rights.fetched", f"request:{held.id}", file="All that is kept of one person", back=back):
        return asked
    return archive_response(held, request.workspace.name, f"user:{request.user.id}")


def archive_response(held: RightsRequest, business: str, by: str) -> HttpResponse:
    try:
        made = answering.download(held, business, by)
    except answering.NotYet:
        return HttpResponse("There is nothing to fetch yet, or no more.", status=409, content_type="text/plain")
    response = HttpResponse(made, content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="your-data.zip"'
    response["Cache-Control"] = "no-store"
    return response
