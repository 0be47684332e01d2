"""A stretch of text that tells who somebody is, and how overlapping stretches become one."""

from __future__ import annotations

import re

import msgspec

KINDS = (
    "CARD", "IBAN", "SSN", "EMAIL", "URL", "PHONE", "ADDRESS", "PERSON", "POSTCODE", "DATE_OF_BIRTH", "NUMBER", "REFERENCE", "IP",
)  # fmt: skip
"""Most telling first: of overlapping spans the merged one takes the kind that stands first."""

LABELS = {"PERSON": "NAME"}


class Span(msgspec.Struct, frozen=True):
    kind: str
    start: int
    end: int
    value: str = ""  # what was recognised, normalised: digits, lower-case name; "" = the text itself


def merge(spans: list[Span]) -> list[Span]:
    """Sorted, without overlaps."""
    out: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if out and span.start < out[-1].end:
            held = out[-1]
            first = min(held, span, key=lambda s: KINDS.index(s.kind))
            longest = max(held, span, key=lambda s: s.end - s.start)
            kind, value = first.kind, first.value or longest.value
            out[-1] = Span(kind, min(held.start, span.start), max(held.end, span.end), value)
        else:
            out.append(span)
    return out


def before(text: str, at: int, words: int = 7) -> str:
    """The last words before a place, lower case, back to the end of the sentence or a label's line."""
    # A full stop within a number or an abbreviation does not end anything; one followed by a blank mostly does.
    piece = re.split(r"[?!;]\s|\.\s(?=[A-Z])", text[max(0, at - 80) : at])[-1]
    return " ".join(piece.lower().replace("’", "'").split()[-words:])
