"""Questions that people ask, with the business's own answers. The agent answers from these and from nothing else."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from ringtrue.agents import reading_pages
from ringtrue.console.agent_forms.section import Section, State, Taken, identifier, new_key, paragraph, row_keys, text, with_keys


def show(draft: dict[str, Any]) -> State:
    rows = [{name: row.get(name, "") for name in ("id", "question", "answer")} for row in draft.get("faqs") or []]
    return {"rows": with_keys(rows or [{"id": "", "question": "", "answer": ""}])}


def take(post: QueryDict) -> Taken:
    rows: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    errors: dict[str, str] = {}
    for key in row_keys(post, "faq"):
        row = {
            "id": text(post, f"faq-{key}-id", 60),
            "question": text(post, f"faq-{key}-question", 300),
            "answer": " ".join(paragraph(post, f"faq-{key}-answer", 1500).split()),
        }
        if not row["question"] and not row["answer"]:
            continue
        rows.append({**row, "key": key})
        if not row["question"]:
            errors[f"faq-{key}-question"] = "Please write the question as a caller would ask it."
        if not row["answer"]:
            errors[f"faq-{key}-answer"] = "Please write what the agent should say."
        elif len(row["answer"]) > 600:
            errors[f"faq-{key}-answer"] = "Please shorten this to 600 letters: nobody listens that long on the phone."
        kept.append(row)
    taken = {row["id"] for row in kept if row["id"]}
    for row in kept:
        row["id"] = row["id"] or identifier(row["question"], taken, "question")
    return Taken({"rows": rows or [{"id": "", "question": "", "answer": "", "key": new_key()}]}, {"faqs": kept}, errors)


def fill(state: State, post: QueryDict) -> State | None:
    """With what stands on the page that was named, or why that could not be read."""
    if "page" not in post:
        return None
    address = post.get("page", "").strip()
    try:
        found = [{"id": "", "question": each.question, "answer": each.answer} for each in reading_pages.read(address)]
    except reading_pages.CannotRead as why:
        return {**state, "page": address, "page_trouble": str(why)}
    kept = [row for row in state["rows"] if row["question"]]
    return {"rows": [*kept, *with_keys(found)], "read": len(found)}


def told(draft: dict[str, Any]) -> str:
    count = len(draft.get("faqs") or [])
    return f"{count} answer{'' if count == 1 else 's'}" if count else ""


SECTION = Section(
    "questions", "Questions & answers",
    "What people ask most. The agent says your answer and never makes one up; where it has none, it says so and offers to take a message.",
    ("faqs",), show, take, told, fill,
)  # fmt: skip
