"""Which language models answer calls: connecting, checking, their order. Keys are written here and never shown again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents import language_models
from ringtrue.agents.language_models import CannotConnect
from ringtrue.agents.models import Agent, LanguageModel
from ringtrue.console.views.showing_forms import page_with_form
from ringtrue.privacy.policy import effective

PROVIDERS = (("anthropic", "Anthropic"), ("openai", "OpenAI"), ("compatible", "Another server that speaks OpenAI's protocol"))


@needs("models.read")
def page(request: ConsoleRequest) -> HttpResponse:
    return _shown(request)


def _shown(request: ConsoleRequest, state: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> HttpResponse:
    agents = Agent.objects.filter(workspace=request.workspace).order_by("name")
    shown = {
        "tab": "models",
        "models": [(row, language_models.NAMES[row.provider]) for row in language_models.connected(request.workspace.id)],
        "of_installation": language_models.of_installation(),
        "installed": language_models.installed(),
        "extra_missing": language_models.EXTRA_MISSING,
        "using": [agent for agent in agents if agent.draft.get("brain") == "model"],
        "storage_mode": effective(request.workspace.id, "storage.mode").value,
        "providers": PROVIDERS,
    }
    return page_with_form(request, "console/settings/models.html", shown, {"provider": "anthropic"} | (state or {}), errors)


def _actor(request: ConsoleRequest) -> str:
    return f"user:{request.user.id}"


def _find(request: ConsoleRequest, model_id: UUID) -> LanguageModel:
    return get_object_or_404(LanguageModel, workspace=request.workspace, id=model_id)


@require_POST
@needs("models.change")
def connect_one(request: ConsoleRequest) -> HttpResponse:
    typed = {name: request.POST.get(name, "") for name in ("provider", "model", "base_url")}
    try:
        language_models.connect(
            request.workspace.id,
            **typed,
            key=request.POST.get("key", ""),
            in_metadata_only=request.POST.get("in_metadata_only") == "on",
            actor=_actor(request),
        )
    except CannotConnect as problem:
        # The key is never sent back into a page.
        return _shown(request, typed, {problem.field: str(problem)})
    messages.success(
        request, "The model is connected. Check it, then choose in an agent’s form “Handling calls” that it answers."
    )
    return redirect("console:settings_models", request.workspace.slug)


@require_POST
@needs("models.change")
def check_one(request: ConsoleRequest, model_id: UUID) -> HttpResponse:
    row = _find(request, model_id)
    good, sentence = language_models.check(row)
    (messages.success if good else messages.error)(request, f"{row.model}: {sentence}")
    return redirect("console:settings_models", request.workspace.slug)


@require_POST
@needs("models.change")
def first(request: ConsoleRequest, model_id: UUID) -> HttpResponse:
    language_models.ask_first(_find(request, model_id), actor=_actor(request))
    return redirect("console:settings_models", request.workspace.slug)


@require_POST
@needs("models.change")
def remove(request: ConsoleRequest, model_id: UUID) -> HttpResponse:
    language_models.disconnect(_find(request, model_id), actor=_actor(request))
    messages.success(request, "The model and its key are gone from here. At the provider nothing was changed.")
    return redirect("console:settings_models", request.workspace.slug)
