"""Whom the agent puts callers through to, and when. Only these numbers can ever be reached by a transfer."""

from __future__ import annotations

import re
from typing import Any

from django.http import QueryDict

from ringtrue.console.agent_forms.section import Section, State, Taken, identifier, new_key, row_keys, text, with_keys
from ringtrue.numbers.reading import e164

WHEN = (("always", "At any time"), ("open", "Only while you are open"), ("closed", "Only while you are closed"))
HOW = (("warm", "Tell them who is calling, and ask first"), ("blind", "Put callers straight through"))
NAMES = ("id", "situation", "words", "person", "number", "hours", "transfer")


def show(draft: dict[str, Any]) -> State:
    rows = [
        {
            **{n: row.get(n, "") for n in NAMES},
            "words": ", ".join(row.get("words") or []),
            "transfer": row.get("transfer") or "warm",
        }
        for row in draft.get("escalations") or []
    ]
    return {"rows": with_keys(rows or [_blank()]), "when": WHEN, "country": draft.get("country", "US")}


def _blank() -> dict[str, Any]:
    return {**dict.fromkeys(NAMES, ""), "hours": "open", "transfer": "warm"}


def take(post: QueryDict) -> Taken:
    rows: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    errors: dict[str, str] = {}
    country = text(post, "country", 2)
    for key in row_keys(post, "rule"):
        row: dict[str, Any] = {name: text(post, f"rule-{key}-{name}", 600) for name in NAMES}
        if not any(row[name] for name in ("situation", "words", "person", "number")):
            continue
        row["transfer"] = row["transfer"] if row["transfer"] in dict(HOW) else "warm"
        rows.append({**row, "key": key})
        if not row["situation"]:
            errors[f"rule-{key}-situation"] = "Please say in a few words when this applies."
        if not row["person"]:
            errors[f"rule-{key}-person"] = "Please say who is reached. Callers hear it: “I am putting you through to …”."
        number = e164(row["number"], country)
        if not number:
            errors[f"rule-{key}-number"] = "This does not look like a telephone number. Write it as you would dial it."
        if row["hours"] not in dict(WHEN):
            errors[f"rule-{key}-hours"] = "Please choose when this person can be reached."
        words = list(dict.fromkeys(" ".join(part.split()) for part in re.split(r"[,;\n]", row["words"]) if part.strip()))
        kept.append({**row, "words": words, "number": number})
    taken = {row["id"] for row in kept if row["id"]}
    for row in kept:
        row["id"] = row["id"] or identifier(row["situation"], taken, "rule")
    return Taken(
        {"rows": rows or [{**_blank(), "key": new_key()}], "when": WHEN, "country": country}, {"escalations": kept}, errors
    )


def told(draft: dict[str, Any]) -> str:
    return ", ".join(dict.fromkeys(row["person"] for row in draft.get("escalations") or []))


SECTION = Section(
    "people", "People to reach",
    "When the agent should bring in a person: what callers say, who is rung, and at which hours.",
    ("escalations",), show, take, told,
)  # fmt: skip
