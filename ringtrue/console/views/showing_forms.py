"""Pages with forms of which each has its fields stated elsewhere: what was entered, and showing it again where it cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from ringtrue.accounts.access import ConsoleRequest
from ringtrue.voice.lines.about import Field


def entered(request: ConsoleRequest, fields: Iterable[Field]) -> dict[str, str]:
    return {field.name: request.POST.get(field.name, "") for field in fields}


def without_secrets(fields: Iterable[Field], given: dict[str, str]) -> dict[str, str]:
    """What is secret is never sent back into a page."""
    return {field.name: given[field.name] for field in fields if not field.secret}


def entered_day(text: str) -> date | None:
    """None for what is no day, and for one so far off that a week or a time zone beyond it would leave the calendar."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < 2200 else None


def page_with_form(
    request: ConsoleRequest, template: str, shown: dict[str, Any], state: dict[str, Any] | None, errors: dict[str, str] | None
) -> HttpResponse:
    """`state`: what was entered; `errors`: field -> what is wrong with it."""
    return render(request, template, {**shown, "state": state or {}, "errors": errors or {}}, status=422 if errors else 200)
