"""One account at a carrier: its numbers, bought, taken over and given back here, and its limits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents.models import Agent
from ringtrue.core import audit
from ringtrue.dialing import account_limits
from ringtrue.numbers import buying
from ringtrue.numbers.models import LineAccount, NumberOrder, PhoneNumber
from ringtrue.numbers.reading import e164
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.buying import NumbersFailed, Wanted

MOST_STARTS = 100.0


@needs("numbers.read")
def page(request: ConsoleRequest, account_id: UUID) -> HttpResponse:
    """The carrier is asked only where somebody searches, or wants to see what the account has."""
    account = _account(request, account_id)
    found: dict[str, Any] = {}
    try:
        if "country" in request.GET:
            wanted = _wanted(request.GET)
            found = {"offered": buying.search(account, wanted), "wanted": wanted}
        elif "owned" in request.GET:
            found = {"owned": buying.owned(account)}
    except NumbersFailed as problem:
        found = {"problem": str(problem)}
    return _shown(request, account, **found)


def _shown(request: ConsoleRequest, account: LineAccount, **more: Any) -> HttpResponse:
    sells, about = finding.part(account.line, "buying"), finding.about(account.line)
    orders = list(NumberOrder.objects.filter(line_account=account).order_by("asked_at"))
    shown = {
        "tab": "lines",
        "account": account,
        "about": about,
        "sells": sells is not None,
        "countries": getattr(sells, "COUNTRIES", ()),
        "kinds": getattr(sells, "KINDS", ()),
        "numbers": PhoneNumber.objects.filter(line_account=account).select_related("agent").order_by("number"),
        "orders": orders,
        "waits": any(not one.problem for one in orders),
        "owned": None,
        "agents": list(Agent.objects.filter(workspace=request.workspace).order_by("name")),
        "detects": "machine_detection" in about.can,
        "detection": LineAccount.DETECTION,
        "usual_starts": account_limits.usual_starts_per_s(account.line),
        "state": more.pop("entered", None) or _entered(account, more.get("wanted")),
        "errors": more.pop("errors", {}),
        **more,
    }
    return render(request, "console/settings/line_account.html", shown, status=422 if shown["errors"] else 200)


def _entered(account: LineAccount, wanted: Wanted | None) -> dict[str, str]:
    search = wanted or Wanted()
    return {
        "machine_detection": account.machine_detection,
        "starts_per_s": "" if account.starts_per_s is None else f"{account.starts_per_s:g}",
        "most_calls": "" if account.most_calls is None else str(account.most_calls),
        "country": search.country, "kind": search.kind, "area_code": search.area_code, "contains": search.contains,
    }  # fmt: skip


@require_POST
@needs("numbers.change")
def limits(request: ConsoleRequest, account_id: UUID) -> HttpResponse:
    account = _account(request, account_id)
    entered = {name: request.POST.get(name, "").strip() for name in ("machine_detection", "starts_per_s", "most_calls")}
    errors = {}
    starts, most = _number(entered["starts_per_s"]), _number(entered["most_calls"])
    if starts is not None and not 0 < starts <= MOST_STARTS:
        errors["starts_per_s"] = "Write a number above 0 and up to 100, or leave it empty."
    if most is not None and not (most >= 1 and most == int(most)):
        errors["most_calls"] = "Write a whole number from 1 on, or leave it empty."
    if entered["machine_detection"] not in dict(LineAccount.DETECTION):
        errors["machine_detection"] = "Choose from the list."
    if errors:
        return _shown(request, account, entered={**_entered(account, None), **entered}, errors=errors)
    account.starts_per_s, account.most_calls = starts, None if most is None else int(most)
    account.machine_detection = entered["machine_detection"]
    account.save(update_fields=["starts_per_s", "most_calls", "machine_detection"])
    audit.record(
        "line.limits_changed", actor=_actor(request), workspace_id=request.workspace.id, target=f"line_account:{account.id}"
    )
    messages.success(request, "Saved. It holds for the next call.")
    return _back(request, account)


@require_POST
@needs("numbers.change")
def buy(request: ConsoleRequest, account_id: UUID) -> HttpResponse:
    account = _account(request, account_id)
    with _problems_told(request):
        number = _chosen(request, "Search for a number first.")
        shown = request.POST.get("price", "")
        buying.order(account, _wanted(request.POST), number, _agent(request), shown=shown, actor=_actor(request))
    return _back(request, account)


@require_POST
@needs("numbers.change")
def take_over(request: ConsoleRequest, account_id: UUID) -> HttpResponse:
    account = _account(request, account_id)
    with _problems_told(request):
        number = _chosen(request, "Choose a number of the account first.")
        buying.take_over(account, number, _agent(request), actor=_actor(request))
        messages.success(request, "Calls to this number come here from now on.")
    return _back(request, account)


@require_POST
@needs("numbers.change")
def release(request: ConsoleRequest, number_id: UUID) -> HttpResponse:
    number = get_object_or_404(PhoneNumber.objects.select_related("line_account"), workspace=request.workspace, id=number_id)
    account = number.line_account
    with _problems_told(request):
        buying.release(number, request.POST.get("typed", ""), actor=_actor(request))
        messages.success(request, "The number is given back. Nothing more is paid for it.")
    return _back(request, account)


@require_POST
@needs("numbers.change")
def forget_order(request: ConsoleRequest, order_id: UUID) -> HttpResponse:
    one = get_object_or_404(NumberOrder.objects.select_related("line_account"), workspace=request.workspace, id=order_id)
    buying.forget(one)
    return _back(request, one.line_account)


@contextmanager
def _problems_told(request: ConsoleRequest) -> Iterator[None]:
    try:
        yield
    except NumbersFailed as problem:
        messages.error(request, str(problem))


def _chosen(request: ConsoleRequest, otherwise: str) -> str:
    """E.164. Raises NumbersFailed."""
    number = e164(request.POST.get("number", ""))
    if not number:
        raise NumbersFailed(otherwise)
    return number


def _account(request: ConsoleRequest, account_id: UUID) -> LineAccount:
    found: LineAccount = get_object_or_404(LineAccount, workspace=request.workspace, id=account_id)
    return found


def _agent(request: ConsoleRequest) -> UUID | None:
    agent = Agent.objects.filter(workspace=request.workspace, slug=request.POST.get("agent", "")).first()
    return agent.id if agent else None


def _wanted(given: Any) -> Wanted:
    digits = {name: "".join(filter(str.isdigit, given.get(name, "")))[:15] for name in ("area_code", "contains")}
    country = given.get("country", "")
    return Wanted(
        country=country if country.isalpha() and len(country) == 2 else "US", kind=_word(given.get("kind", "")), **digits
    )


def _word(text: str) -> str:
    """It becomes part of an address at the carrier."""
    return text if text.isalnum() and len(text) <= 20 else ""


def _number(text: str) -> float | None:
    """None for nothing; -1, which nobody may enter, for what is no number."""
    try:
        given = float(text) if text else None
    except ValueError:
        return -1.0
    return given if given is None or math.isfinite(given) else -1.0


def _actor(request: ConsoleRequest) -> str:
    return f"user:{request.user.id}"


def _back(request: ConsoleRequest, account: LineAccount) -> HttpResponse:
    return redirect("console:line_account", request.workspace.slug, account.id)
