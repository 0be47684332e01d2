"""What the business offers, how long it takes and what it costs."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from ringtrue.console.agent_forms.section import Section, State, Taken, new_key, row_keys, text, with_keys

NAMES = ("name", "minutes", "price", "description", "bookable")


def show(draft: dict[str, Any]) -> State:
    rows = [
        {**{name: row.get(name, "") for name in NAMES}, "bookable": "yes" if row.get("bookable", True) else "no"}
        for row in draft.get("services") or []
    ]
    return {"rows": with_keys(rows or [blank()])}


def blank() -> dict[str, Any]:
    return {"name": "", "minutes": 30, "price": "", "description": "", "bookable": "yes"}


def take(post: QueryDict) -> Taken:
    rows, kept, errors = [], [], {}
    seen: set[str] = set()
    for key in row_keys(post, "service"):
        row = {name: text(post, f"service-{key}-{name}", 400) for name in NAMES}
        if not (row["name"] or row["price"] or row["description"]):
            continue  # an empty row is no service
        rows.append({**row, "key": key})
        if not row["name"]:
            errors[f"service-{key}-name"] = "Please name this service the way callers would."
        elif row["name"].lower() in seen:
            errors[f"service-{key}-name"] = "There is already a service with this name."
        seen.add(row["name"].lower())
        minutes = int(row["minutes"]) if row["minutes"].isdecimal() else 0
        if not 5 <= minutes <= 720:
            errors[f"service-{key}-minutes"] = "Please give the length in minutes, from 5 to 720."
        kept.append({**row, "minutes": minutes, "bookable": row["bookable"] != "no"})
    return Taken({"rows": rows or [{**blank(), "key": new_key()}]}, {"services": kept}, errors)


def told(draft: dict[str, Any]) -> str:
    names = [row["name"] for row in draft.get("services") or []]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


SECTION = Section(
    "services", "Services & prices",
    "What people can ask for or book. Prices are said exactly as you write them; leave one empty and the agent says that you will tell them.",
    ("services",), show, take, told,
)  # fmt: skip
