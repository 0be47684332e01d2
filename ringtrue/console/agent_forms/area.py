"""Where the business works."""

from __future__ import annotations

import re
from typing import Any

from django.http import QueryDict

from ringtrue.console.agent_forms.section import Section, State, Taken, paragraph, text

MOST = 500


def show(draft: dict[str, Any]) -> State:
    return {"area": "\n".join(draft.get("area") or []), "area_note": draft.get("area_note", "")}


def take(post: QueryDict) -> Taken:
    typed = paragraph(post, "area", 20000)
    found = list(dict.fromkeys(" ".join(part.split())[:80] for part in re.split(r"[\n,;]", typed) if part.strip()))
    errors = {}
    if len(found) > MOST:
        errors["area"] = (
            f"There are {len(found)} places here; the agent can hold {MOST}. Towns usually do instead of every postcode."
        )
    note = text(post, "area_note", 400)
    return Taken({"area": typed, "area_note": note}, {"area": found, "area_note": note}, errors)


def told(draft: dict[str, Any]) -> str:
    places = draft.get("area") or []
    return ", ".join(places[:5]) + (f" and {len(places) - 5} more" if len(places) > 5 else "")


SECTION = Section(
    "area", "Service area", "Only if you go to your customers, or only serve some places. Leave it empty when anyone may come.",
    ("area", "area_note"), show, take, told,
)  # fmt: skip
