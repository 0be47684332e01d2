"""Text for the voice: split into sentences, and cut to what was really said when playing was stopped."""

from __future__ import annotations

import re

_ABBREVIATIONS = frozenset(
    [
        "dr",
        "mr",
        "mrs",
        "ms",
        "st",
        "ave",
        "rd",
        "no",
        "vs",
        "approx",
        "dept",
        "a.m",
        "p.m",
        "e.g",
        "i.e",
        "u.s",
        "u.k",
        "inc",
        "ltd",
        "co",
        "jr",
        "sr",
        "prof",
        "ext",
    ]
)
_END = re.compile(r"[.!?…]+[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9£$€])")


def sentences(text: str) -> list[str]:
    """Sentences in order, without the spaces between them. "Dr. Patel", "9 a.m." and "$1.50" are not ends."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        last = text[start : end.start()].rsplit(None, 1)[-1:] or [""]
        word = last[0].lower().lstrip("(\"'“‘")
        if text[end.start()] == "." and (word in _ABBREVIATIONS or re.fullmatch(r"[a-z]", word)):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def said_part(text: str, share: float) -> str:
    """The words of `text` that were wholly played when `share` (0..1) of its audio was; length stands for duration."""
    words = text.split()
    total = sum(len(word) + 1 for word in words)
    if share >= 1.0:
        return text
    spoken, kept = 0, 0
    for word in words:
        spoken += len(word) + 1
        if spoken > share * total + 0.5:
            break
        kept += 1
    return " ".join(words[:kept])
