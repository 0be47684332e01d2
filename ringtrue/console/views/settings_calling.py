"""Calling rules: the countries that may be called, the do-not-call lists in force, and answers about reassigned numbers."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST

from ringtrue.accounts.access import ConsoleRequest, needs
from ringtrue.console.agent_forms.basics import COUNTRIES
from ringtrue.console.views.rights_public import PLACES
from ringtrue.core import audit
from ringtrue.dialing.answers_importing import MOST, import_answers
from ringtrue.dialing.gathering import allowed_countries, lists_in_force
from ringtrue.dialing.list_importing import COUNTRY_OF, ListRefused, import_list
from ringtrue.dialing.models import DialingSettings
from ringtrue.dialing.rules_pack import Pack, PackRefused, current_pack

LARGEST = 1024**2  # bytes, unpacked: some 85,000 numbers, a quarter of a minute
NAMES = dict((*COUNTRIES, *PLACES))


@needs("campaigns.read")
def page(request: ConsoleRequest) -> HttpResponse:
    return _shown(request)


def _shown(request: ConsoleRequest, **more: Any) -> HttpResponse:
    shown: dict[str, Any] = {
        "tab": "calling", "largest": LARGEST, "most": MOST, "state": request.POST, "today": timezone.now().date().isoformat(), **more,
    }  # fmt: skip
    try:
        pack = current_pack()
    except PackRefused as why:
        shown["trouble"] = str(why)
    else:
        lists = _lists(request, pack)
        shown |= {"countries": _countries(request, pack), "lists": lists}
        shown["choices"] = [(one["name"], one["title"]) for one in lists if one["name"] in COUNTRY_OF]
    problem = more.get("list_problem") or more.get("answers_problem")
    return render(request, "console/settings/calling.html", shown, status=422 if problem else 200)


def _countries(request: ConsoleRequest, pack: Pack) -> list[tuple[str, str, bool]]:
    """Code, name, whether it may be called; those that may stand first."""
    chosen = allowed_countries(request.workspace.id)
    found = [(code, NAMES.get(code, code), code in chosen) for code in pack.countries]
    return sorted(found, key=lambda one: (not one[2], one[1]))


def _lists(request: ConsoleRequest, pack: Pack) -> list[dict[str, Any]]:
    held, now = lists_in_force(request.workspace.id), timezone.now()
    found = []
    for rule in pack.rules:
        if rule.kind == "list":
            name, days = rule.parameters["list"], int(rule.parameters["max_age_days"])
            row = held.get(name)
            until = row.published_at + timedelta(days=days) if row else None
            found.append(
                {
                    "name": name,
                    "title": rule.title,
                    "place": NAMES.get(rule.jurisdiction[:2], ""),
                    "days": days,
                    "row": row,
                    "until": until,
                    "good": until and until >= now,
                }
            )
    return found


@require_POST
@needs("campaigns.change")
def choose_countries(request: ConsoleRequest) -> HttpResponse:
    try:
        known = current_pack().countries
    except PackRefused as why:
        messages.error(request, str(why))
    else:
        chosen = sorted(known & set(request.POST.getlist("countries")))
        DialingSettings.objects.update_or_create(workspace=request.workspace, defaults={"countries": chosen})
        audit.record(
            "dialing.countries_chosen", actor=f"user:{request.user.id}", workspace_id=request.workspace.id, countries=chosen
        )
        names = ", ".join(sorted(NAMES.get(code, code) for code in chosen))
        messages.success(request, f"Saved. May be called: {names}." if chosen else "Saved. No country may be called.")
    return redirect("console:settings_calling", request.workspace.slug)


@require_POST
@needs("campaigns.change")
def take_list(request: ConsoleRequest) -> HttpResponse:
    try:
        day = _day(request.POST.get("published", ""))
        made = import_list(
            request.workspace.id, request.POST.get("name", ""), _file(request), day, by=f"user:{request.user.id}", most=LARGEST
        )  # fmt: skip
    except ListRefused as refused:
        return _shown(request, list_problem=str(refused))
    messages.success(request, f"Imported: {made.lines:,} {'line' if made.lines == 1 else 'lines'}. The list is in force now.")
    return redirect("console:settings_calling", request.workspace.slug)


@require_POST
@needs("campaigns.change")
def take_answers(request: ConsoleRequest) -> HttpResponse:
    try:
        count = import_answers(request.workspace.id, _file(request).read(), by=f"user:{request.user.id}")
    except ListRefused as refused:
        return _shown(request, answers_problem=str(refused))
    messages.success(request, f"{count:,} {'answer' if count == 1 else 'answers'} noted.")
    return redirect("console:settings_calling", request.workspace.slug)


def _file(request: ConsoleRequest) -> Any:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise ListRefused("Choose a file first.")
    return file.file


def _day(text: str) -> datetime:
    """Its first moment, so that a list is never held for younger than it is."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ListRefused("Say on which day the publisher made the file.")
    return datetime.combine(day, time(), UTC)
