"""Companies that hear and speak: connecting one with a key of the workspace's own, their order, and what leaves for whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents import speech_companies
from ringtrue.agents.language_models import CannotConnect
from ringtrue.agents.models import SpeechCompany
from ringtrue.console.views.showing_forms import entered, page_with_form, without_secrets
from ringtrue.core.configuring import CONFIG
from ringtrue.privacy import subprocessors
from ringtrue.voice.speech import providers
from ringtrue.voice.speech.kinds import About

UNITS = {"hour": "an hour of sound", "1000 characters": "1,000 letters"}


@needs("models.read")
def page(request: ConsoleRequest) -> HttpResponse:
    return _shown(request)


def _shown(
    request: ConsoleRequest, state: dict[str, Any] | None = None, errors: dict[str, str] | None = None, opened: str = ""
) -> HttpResponse:
    """`opened`: the company whose form has the errors."""
    rows = speech_companies.connected(request.workspace.id)
    offered = speech_companies.offered()
    withheld = subprocessors.withheld(request.workspace.id, [*(row.company for row in rows), *CONFIG.speech])
    shown = {
        "tab": "speech",
        "rows": [(row, offered[row.company], row.company in withheld) for row in rows if row.company in offered],
        "of_installation": [
            providers.about(name) for name in CONFIG.speech if name in providers.names() and name not in withheld
        ],
        "companies": [
            _company(name, about, connected=any(row.company == name for row in rows), opened=opened)
            for name, about in sorted(offered.items(), key=lambda known: known[1].title)
        ],
    }
    return page_with_form(request, "console/settings/speech.html", shown, {"hears": "on", "speaks": "on"} | (state or {}), errors)


def _company(name: str, about: About, *, connected: bool, opened: str) -> dict[str, Any]:
    return {
        "line": name,
        "about": about,
        "connected": connected,
        "opened": name == opened,
        "fields": speech_companies.fields_of(about),
        "both": {"hears", "speaks"} <= set(about.can),
        "prices": [
            (model, f"${_dollars(price.usd)} for {UNITS[price.per]}", price.as_of) for model, price in about.prices.items()
        ],
    }


def _dollars(usd: float) -> str:
    """As people write them, and as many places as a small price needs: 0.30, 0.288."""
    return f"{usd:.2f}" if round(usd, 2) == usd else f"{usd:g}"


def _actor(request: ConsoleRequest) -> str:
    return f"user:{request.user.id}"


def _back(request: ConsoleRequest) -> HttpResponse:
    return redirect("console:settings_speech", request.workspace.slug)


def _find(request: ConsoleRequest, speech_company_id: UUID) -> SpeechCompany:
    return get_object_or_404(SpeechCompany, workspace=request.workspace, id=speech_company_id)


@require_POST
@needs("models.change")
def connect(request: ConsoleRequest, company: str) -> HttpResponse:
    if company not in speech_companies.offered():
        raise Http404
    fields = speech_companies.fields_of(speech_companies.offered()[company])
    given = entered(request, fields)
    ticked = {name: request.POST.get(name, "") for name in ("hears", "speaks")}
    try:
        _, seen = speech_companies.connect(
            request.workspace.id, company, given, hears=ticked["hears"] == "on", speaks=ticked["speaks"] == "on",
            actor=_actor(request),
        )  # fmt: skip
    except CannotConnect as problem:
        return _shown(request, without_secrets(fields, given) | ticked, {problem.field: str(problem)}, company)
    messages.success(request, " ".join(["It is connected.", *seen]))
    return _back(request)


@require_POST
@needs("models.change")
def first(request: ConsoleRequest, speech_company_id: UUID) -> HttpResponse:
    speech_companies.ask_first(_find(request, speech_company_id), actor=_actor(request))
    return _back(request)


@require_POST
@needs("models.change")
def remove(request: ConsoleRequest, speech_company_id: UUID) -> HttpResponse:
    speech_companies.disconnect(_find(request, speech_company_id), actor=_actor(request))
    messages.success(request, "The company and its key are gone from here. At the company nothing was changed.")
    return _back(request)
