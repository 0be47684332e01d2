"""Carrier accounts, and which agent answers which number."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents.models import Agent
from ringtrue.console.views.showing_forms import entered, page_with_form, without_secrets
from ringtrue.core.configuring import CONFIG
from ringtrue.numbers import connecting
from ringtrue.numbers.connecting import CannotConnect, connectable, disconnect, give_number, hook_urls, take_number
from ringtrue.numbers.models import LineAccount, PhoneNumber
from ringtrue.voice.lines.about import About


@needs("numbers.read")
def page(request: ConsoleRequest) -> HttpResponse:
    return _shown(request)


def _shown(
    request: ConsoleRequest, state: dict[str, Any] | None = None, errors: dict[str, str] | None = None, opened: str = ""
) -> HttpResponse:
    """`opened`: the line whose form has the errors."""
    accounts = list(LineAccount.objects.filter(workspace=request.workspace, line__in=connectable()).order_by("name"))
    connected = {account.line for account in accounts}
    shown = {
        "tab": "lines",
        "accounts": accounts,
        "carriers": [
            {"line": line, "about": about, "connected": line in connected, "opened": line == opened}
            for line, about in sorted(connectable().items(), key=lambda carrier: carrier[1].title)
        ],
        "steps": [
            {"about": about, "steps": _steps(line, about)}
            for line, about in connectable().items()
            if line in connected and about.steps
        ],
        "numbers": PhoneNumber.objects.filter(workspace=request.workspace)
        .select_related("agent", "line_account")
        .order_by("number"),
        "agents": list(Agent.objects.filter(workspace=request.workspace).order_by("name")),
    }
    return page_with_form(request, "console/settings/lines.html", shown, state, errors)


def _steps(line: str, about: About) -> list[dict[str, str]]:
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    media, sip_port = f"{settings.MEDIA_SOCKET_URL}/{line}", CONFIG.sip_listen.rpartition(":")[2]
    known = {**hook_urls(line), "media": media, "host": host, "sip_port": sip_port}
    return [
        {"id": f"step-{line}-{n}", "text": step.text, "copied": step.copied.format(**known)} for n, step in enumerate(about.steps)
    ]


def _actor(request: ConsoleRequest) -> str:
    return f"user:{request.user.id}"


@require_POST
@needs("numbers.change")
def connect(request: ConsoleRequest, line: str) -> HttpResponse:
    if line not in connectable():
        raise Http404
    fields = connectable()[line].fields
    given = entered(request, fields)
    try:
        verdict = connecting.check(line, given)
        connecting.connect(request.workspace.id, line, given, actor=_actor(request))
    except CannotConnect as problem:
        return _shown(request, without_secrets(fields, given), {problem.field: str(problem)}, line)
    if verdict.state == "unknown":
        messages.warning(
            request,
            f"{verdict.sentence} It is connected as entered. Whoever runs this installation can ask again: ringtrue doctor line.",
        )
    else:
        messages.success(request, f"{verdict.sentence} It is connected. Now add a number.".strip())
    return redirect("console:settings_lines", request.workspace.slug)


@require_POST
@needs("numbers.change")
def disconnect_account(request: ConsoleRequest, account_id: UUID) -> HttpResponse:
    disconnect(get_object_or_404(LineAccount, workspace=request.workspace, id=account_id), actor=_actor(request))
    messages.success(request, "The account and its numbers are gone from here. At the carrier nothing was changed.")
    return redirect("console:settings_lines", request.workspace.slug)


@require_POST
@needs("numbers.change")
def give(request: ConsoleRequest) -> HttpResponse:
    account = get_object_or_404(LineAccount, workspace=request.workspace, id=_uuid(request.POST.get("account", "")))
    agent = Agent.objects.filter(workspace=request.workspace, slug=request.POST.get("agent", "")).first()
    try:
        give_number(
            account,
            request.POST.get("number", ""),
            agent.id if agent else None,
            actor=_actor(request),
            country=str(agent.draft.get("country", "")) if agent else "",
        )
    except CannotConnect as problem:
        return _shown(request, {"number": request.POST.get("number", "")}, {problem.field: str(problem)})
    messages.success(
        request, f"Calls to this number are answered by {agent.name}." if agent else "Nobody answers this number for now."
    )
    return redirect("console:settings_lines", request.workspace.slug)


@require_POST
@needs("numbers.change")
def take(request: ConsoleRequest, number_id: UUID) -> HttpResponse:
    take_number(get_object_or_404(PhoneNumber, workspace=request.workspace, id=number_id), actor=_actor(request))
    messages.success(request, "The number is removed from here.")
    return redirect("console:settings_lines", request.workspace.slug)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
