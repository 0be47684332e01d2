"""The phrasings of `opt_out/` by what they are for: taught to the detector, or held out and only measured (`opt_out/README.md`)."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ringtrue.voice.brains.tests import phrase_examples

SAID = Path(__file__).parent / "opt_out"
LANGUAGES = ("english", "spanish")


def sentences(name: str) -> list[str]:
    return (SAID / f"{name}.txt").read_text().splitlines()


def held_out(sentence: str) -> bool:
    """Of the first set."""
    return hashlib.sha256(sentence.encode()).digest()[0] % 2 == 1


def taught() -> list[str]:
    first = [sentence for language in LANGUAGES for sentence in sentences(language) if not held_out(sentence)]
    return [
        *phrase_examples.OPT_OUT,
        *first,
        *sentences("english_taught"),
        *(s for language in LANGUAGES for s in sentences(f"{language}_second_taught")),
    ]


def near_misses() -> list[str]:
    said = [sentence for name in ("others", "others_near", "others_second_taught") for sentence in sentences(name)]
    for name in ("NOT_OPT_OUT", "STOP_RECORDING", "NOT_STOP_RECORDING", "GOODBYE", "NO", "YES", "PERSON", "NOT_EMERGENCY"):
        said += getattr(phrase_examples, name)
    return said
