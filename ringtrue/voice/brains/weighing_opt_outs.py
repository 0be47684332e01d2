"""Whether a sentence sounds like an opt-out, by the weights of its words and of the pairs of words near to each other.

A logistic regression, so that phrasings nobody wrote a pattern for are heard too. `ringtrue/evaluating/teaching_opt_outs.py` makes the weights.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import msgspec

WEIGHTS = Path(__file__).with_name("opt_out_weights.json")
_NEAR = 3  # words between which a pair counts
_ENDINGS = ("ing", "ed", "es", "s")


class Weights(msgspec.Struct, frozen=True):
    base: float
    least: float  # from here on it counts as an opt-out
    of: dict[str, float]


def features(words: str) -> set[str]:
    """Of `phrases.plain` words without accents: stems, and pairs of stems in their order."""
    stems = [_stem(word) for word in words.split()]
    return {*stems, *(f"{a} {b}" for i, a in enumerate(stems) for b in stems[i + 1 : i + 1 + _NEAR])}


def weigh(found: set[str], weights: Weights) -> float:
    """The sum, set off against the number of features that are known, so that a long sentence is no opt-out by its length."""
    known = [weights.of[feature] for feature in found if feature in weights.of]
    return weights.base + sum(known) / math.sqrt(max(1, len(known)))


def weighs_as_opt_out(words: str) -> bool:
    weights = _read()
    return weigh(features(words), weights) > weights.least


@cache
def _read() -> Weights:
    return msgspec.json.decode(WEIGHTS.read_bytes(), type=Weights)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word
