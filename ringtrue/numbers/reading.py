"""Reading telephone numbers as people and carriers write them."""

from __future__ import annotations

import phonenumbers

# What carriers put where a number is withheld; +266696687 is "ANONYMOUS" on a keypad (Twilio).
WITHHELD = frozenset({"", "anonymous", "restricted", "unknown", "unavailable", "private", "+266696687", "+86282452253"})


def e164(text: str, country: str = "") -> str:
    """E.164, or "" when it is withheld or no number. `country` (ISO 3166-1) is for numbers without a country code."""
    if text.strip().lower() in WITHHELD:
        return ""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
