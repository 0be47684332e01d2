"""Talk of special categories (GDPR Art. 9): health, origin, belief, politics, unions, sex life, genes. English only.

Whole utterances are left out, not single words: what was said around a diagnosis tells it as well as its name."""

from __future__ import annotations

import re
from typing import Any

PLACEHOLDER = "[SENSITIVE]"

_WORDS: dict[str, str] = {
    "health": r"cancer|chemo(?:therapy)?|diabet\w+|hiv|aids|depress(?:ion|ed)|bipolar|schizophreni\w+|anxiety|epilep\w+|asthma\w*|"
    r"pregnan\w+|miscarriage|abortion|addict\w*|alcoholi\w+|rehab|disab(?:led|ility)|dementia|alzheimer\w*|tumou?r|biopsy|"
    r"diagnos\w+|medication|prescri\w+|antidepressants?|insulin|dialysis|heart attack|stroke|surgery|mental health|panic attacks?",
    "origin": r"(?:my|our|their|his|her) (?:race|ethnicity|ethnic \w+|skin colou?r)|(?:i am|i'm|we are|we're) (?:black|white|latino|latina|hispanic|asian|"
    r"african[- ]american|native american|jewish|roma|arab)",
    "belief": r"(?:i am|i'm|we are|we're) (?:a )?(?:\w+ )?(?:catholic|protestant|christian|muslim|buddhist|hindu|sikh|atheist|mormon)|my (?:faith|religion|church|"
    r"mosque|synagogue|parish)|jehovah's witness\w*",
    "politics": r"(?:i|we) vot(?:e|ed) (?:for|against)|(?:i am|i'm) (?:a )?(?:republican|democrat|communist|socialist|conservative|libertarian)|my (?:political )?party",
    "union": r"trade union|labou?r union|my union|union (?:member|rep|steward)",
    "sex life": r"(?:i am|i'm|he is|she is|he's|she's) (?:gay|lesbian|bisexual|transgender|trans|queer)|sexual orientation|sex life|my (?:ex-)?(?:same-sex )?partner's sex",
    "genes": r"genetic (?:test|disease|condition|disorder)\w*|dna test|brca",
}
_PATTERNS = {category: re.compile(rf"\b(?:{words})\b", re.I) for category, words in _WORDS.items()}


def find(text: str) -> str:
    """The first category that the text speaks of, or ""."""
    plain = text.replace("\u2019", "'")
    return next((category for category, pattern in _PATTERNS.items() if pattern.search(plain)), "")


def left_out(value: Any) -> Any:
    """The value with every text that speaks of one replaced whole; dictionaries and lists are gone through."""
    if isinstance(value, str):
        return PLACEHOLDER if find(value) else value
    if isinstance(value, dict):
        return {key: left_out(held) for key, held in value.items()}
    if isinstance(value, list):
        return [left_out(held) for held in value]
    return value
