"""Numbers that prove themselves: payment cards (Luhn, ISO/IEC 7812), IBAN (ISO 13616, mod 97), US social security numbers."""

from __future__ import annotations


def luhn(digits: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char)
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def is_card(digits: str) -> bool:
    """12 to 19 digits, a first digit that networks use, and a right check digit."""
    return 12 <= len(digits) <= 19 and digits[0] in "23456" and luhn(digits)


def is_ssn(digits: str) -> bool:
    return len(digits) == 9 and digits[:3] not in ("000", "666") and digits[3:5] != "00" and digits[5:] != "0000"


def is_iban(text: str) -> bool:
    packed = "".join(text.split()).upper()
    if not (15 <= len(packed) <= 34 and packed[:2].isalpha() and packed[2:4].isdigit() and packed.isalnum()):
        return False
    turned = packed[4:] + packed[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1
