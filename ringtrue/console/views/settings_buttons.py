"""Buttons for the business's own web site, with which visitors call an agent."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents.models import Agent
from ringtrue.call_us import origins
from ringtrue.call_us.models import CallButton
from ringtrue.call_us.words import LABELS, LANGUAGES, ink
from ringtrue.core import audit

COLOR = "#14574a"
MOST = 20
MOST_AT_ONCE = 20


@needs("numbers.read")
def page(request: ConsoleRequest) -> HttpResponse:
    return _shown(request)


def _shown(request: ConsoleRequest, state: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> HttpResponse:
    rows = CallButton.objects.filter(workspace=request.workspace).select_related("agent")
    agents = Agent.objects.filter(workspace=request.workspace).order_by("name")
    shown = {
        "tab": "buttons",
        "buttons": [{"row": row, "ink": ink(row.color), "snippet": _snippet(row), "calls": row.calls.count()} for row in rows],
        "agents": [(agent.slug, agent.name) for agent in agents],
        "languages": list(LANGUAGES.items()),
        "state": state or {"label": LABELS["en"], "color": COLOR, "language": "en", "at_once": "3"},
        "errors": errors or {},
    }
    return render(request, "console/settings/buttons.html", shown, status=422 if errors else 200)


def _snippet(button: CallButton) -> str:
    return f'<script type="module" src="{settings.PUBLIC_URL}/static/console/call-us.js?button={button.key}"></script>'


def _read(request: ConsoleRequest) -> tuple[dict[str, str], dict[str, Any], dict[str, str]]:
    """What was entered, what is kept of it, what is wrong with it."""
    names = ("agent", "label", "color", "language", "origins", "at_once")
    state = {name: request.POST.get(name, "").strip()[:2000] for name in names}
    errors: dict[str, str] = {}
    agent = Agent.objects.filter(workspace=request.workspace, slug=state["agent"]).first()
    if agent is None:
        errors["agent"] = "Choose who answers."
    if not 1 <= len(state["label"]) <= 40:
        errors["label"] = "Write what stands on the button, in 40 characters at most."
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", state["color"]):
        errors["color"] = "Choose a color."
    if state["language"] not in LANGUAGES:
        errors["language"] = "Choose from the list."
    if not (re.fullmatch(r"[0-9]{1,2}", state["at_once"]) and 1 <= int(state["at_once"]) <= MOST_AT_ONCE):
        errors["at_once"] = f"A number from 1 to {MOST_AT_ONCE}."
    try:
        sites = origins.read(state["origins"])
    except origins.NotAnOrigin as why:
        sites, errors["origins"] = [], str(why)
    kept = {
        "agent": agent, "label": state["label"], "color": state["color"].lower(), "language": state["language"], "origins": sites,
    }  # fmt: skip
    return state, kept if errors else {**kept, "at_once": int(state["at_once"])}, errors


def _note(request: ConsoleRequest, action: str, button: CallButton) -> None:
    audit.record(action, actor=f"user:{request.user.id}", workspace_id=request.workspace.id, target=f"button:{button.id}")


@require_POST
@needs("numbers.change")
def make(request: ConsoleRequest) -> HttpResponse:
    state, kept, errors = _read(request)
    if not errors and CallButton.objects.filter(workspace=request.workspace).count() >= MOST:
        errors["label"] = f"There are {MOST} buttons already. Remove one first."
    if errors:
        return _shown(request, state, errors)
    _note(request, "button.made", CallButton.objects.create(workspace=request.workspace, **kept))
    messages.success(request, "The button is made. Copy its line into the pages of your site.")
    return redirect("console:settings_buttons", request.workspace.slug)


@needs("numbers.read", change="numbers.change")
def one(request: ConsoleRequest, button_id: UUID) -> HttpResponse:
    """POST changes it."""
    button = get_object_or_404(CallButton.objects.select_related("agent"), workspace=request.workspace, id=button_id)
    state: dict[str, Any] = {
        "agent": button.agent.slug, "label": button.label, "color": button.color, "language": button.language,
        "origins": "\n".join(button.origins), "at_once": str(button.at_once),
    }  # fmt: skip
    errors: dict[str, str] = {}
    if request.method == "POST":
        state, kept, errors = _read(request)
        if not errors:
            CallButton.objects.filter(id=button.id).update(**kept)
            _note(request, "button.changed", button)
            messages.success(request, "Saved. Pages that are open show it when they are loaded again.")
            return redirect("console:settings_buttons", request.workspace.slug)
    agents = Agent.objects.filter(workspace=request.workspace).order_by("name")
    shown = {
        "tab": "buttons", "button": button, "agents": [(agent.slug, agent.name) for agent in agents],
        "languages": list(LANGUAGES.items()), "state": state, "errors": errors,
    }  # fmt: skip
    return render(request, "console/settings/button.html", shown, status=422 if errors else 200)


@require_POST
@needs("numbers.change")
def switch(request: ConsoleRequest, button_id: UUID) -> HttpResponse:
    """One of: on, off, remove."""
    button = get_object_or_404(CallButton, workspace=request.workspace, id=button_id)
    wanted = request.POST.get("do", "")
    if wanted in ("on", "off"):
        CallButton.objects.filter(id=button.id).update(on=wanted == "on")
        _note(request, f"button.switched_{wanted}", button)
        messages.success(request, "Switched on." if wanted == "on" else "Switched off. No new call begins; calls that run go on.")
    elif wanted == "remove":
        _note(request, "button.removed", button)
        button.delete()
        messages.success(request, "The button is removed. Take its line out of your pages, too.")
    return redirect("console:settings_buttons", request.workspace.slug)
