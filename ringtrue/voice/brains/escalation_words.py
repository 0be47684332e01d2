"""The words of an agent's escalation rules."""

from __future__ import annotations

import re

from ringtrue.voice.agent import Escalation
from ringtrue.voice.brains.phrases import plain


def is_about_people(escalation: Escalation) -> bool:
    return any(
        word.lower().strip() in ("a person", "a human", "person", "human", "real person", "a real person", "someone")
        for word in escalation.words
    )


def trigger(escalation: Escalation) -> str:
    """A pattern of the rule's phrases over plain words; articles and "my" may be left out or differ."""
    parts: list[str] = []
    for phrase in escalation.words:
        bare = re.sub(r"^(?:an?|the|my|our|your) ", "", plain(phrase))
        if bare:
            parts.append(re.escape(bare).replace(r"\ ", " "))
    return rf"\b(?:{'|'.join(parts)})\b" if parts else ""
