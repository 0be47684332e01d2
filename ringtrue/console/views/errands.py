"""Errands: the list, a new one, and its plan, which the person reads and changes before anybody is called."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.agents.models import Agent
from ringtrue.agents.publishing import current, snapshot_of
from ringtrue.calls.searching import search
from ringtrue.concierge import carrying_out, keeping
from ringtrue.concierge.models import Errand
from ringtrue.concierge.planning import Plan, Whom, plan_from, whom_in
from ringtrue.console.views.showing_forms import entered_day
from ringtrue.contacts import gathering
from ringtrue.contacts.models import Contact
from ringtrue.numbers.reading import e164

A_PAGE = 20
PARTS = (("", "Any time of day"), ("morning", "In the morning"), ("afternoon", "In the afternoon"), ("evening", "In the evening"))
AGREES = (("yes", "Yes, within the limits below"), ("no", "No, ask me first"))
VOICEMAIL = (("message", "Leave a short message"), ("hang_up", "Hang up and try again later"))
CURRENCIES = (("$", "$"), ("£", "£"), ("€", "€"))
STATES = {
    "draft": ("Not started", "line"),
    "running": ("Under way", "info"),
    "waiting": ("Waits for you", "note"),
    "done": ("Done", "good"),
    "cancelled": ("Cancelled", "line"),
}
FOUND = 8  # contacts that a search shows
NO_NUMBER = "This is not a telephone number. Write it with its country code, such as +1 212 555 0142."


@needs("errands.read")
def index(request: ConsoleRequest) -> HttpResponse:
    page = Paginator(Errand.objects.filter(workspace=request.workspace).order_by("-created_at"), A_PAGE).get_page(
        request.GET.get("page")
    )
    rows = [(errand, keeping.plan_of(errand), STATES[errand.state]) for errand in page.object_list]
    return render(request, "console/errands/index.html", {"page": page, "rows": rows})


@needs("errands.change")
def new(request: ConsoleRequest) -> HttpResponse:
    agents = [agent for agent in Agent.objects.filter(workspace=request.workspace).order_by("name") if current(agent)]
    state = {"name": request.user.name, **request.POST.dict()}
    errors: dict[str, str] = {}
    if request.method == "POST":
        agent = next((one for one in agents if str(one.id) == request.POST.get("agent")), None)
        for name, wrong in (("task", "Write what is to be done."), ("name", "The assistant must say for whom it calls.")):
            if not request.POST.get(name, "").strip():
                errors[name] = wrong
        version = current(agent) if agent is not None else None
        business = snapshot_of(version) if version is not None else None
        number = e164(request.POST.get("number", ""), business.country if business else "")
        if request.POST.get("number", "").strip() and not number:
            errors["number"] = NO_NUMBER
        if agent is None or business is None:
            errors["agent"] = "Choose whose voice and number it is."
        elif not errors:
            plan = plan_from(
                request.POST["task"][:4000], timezone.localdate(), country=business.country, language=business.language,
                on_behalf_of=request.POST["name"].strip()[:80], number=number,
            )  # fmt: skip
            pasted = whom_in(request.POST.get("page", "")[:50_000], business.country)
            errand = keeping.write_down(agent, _with(plan, pasted), request.user)
            return redirect("console:errand_plan", request.workspace.slug, errand.id)
    shown = {"agents": [(str(agent.id), agent.name) for agent in agents], "state": state, "errors": errors}
    return render(request, "console/errands/new.html", shown, status=422 if errors else 200)


@needs("errands.change")
def plan(request: ConsoleRequest, errand_id: UUID) -> HttpResponse:
    errand = get_object_or_404(Errand, workspace=request.workspace, id=errand_id)
    held = keeping.plan_of(errand)
    if errand.state != "draft" or held is None:
        return redirect("console:errand", request.workspace.slug, errand.id)
    problem, found, errors = "", [], _wrong(request.POST)
    if request.method == "POST":
        changed = _changed(held, request.POST)
        keeping.change(errand, changed)
        held = changed
        if request.POST.get("do") == "find":
            found = _contacts(request, request.POST.get("q", "").strip()[:80])
        elif errors:
            problem = "Not everything could be taken over. Look at the fields below."
        elif request.POST.get("do") == "start":
            try:
                carrying_out.begin(errand)
            except carrying_out.CannotBegin as why:
                problem = str(why)
            else:
                messages.success(request, "Started. The first call is made within a few seconds.")
                return redirect("console:errand", request.workspace.slug, errand.id)
        else:
            messages.success(request, "Saved. Nobody is called until you start it.")
            return redirect("console:errand_plan", request.workspace.slug, errand.id)
    shown = {
        "errand": errand, "plan": held, "state": _as_form(held) | {name: request.POST[name] for name in errors}, "errors": errors,
        "missing": held.missing(), "problem": problem, "found": found,
        "q": request.POST.get("q", ""), "parts": PARTS, "agrees": AGREES, "voicemail": VOICEMAIL, "currencies": CURRENCIES,
    }  # fmt: skip
    return render(request, "console/errands/plan.html", shown, status=422 if problem else 200)


def _with(plan: Plan, more: list[Whom]) -> Plan:
    known = {whom.number for whom in plan.callees}
    return msgspec.structs.replace(plan, callees=[*plan.callees, *(whom for whom in more if whom.number not in known)])


def _contacts(request: ConsoleRequest, q: str) -> list[dict[str, str]]:
    if not q:
        return []
    rows = Contact.objects.filter(workspace=request.workspace, id__in=search(request.workspace.id, q).contacts)[:FOUND]
    return [held for row in rows if (held := gathering.read(row)).get("number")]


def _as_form(plan: Plan) -> dict[str, Any]:
    return {
        "wish": plan.wish, "name": plan.on_behalf_of, "number": plan.number,
        "whom": "\n".join(f"{whom.name} {whom.number}".strip() for whom in plan.callees),
        "questions": "\n".join(plan.questions), "earliest": plan.earliest, "latest": plan.latest, "part": plan.part,
        "most": "" if plan.most is None else f"{plan.most:g}", "currency": plan.currency, "agrees": "yes" if plan.agrees else "no",
        "voicemail": plan.voicemail,
    }  # fmt: skip


def _wrong(given: Any) -> dict[str, str]:
    """Field -> why what was typed there cannot be taken over."""
    errors = {}
    typed = {name: given.get(name, "").strip() for name in ("number", "most", "earliest", "latest")}
    if typed["number"] and not e164(typed["number"]):
        errors["number"] = NO_NUMBER
    if typed["most"] and _amount(typed["most"]) is None:
        errors["most"] = "Write an amount, such as 160, or nothing for no limit."
    lost = [line.strip() for line in given.get("whom", "").splitlines() if len(re.sub(r"\D", "", line)) > 5 and not whom_in(line)]
    if lost:
        errors["whom"] = f"This is not a telephone number: {lost[0][:60]}"
    first, last = _day(typed["earliest"]), _day(typed["latest"])
    if typed["earliest"] and not first:
        errors["earliest"] = "There is no such day."
    if typed["latest"] and not last:
        errors["latest"] = "There is no such day."
    elif last and last < timezone.localdate().isoformat():
        errors["latest"] = "This day is over."
    elif last and first > last:
        errors["latest"] = "This is before the first day."
    return errors


def _amount(text: str) -> float | None:
    """None for what is no amount of money."""
    try:
        amount = float(text.replace(",", "").strip("$£€ "))
    except ValueError:
        return None
    return amount if 0 <= amount < 1e9 else None


def _changed(plan: Plan, given: Any) -> Plan:
    """What cannot be taken over stays as it was (`_wrong` tells of it), or is left out."""
    lines = given.get("whom", "") + "\n" + "\n".join(given.getlist("contact"))
    typed = given.get("most", "").strip()
    most = None if not typed else plan.most if _amount(typed) is None else _amount(typed)
    return msgspec.structs.replace(
        plan,
        wish=given.get("wish", "").strip()[:200],
        on_behalf_of=given.get("name", "").strip()[:80],
        number=e164(given.get("number", "")),
        callees=whom_in(lines),
        questions=[line.strip()[:200] for line in given.get("questions", "").splitlines() if line.strip()][:6],
        earliest=_day(given.get("earliest", "")),
        latest=_day(given.get("latest", "")),
        part=given.get("part", "") if given.get("part") in dict(PARTS) else "",
        most=most,
        currency=given.get("currency", "$") if given.get("currency") in dict(CURRENCIES) else "$",
        book=given.get("book") == "on",
        agrees=given.get("agrees") != "no",
        side_by_side=given.get("side_by_side") == "on",
        record=given.get("record") == "on",
        businesses=given.get("businesses") == "on",
        voicemail="hang_up" if given.get("voicemail") == "hang_up" else "message",
    )


def _day(text: str) -> str:
    day = entered_day(text)
    return day.isoformat() if day else ""
