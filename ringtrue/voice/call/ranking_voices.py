"""Whose voice an agent has, and who speaks when that one fails."""

from __future__ import annotations

from collections.abc import Sequence

from ringtrue.voice.agent import USUAL_VOICE
from ringtrue.voice.speech.kinds import Voice


def ranked(voices: Sequence[Voice], chosen: str) -> tuple[Voice, ...]:
    """The chosen voice first, then one of each other company: the others of a company would fail with it. USUAL_VOICE, which every
    agent has unless somebody chooses another, takes the given order. A name's last part is enough: "alloy" is "openai-alloy"."""
    first = [voice for voice in voices if chosen != USUAL_VOICE and chosen in (voice.name, voice.name.rpartition("-")[2])]
    of_company: dict[str, Voice] = {}
    for voice in (*first, *voices):
        of_company.setdefault(voice.name.partition("-")[0], voice)
    return tuple(of_company.values())
