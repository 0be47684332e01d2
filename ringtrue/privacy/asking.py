"""What the agent just asked for, so that the answer is known to be a name, a number, a date of birth ..."""

from __future__ import annotations

import re

_ASKS = (
    ("DATE_OF_BIRTH", r"date of birth|birth ?date|birthday|when were you born"),
    ("EMAIL", r"e-?mail"),
    ("POSTCODE", r"zip|post ?code|postal code"),
    ("ADDRESS", r"\baddress|where (?:do you|are you) (?:live|located)|street"),
    ("CARD", r"card number"),
    ("SSN", r"social security"),
    ("PHONE", r"(?:phone|telephone|mobile|cell|best|your|callback|call-?back|contact) number|reach you|call you back (?:on|at)|number to call"),
    ("NUMBER", r"(?:account|policy|claim|reference|confirmation|booking|order|member(?:ship)?|patient|customer) (?:number|id|code)|password|passcode"),
    ("PERSON", r"\bname\b|who (?:am i|are we) speaking|who(?:'s| is) calling|who is this|spell (?:that|it|your|the)|say (?:that|it|your name) again"),
)  # fmt: skip
_PATTERNS = [(kind, re.compile(pattern, re.I)) for kind, pattern in _ASKS]
_ASKING = re.compile(r"\?|\b(?:please|could you|can you|may i|can i have|tell me|spell|give me|what's|what is)\b", re.I)


def asked_for(said: str) -> str:
    """The kind that the last question of these sentences asks for, or ""."""
    asking = [s for s in re.split(r"(?<=[.?!])\s+", said) if _ASKING.search(s)]
    for sentence in reversed(asking):
        for kind, pattern in _PATTERNS:
            if pattern.search(sentence):
                return kind
    return ""
