"""Hosted engines: connecting one, choosing the agent of its numbers, and what it cannot promise."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents.models import Agent
from ringtrue.console.views.showing_forms import entered, page_with_form, without_secrets
from ringtrue.hosted import allowing, connecting
from ringtrue.hosted.engine import CANNOT
from ringtrue.hosted.finding import engines
from ringtrue.hosted.models import HostedAgent
from ringtrue.numbers.connecting import CannotConnect
from ringtrue.numbers.models import LineAccount, PhoneNumber


@needs("numbers.read")
def page(request: ConsoleRequest) -> HttpResponse:
    return _shown(request)


def _shown(
    request: ConsoleRequest, state: dict[str, Any] | None = None, errors: dict[str, str] | None = None, opened: str = ""
) -> HttpResponse:
    """`opened`: the engine whose form has the errors."""
    shown = {
        "tab": "engines",
        "engines": [_engine(request, name, opened) for name in engines()],
        "agents": list(Agent.objects.filter(workspace=request.workspace).order_by("name")),
    }
    return page_with_form(request, "console/settings/engines.html", shown, state, errors)


def _engine(request: ConsoleRequest, name: str, opened: str) -> dict[str, Any]:
    about = engines()[name]
    account = LineAccount.objects.filter(workspace=request.workspace, line=name).first()
    given = (
        {row.number: row.agent for row in PhoneNumber.objects.filter(line_account=account).select_related("agent")}
        if account
        else {}
    )
    return {
        "line": name,
        "about": about,
        "account": account,
        "opened": name == opened,
        "refused": allowing.why_not(request.workspace.id, name),
        "cannot": [(CANNOT[code], sentence) for code, sentence in about.cannot.items()],
        "numbers": [(number, given.get(number)) for number in connecting.numbers_of(account)] if account else [],
        "troubles": [
            (held.agent.name, connecting.in_words(about.title, held.trouble))
            for held in HostedAgent.objects.filter(account=account).exclude(trouble="").select_related("agent")
        ]
        if account
        else [],
    }


def _account(request: ConsoleRequest, engine: str) -> LineAccount:
    """Raises CannotConnect where it is not connected."""
    found = LineAccount.objects.filter(workspace=request.workspace, line=engine).first() if engine in engines() else None
    if found is None:
        raise CannotConnect("key", "This engine is not connected.")
    return found


def _actor(request: ConsoleRequest) -> str:
    return f"user:{request.user.id}"


def _back(request: ConsoleRequest) -> HttpResponse:
    return redirect("console:settings_engines", request.workspace.slug)


@require_POST
@needs("numbers.change")
def connect(request: ConsoleRequest, engine: str) -> HttpResponse:
    if engine not in engines():
        raise Http404
    fields = engines()[engine].fields
    given = entered(request, fields)
    try:
        account = connecting.connect(request.workspace.id, engine, given, actor=_actor(request))
    except CannotConnect as problem:
        return _shown(request, without_secrets(fields, given), {problem.field: str(problem)}, engine)
    found = len(connecting.numbers_of(account))
    more = "Now choose which agent answers." if found else "It has no number yet: get one there, then look it up here."
    messages.success(request, f"{account.name} takes the key and knows {found} number{'' if found == 1 else 's'}. {more}")
    return _back(request)


@require_POST
@needs("numbers.change")
def look_up(request: ConsoleRequest, engine: str) -> HttpResponse:
    try:
        connecting.look_up_numbers(_account(request, engine))
    except CannotConnect as problem:
        messages.error(request, str(problem))
    return _back(request)


@require_POST
@needs("numbers.change")
def answer_with(request: ConsoleRequest, engine: str) -> HttpResponse:
    agent = Agent.objects.filter(workspace=request.workspace, slug=request.POST.get("agent", "")).first()
    try:
        account = _account(request, engine)
        if agent is None:
            raise CannotConnect("agent", "Choose an agent.")
        row = connecting.answer_with(account, request.POST.get("number", ""), agent, actor=_actor(request))
    except CannotConnect as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"{row.number} is held by {agent.name} now: calls to it, and calls from it.")
    return _back(request)


@require_POST
@needs("numbers.change")
def disconnect(request: ConsoleRequest, engine: str) -> HttpResponse:
    try:
        account = _account(request, engine)
    except CannotConnect as problem:
        messages.error(request, str(problem))
        return _back(request)
    left = connecting.disconnect(account, actor=_actor(request))
    if left:
        messages.warning(request, f"Disconnected here. {account.name} still has, for you to remove there: {', '.join(left)}.")
    else:
        messages.success(request, "Disconnected. The agents and webhooks are gone there too.")
    return _back(request)
