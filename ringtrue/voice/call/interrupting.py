"""Somebody speaks while the agent does. Is it an interruption, or a sign of listening?"""

from __future__ import annotations

import re
from typing import Literal

_HUMS = re.compile(r"^(?:m+h*m*|h+m+|uh+ ?huh|mm+ ?hm+|mhm|uh|um|ah|oh|er|huh|hm)$")
_NODS = frozenset(
    (
        "okay ok yeah yes yep yup right sure alright fine great good cool perfect i see got it gotcha understood correct exactly of "
        "course wow really true thanks thank you "
        "write"  # what recognizers make of a low "right"
    ).split()
)
_NOD_PHRASES = frozenset(
    {
        "i see",
        "got it",
        "all right",
        "of course",
        "thank you",
        "that's right",
        "that's good",
        "oh okay",
        "okay good",
        "i understand",
        "it has",  # what recognizers make of "uh-huh"
    }
)
_NOT_A_NOD = frozenset({"i", "it", "of", "you", "really"})

Verdict = Literal["nothing", "backchannel", "interruption"]


def is_backchannel(text: str, most_words: int) -> bool:
    """ "mhm", "okay", "yeah, right": said to show that one is listening. Not "huh?", "no" or "wait"; a lone "yes?" is
    one: the recognizer guesses at question marks."""
    plain = re.sub(r"[^\w'’ -]+", " ", text.lower()).replace("-", " ").replace("’", "'")
    words = plain.split()
    if not words or ("?" in text and " ".join(words) not in _NODS) or len(words) > most_words:
        return False
    whole = " ".join(words)
    if whole in _NOD_PHRASES or _HUMS.match(whole):
        return True
    return all(_HUMS.match(word) or word in _NODS for word in words) and not all(word in _NOT_A_NOD for word in words)


def judge(text: str, *, sure: bool, most_words: int, question_playing: bool, played_share: float) -> Verdict:
    """What speech over the agent means. While a question is being played, an "okay" after its first half is its answer.

    sure: of the words. Of a hum the recognizer makes a short word or two that it does not believe in.
    """
    if not any(character.isalnum() for character in text):
        return "nothing"
    nod = is_backchannel(text, most_words) or (not sure and len(text.split()) <= 2)
    return "backchannel" if nod and not (question_playing and played_share >= 0.5) else "interruption"
