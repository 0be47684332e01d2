"""A street address in a turn, simply: a house number, the words of the street and its kind, then town and code if said."""

from __future__ import annotations

import re

from ringtrue.voice.brains.numbers_spoken import TEENS, TENS, UNITS, runs

_KINDS = (
    r"street|st|avenue|ave|road|rd|lane|ln|drive|dr|court|ct|place|pl|boulevard|blvd|way|terrace|close|crescent|square|sq|highway|hwy|"
    r"circle|cir|parkway|pkwy|row|gardens|grove|mews|hill|trail|alley|plaza|walk|park|pike|route|nagar"
)
_NUMBER = "|".join([*UNITS, *TEENS, *TENS, "hundred"])
_ADDRESS = re.compile(
    rf"\b(\d{{1,6}}[a-z]?(?:[-/]\d{{1,5}})?),? ((?:[a-z0-9.'\-]+,? ){{0,4}}?(?:{_KINDS})\b\.?(?:,? (?:apt|apartment|suite|unit|flat|floor|#)\.? ?[a-z0-9]+)?"
    rf"(?:,? (?!phone|email|number|and|my|is|the|please|name)[a-z.]+){{0,4}}(?:,? \d{{4,6}}(?:-\d{{4}})?)?)",
    re.I,
)


def address_in(text: str) -> str:
    """As it was said, from the house number on; "" when there is none."""
    if match := _ADDRESS.search(text):
        return re.sub(r"\s+", " ", match.group(0)).strip(" ,.")
    spoken = re.sub(rf"\b(?:(?:{_NUMBER}) )+", lambda match: "".join(runs(match.group(0))) + " ", text.lower())
    if spoken != text.lower() and (match := _ADDRESS.search(spoken)):
        return re.sub(r"\s+", " ", match.group(0)).strip(" ,.")
    return ""
