"""Ages: from which one a child agrees for themselves, by country, and what age somebody says that they have."""

from __future__ import annotations

import re

LOCAL_AGES = {
    "AT": 14, "BE": 13, "BG": 14, "HR": 16, "CY": 14, "CZ": 15, "DE": 16, "DK": 15, "EE": 13, "ES": 14, "FI": 13, "FR": 15, "GR": 15,
    "HU": 16, "IE": 16, "IT": 14, "LT": 14, "LU": 16, "LV": 13, "MT": 13, "NL": 16, "PL": 16, "PT": 13, "RO": 16, "SE": 13, "SI": 15,
    "SK": 16, "GB": 13, "US": 13,
}  # fmt: skip
"""From which age a child agrees for themselves: GDPR Art. 8(1) as the countries set it, UK Data Protection Act 2018 s. 9, COPPA."""

_WORDS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen".split()
_NUMBER = rf"(\d{{1,2}}|{'|'.join(_WORDS[3:])})"
_SAID = re.compile(
    rf"\b(?:i am|i'm|im)\s+(?:only\s+|just\s+|still\s+|actually\s+)*{_NUMBER}(?:\s+(?:and a half\s+)?years?[\s-]old|\s+and a half\b|(?=\s*(?:$|[.,!?;]|but\b|and my (?:mom|mum|dad)\b)))"
    rf"|\bmy (?:age is|birthday was my) {_NUMBER}\b|\bi(?:'ll| will| just)? (?:be|turn|turned) {_NUMBER}\b(?!\s+(?:minutes?|percent|dollars?|hours?|miles?))",
    re.I,
)


def age_said(text: str) -> int | None:
    """The age that somebody says they have, when it is below eighteen; None otherwise."""
    for found in _SAID.finditer(text.replace("\u2019", "'")):
        number = next(group for group in found.groups() if group).lower()
        age = int(number) if number.isdigit() else _WORDS.index(number)
        if 3 <= age < 18:
            return age
    return None
