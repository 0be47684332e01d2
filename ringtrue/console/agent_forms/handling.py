"""What the agent may do with a call."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from ringtrue.console.agent_forms.section import Section, State, Taken, text

SWITCHES = (
    (
        "take_messages",
        "Take messages",
        "Name, number and reason, read back to the caller. You get them by e-mail and on the home page.",
    ),
    ("book", "Book appointments", "Into the calendar of this agent, only at times when you are open and nothing else is booked."),
    ("transfer", "Put callers through to people", "Only to the people and numbers that you list, at the hours that you set."),
)
REFUSABLE = (("sales", "Sales calls"), ("surveys", "Surveys"), ("recruiters", "Recruiters"))
LENGTHS = ((300, "5 minutes"), (600, "10 minutes"), (900, "15 minutes"), (1800, "30 minutes"), (3600, "1 hour"))


def show(draft: dict[str, Any]) -> State:
    handling, limits = draft.get("handling") or {}, draft.get("limits") or {}
    return _page(
        {name: bool(handling.get(name, True)) for name, _, _ in SWITCHES},
        list(handling.get("refuse") or []),
        int(limits.get("max_call_s", 900)),
        limits,
    )


def _page(on: dict[str, bool], refused: list[str], longest: int, limits: dict[str, Any]) -> State:
    known = dict(REFUSABLE)
    lengths = LENGTHS if longest in dict(LENGTHS) else (*LENGTHS, (longest, f"{longest // 60} minutes"))
    return {
        "switches": [{"name": name, "title": title, "words": words, "on": on[name]} for name, title, words in SWITCHES],
        "refusable": [*REFUSABLE, *((kind, kind.title()) for kind in refused if kind not in known)],
        "refused": refused,
        "longest": longest,
        "lengths": lengths,
        "limits": limits,
    }


def take(post: QueryDict) -> Taken:
    on = {name: post.get(name) == "on" for name, _, _ in SWITCHES}
    refused = [" ".join(kind.split())[:40] for kind in post.getlist("refuse") if kind.strip()]
    typed = text(post, "max_call_s", 6)
    longest = int(typed) if typed.isdecimal() else 0
    errors = {}
    if not 60 <= longest <= 7200:
        errors["max_call_s"] = "Please choose how long a call may last."
    patch = {"handling": {**on, "refuse": refused}, "limits": {"max_call_s": longest}}
    return Taken(_page(on, refused, longest or 900, {}), patch, errors)


def told(draft: dict[str, Any]) -> str:
    handling = draft.get("handling") or {}
    does = [title.lower() for name, title, _ in SWITCHES if handling.get(name, True)]
    return ", ".join(does).capitalize()


SECTION = Section(
    "handling", "Handling calls", "What the agent may do, and which calls it turns away politely.",
    ("handling", "limits"), show, take, told,
)  # fmt: skip
