"""The request page of a workspace, for people who have no account: ask, show who you are, follow it, fetch the answer.

It answers alike whether somebody is known or not, and counts tries by address and by workspace.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ringtrue.accounts import limiting
from ringtrue.accounts.limiting import DAY, HOUR, Window
from ringtrue.accounts.models import Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.console.views.rights_desk import archive_response
from ringtrue.privacy.policy import effective
from ringtrue.rights import laws, receiving, verifying
from ringtrue.rights.models import KINDS, RightsRequest

PER_PERSON = (Window(5, HOUR), Window(20, DAY))
PER_WORKSPACE = (Window(60, HOUR), Window(400, DAY))
PER_CODE = (Window(10, HOUR),)
PLACES = (
    ("", "Somewhere else"), ("US-CA", "California"), ("GB", "United Kingdom"), ("CH", "Switzerland"), ("CA", "Canada"),
    *sorted(
        ((code, name) for code, name in {
            "AT": "Austria", "BE": "Belgium", "BG": "Bulgaria", "HR": "Croatia", "CY": "Cyprus", "CZ": "Czechia", "DK": "Denmark",
            "EE": "Estonia", "FI": "Finland", "FR": "France", "DE": "Germany", "GR": "Greece", "HU": "Hungary", "IE": "Ireland",
            "IT": "Italy", "LV": "Latvia", "LT": "Lithuania", "LU": "Luxembourg", "MT": "Malta", "NL": "Netherlands", "PL": "Poland",
            "PT": "Portugal", "RO": "Romania", "SK": "Slovakia", "SI": "Slovenia", "ES": "Spain", "SE": "Sweden", "IS": "Iceland",
            "LI": "Liechtenstein", "NO": "Norway",
        }.items()),
        key=lambda pair: pair[1],
    ),
)  # fmt: skip


def _workspace(slug: str) -> Workspace:
    with system_scope("a public page is found by its name"):
        found = Workspace.objects.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, workspace_slug: str) -> HttpResponse:
    business = _workspace(workspace_slug)
    problem = ""
    if request.method == "POST":
        try:
            limiting.take("rights", request.META.get("REMOTE_ADDR", ""), PER_PERSON)
            limiting.take("rights-of", str(business.id), PER_WORKSPACE)
        except limiting.TooMany as wait:
            return _too_many(request, business, wait)
        with workspace_scope(business.id):
            try:
                made = receiving.receive(
                    business.id, request.POST.get("kind", ""), channel="web", place=request.POST.get("place", "")[:6],
                    name=request.POST.get("name", "")[:120], email=request.POST.get("email", "")[:200],
                    number=request.POST.get("number", "")[:40], words=request.POST.get("words", "")[:4000],
                    agent=request.POST.get("agent", "")[:120],
                )  # fmt: skip
            except receiving.NotOpen:
                problem = "The law of your place does not give this right, and this business does not either. Choose another one."
            except ValueError:
                problem = "Please give an e-mail address, or a telephone number with its country code, so that we know whose data it is about."
            else:
                code = verifying.begin(made.request, business=business.name)
                if request.headers.get("Sec-GPC", "").strip() == "1":
                    verifying.opt_out_by_signal(made.request)
                if code:
                    request.session[f"rights-{made.request.id}"] = code
                return redirect("rights_follow", workspace_slug, made.token)
    with workspace_scope(business.id):
        shown = {
            "business": business,
            "kinds": KINDS.items(),
            "places": PLACES,
            "contact": effective(business.id, "contact.privacy").value,
            "state": request.POST,
            "problem": problem,
        }
    return render(request, "console/rights/public_ask.html", shown, status=422 if problem else 200)


def _find(business: Workspace, token: str) -> RightsRequest:
    found = receiving.of_token(business.id, token)
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, workspace_slug: str, rights_token: str) -> HttpResponse:
    business, problem = _workspace(workspace_slug), ""
    with workspace_scope(business.id):
        held = _find(business, rights_token)
        if request.method == "POST":
            try:
                limiting.take("rights-code", str(held.id), PER_CODE)
            except limiting.TooMany as wait:
                return _too_many(request, business, wait)
            if verifying.check(held, request.POST.get("code", "")[:20]):
                return redirect("rights_follow", workspace_slug, rights_token)
            problem = "This is not the code, or it is too old."
        shown = {
            "business": business,
            "held": held,
            "token": rights_token,
            "title": KINDS[held.kind],
            "by_mail": bool(receiving.read(held).get("email")),
            "code": request.session.get(f"rights-{held.id}", "") if held.state == "unverified" else "",
            "authority": laws.authority(held.place),
            "problem": problem,
            "can_fetch": held.state == "answered"
            and held.kind in ("access", "know", "portability")
            and held.subject_id is not None,
        }
        return render(request, "console/rights/public_follow.html", shown, status=422 if problem else 200)


@never_cache
@require_POST
def fetch(request: HttpRequest, workspace_slug: str, rights_token: str) -> HttpResponse:
    business = _workspace(workspace_slug)
    with workspace_scope(business.id):
        return archive_response(_find(business, rights_token), business.name, "system:requester")


def _too_many(request: HttpRequest, business: Workspace, wait: limiting.TooMany) -> HttpResponse:
    shown = {"business": business, "minutes": wait.retry_after // 60 + 1}
    response = render(request, "console/rights/public_wait.html", shown, status=429)
    response["Retry-After"] = str(wait.retry_after)
    return response
