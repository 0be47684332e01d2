"""Carrier accounts, and which agent answers which number."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents.models import Agent
from ringtrue.core.configuring import CONFIG
from ringtrue.numbers.connecting import (
    CannotConnect,
    connect_sip,
    connect_twilio,
    disconnect,
    give_number,
    hook_urls,
    take_number,
)
from ringtrue.numbers.models import LineAccount, PhoneNumber


@needs("numbers.read")
def page(request: ConsoleRequest) -> HttpResponse:
    return _shown(request)


def _shown(request: ConsoleRequest, state: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> HttpResponse:
    accounts = list(LineAccount.objects.filter(workspace=request.workspace).order_by("name"))
    host = urlsplit(settings.PUBLIC_URL).hostname
    shown = {
        "tab": "lines",
        "accounts": accounts,
        "has_twilio": any(account.line == "twilio" for account in accounts),
        "has_sip": any(account.line == "sip" for account in accounts),
        "sip_address": f"sip:{host}:{CONFIG.sip_listen.rpartition(':')[2]}",
        "sip_tls_in": bool(CONFIG.sip_certificate),
        "sip_kinds": SIP_KINDS,
        "sip_transports": SIP_TRANSPORTS,
        "numbers": PhoneNumber.objects.filter(workspace=request.workspace)
        .select_related("agent", "line_account")
        .order_by("number"),
        "agents": list(Agent.objects.filter(workspace=request.workspace).order_by("name")),
        "hooks": hook_urls("twilio"),
        "state": state or {},
        "errors": errors or {},
    }
    return render(request, "console/settings/lines.html", shown, status=422 if errors else 200)


SIP_KINDS = (("ip", "By its addresses (a trunk)"), ("account", "By a user name and password (a login or extension)"))
SIP_TRANSPORTS = (("udp", "UDP"), ("tcp", "TCP"), ("tls", "TLS"), ("tls+srtp", "TLS, and encrypted sound (SRTP)"))


def _actor(request: ConsoleRequest) -> str:
    return f"user:{request.user.id}"


@require_POST
@needs("numbers.change")
def connect(request: ConsoleRequest) -> HttpResponse:
    try:
        connect_twilio(
            request.workspace.id,
            account_sid=request.POST.get("account_sid", ""),
            auth_token=request.POST.get("auth_token", ""),
            actor=_actor(request),
        )
    except CannotConnect as problem:
        # The token is never sent back into a page.
        return _shown(request, {"account_sid": request.POST.get("account_sid", "")}, {problem.field: str(problem)})
    messages.success(request, "The account is connected. Now add a number.")
    return redirect("console:settings_lines", request.workspace.slug)


@require_POST
@needs("numbers.change")
def connect_sip_line(request: ConsoleRequest) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("name", "kind", "host", "allowed", "user", "transport")}
    try:
        connect_sip(request.workspace.id, **given, password=request.POST.get("password", ""), actor=_actor(request))
    except CannotConnect as problem:
        # The password is never sent back into a page.
        return _shown(request, given, {problem.field: str(problem)})
    messages.success(request, "The line is connected. Now add a number; it is served within a few seconds.")
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
