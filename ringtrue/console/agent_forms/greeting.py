"""How the agent sounds, with the first sentence that nobody can switch off."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from django.http import QueryDict

from ringtrue.agents.models import SpeechCompany
from ringtrue.console.agent_forms.section import Section, State, Taken, text
from ringtrue.core.configuring import CONFIG
from ringtrue.voice.agent import USUAL_VOICE
from ringtrue.voice.speech import providers

TONES = (
    ("warm", "Warm", "Friendly and patient, the way a good receptionist is."),
    ("brisk", "Brisk", "Short sentences, quickly to the point."),
    ("formal", "Formal", "Polite and reserved."),
)


@cache
def _of_installation() -> list[tuple[str, str]]:
    return providers.voices(CONFIG.speech, os.environ)


def voices() -> tuple[tuple[str, str, str], ...]:
    """(name, title, words): the usual one, then those of the companies that the workspace or this installation speaks with. Needs the
    workspace's scope."""
    own = [(name, providers.about(row.company).title) for row in SpeechCompany.objects.order_by("place") for name in row.voices]
    found = list(dict.fromkeys([*own, *_of_installation()]))
    mine = (
        ("The usual voice", f"The first voice that is set up: {found[0][1]}’s.")
        if found
        else ("Heart", "A clear, friendly American voice.")
    )
    return (
        (USUAL_VOICE, *mine),
        *((name, name.partition("-")[2], f"By {company}: sentences of calls are sent there.") for name, company in found),
    )


def show(draft: dict[str, Any]) -> State:
    return {name: draft.get(name, "") for name in ("greeting", "tone", "voice")} | {"tones": TONES, "voices": voices()}


def take(post: QueryDict) -> Taken:
    state: State = {"greeting": text(post, "greeting", 300), "tone": text(post, "tone", 20), "voice": text(post, "voice", 120)}
    errors: dict[str, str] = {}
    if state["tone"] not in {name for name, _, _ in TONES}:
        errors["tone"] = "Please choose one."
    if state["voice"] not in {name for name, _, _ in voices()}:
        errors["voice"] = "Please choose a voice."
    if len(state["greeting"]) > 200:
        errors["greeting"] = "Please shorten this to 200 letters: callers want to speak."
    return Taken(
        state | {"tones": TONES, "voices": voices()}, {name: state[name] for name in ("greeting", "tone", "voice")}, errors
    )


def told(draft: dict[str, Any]) -> str:
    return f"“{draft['greeting']}”" if draft.get("greeting") else ""


SECTION = Section(
    "greeting", "Greeting & voice", "The first thing that callers hear.", ("greeting", "tone", "voice"), show, take, told
)
