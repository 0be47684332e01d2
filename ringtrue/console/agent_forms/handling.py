"""What the agent may do with a call."""

from __future__ import annotations

import re
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
BRAINS = (
    ("receptionist", "The receptionist", "Answers from your facts, word for word. Needs nothing else, costs nothing, and sends nothing away."),
    ("model", "A language model", "Answers more freely, from your facts. What callers say goes to its provider, and each call costs a little."),
)  # fmt: skip
RECORDINGS = (("", "As set for the workspace"), ("announce", "Announce it"), ("ask", "Ask first"), ("off", "Never record"))
SPENDS = (("0.1", "10 cents"), ("0.25", "25 cents"), ("0.5", "50 cents"), ("1.0", "1 dollar"), ("2.0", "2 dollars"))
LENGTHS = ((300, "5 minutes"), (600, "10 minutes"), (900, "15 minutes"), (1800, "30 minutes"), (3600, "1 hour"))


def show(draft: dict[str, Any]) -> State:
    handling, limits = draft.get("handling") or {}, draft.get("limits") or {}
    return _page(
        {name: bool(handling.get(name, True)) for name, _, _ in SWITCHES},
        list(handling.get("refuse") or []),
        int(limits.get("max_call_s", 900)),
        limits,
        str(draft.get("brain") or "receptionist"),
        str(float(limits.get("model_spend_usd", 0.5))),
        str(draft.get("recording") or ""),
    )


def _page(
    on: dict[str, bool], refused: list[str], longest: int, limits: dict[str, Any], brain: str, spend: str, recording: str
) -> State:
    known = dict(REFUSABLE)
    lengths = LENGTHS if longest in dict(LENGTHS) else (*LENGTHS, (longest, f"{longest // 60} minutes"))
    return {
        "switches": [{"name": name, "title": title, "words": words, "on": on[name]} for name, title, words in SWITCHES],
        "refusable": [*REFUSABLE, *((kind, kind.title()) for kind in refused if kind not in known)],
        "refused": refused,
        "longest": longest,
        "lengths": lengths,
        "limits": limits,
        "brains": [{"name": name, "title": title, "words": words, "on": name == brain} for name, title, words in BRAINS],
        "spend": spend,
        "recording": recording,
        "recordings": RECORDINGS,
        "spends": SPENDS if spend in dict(SPENDS) else (*SPENDS, (spend, f"{spend} dollars")),
    }


def take(post: QueryDict) -> Taken:
    on = {name: post.get(name) == "on" for name, _, _ in SWITCHES}
    refused = [" ".join(kind.split())[:40] for kind in post.getlist("refuse") if kind.strip()]
    typed = text(post, "max_call_s", 6)
    longest = int(typed) if typed.isdecimal() else 0
    brain = post.get("brain", "receptionist")
    spend = post.get("model_spend_usd", "0.5")
    recording = post.get("recording", "")
    errors = {}
    if recording not in dict(RECORDINGS):
        errors["recording"] = "Please choose how recording is agreed on."
    if brain not in {name for name, _, _ in BRAINS}:
        errors["brain"] = "Please choose who answers."
    if not re.fullmatch(r"\d{1,3}(?:\.\d{1,4})?", spend):
        errors["model_spend_usd"] = "Please choose from the list what a model may cost in one call."
    if not 60 <= longest <= 7200:
        errors["max_call_s"] = "Please choose how long a call may last."
    limits: dict[str, Any] = {"max_call_s": longest}
    if "model_spend_usd" not in errors and "model_spend_usd" in post:
        limits["model_spend_usd"] = float(spend)
    patch = {"handling": {**on, "refuse": refused}, "limits": limits, "brain": brain, "recording": recording}
    return Taken(_page(on, refused, longest or 900, {}, brain, spend, recording), patch, errors)


def told(draft: dict[str, Any]) -> str:
    handling = draft.get("handling") or {}
    does = [title.lower() for name, title, _ in SWITCHES if handling.get(name, True)]
    return ", ".join(does).capitalize()


SECTION = Section(
    "handling", "Handling calls", "What the agent may do, and which calls it turns away politely.",
    ("handling", "limits", "brain", "recording"), show, take, told,
)  # fmt: skip
