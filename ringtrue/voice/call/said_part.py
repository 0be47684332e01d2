"""How much of a sentence was said when playing was stopped."""

from __future__ import annotations


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
