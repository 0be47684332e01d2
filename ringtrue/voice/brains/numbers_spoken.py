"""Digits and telephone numbers as people say them: "five five five, oh one double nine", "eight hundred", "plus one ..."."""

from __future__ import annotations

import re
from typing import Literal

import msgspec
import phonenumbers

UNITS = {
    "zero": 0, "oh": 0, "o": 0, "nought": 0, "naught": 0, "nil": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "niner": 9,
}  # fmt: skip
TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_HEARD_AS = {"to": 2, "too": 2, "for": 4, "fore": 4, "ate": 8, "won": 1, "tree": 3, "sex": 6, "free": 3}
_TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_BETWEEN = {"and", "um", "uh", "er", "then", "dash", "hyphen", "space", "area", "code", "dot", "hm", "ah", "extension"}
_CORRECTION = re.compile(
    r"\b(?:no wait|no sorry|sorry no|wait no|sorry i mean|i mean|i meant|scratch that|correction|make that|rather|actually|"
    r"no(?:,| it'?s| its| that'?s)|sorry)\b"
)


def _tokens(text: str) -> list[str]:
    text = text.lower().replace("’", "'")
    text = re.sub(r"(?<=\d)[-.()\s,]+(?=\d)", " ", text)
    return re.findall(r"\+|\d+|[a-z']+", text)


def runs(text: str) -> list[str]:
    """Each stretch of spoken or written digits, in order, as one string ("+" kept in front)."""
    tokens = _tokens(text)
    found: list[str] = []
    digits = ""
    times = 1
    gap = 0
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        before = tokens[at - 1] if at else ""
        piece = ""
        if token == "+" or (token == "plus" and not digits):
            piece = "+" if not digits else ""
        elif token.isdigit():
            piece = token * times if len(token) == 1 else token
        elif token in _TIMES and (_unit(after) is not None or after.isdigit()):
            times = _TIMES[token]
            continue
        elif token in ("hundred", "thousand") and digits:
            # "eight hundred" and "eighty-five hundred" are followed by nothing that fills their zeros, in a phone number
            zeros = 2 if token == "hundred" else 3
            piece = "0" * zeros
        elif _unit(token) is not None:
            piece = str(_unit(token)) * times
        elif token in TEENS:
            piece = str(TEENS[token])
        elif token in TENS:
            unit = _unit(after)
            piece = str(TENS[token] + unit)[:1] if unit else str(TENS[token])
        elif token in _HEARD_AS and digits and _numeric(before) and (_numeric(after) or not after):
            piece = str(_HEARD_AS[token])
        if piece:
            digits += piece
            times = 1
            gap = 0
        elif digits and token in _BETWEEN and gap < 3:
            gap += 1
        else:
            if digits.strip("+"):
                found.append(digits)
            digits, times, gap = "", 1, 0
    if digits.strip("+"):
        found.append(digits)
    return found


def _unit(token: str) -> int | None:
    return UNITS.get(token)


def _numeric(token: str) -> bool:
    return (
        token.isdigit()
        or token in UNITS
        or token in TEENS
        or token in TENS
        or token in _TIMES
        or token in ("hundred", "thousand")
    )


class Spoken(msgspec.Struct, frozen=True):
    """`e164` is "" unless `problem` is ""."""

    digits: str
    e164: str = ""
    problem: Literal["", "none", "too_short", "too_long", "invalid"] = ""


def phone_number(text: str, country: str, *, keyed: str = "") -> Spoken:
    """The telephone number in a turn, read as one of `country` unless it begins with a plus.

    A number that was corrected ("no, it's five five ...") is what follows the correction; one said twice counts once. Nothing is
    ever longer than the numbering plan allows, and nothing is guessed.
    """
    candidates = [keyed] if keyed else []
    parts = [runs(part) for part in _CORRECTION.split(text.lower())]
    if len(parts) > 1 and parts[-1] and any(parts[:-1]):
        tail = parts[-1][-1].lstrip("+")
        earlier = max((run for part in parts[:-1] for run in part), key=len)
        if 2 <= len(tail) <= 7 < len(earlier):  # only the end was corrected
            candidates.append(earlier[: -len(tail)] + tail)
    for found in reversed(parts):
        whole = "".join(run.lstrip("+") for run in found)
        if found:
            candidates += [*sorted(found, key=len, reverse=True)[:1], whole]
    if not candidates:
        return Spoken("", "", "none")
    first: Spoken | None = None
    for digits in candidates:
        tried = _checked(digits, country)
        if not tried.problem:
            return tried
        if first is None or (len(digits) > len(first.digits) and first.problem == "too_short"):
            first = tried
    assert first is not None
    return first


def _checked(digits: str, country: str) -> Spoken:
    bare = digits.lstrip("+")
    half = len(bare) // 2
    for form in (
        digits,
        digits[: half + len(digits) - len(bare)] if bare[:half] == bare[half:] else "",
        f"+{bare}" if len(bare) > 10 else "",
    ):
        if not form:
            continue
        try:
            number = phonenumbers.parse(form, country)
        except phonenumbers.NumberParseException:
            continue
        # Possible (of a length that the plan has), not valid: numbers reserved for fiction are not "valid" and are given all the
        # same; the read-back is what catches a misheard digit.
        guessed_plus = form.startswith("+") and not digits.startswith("+")
        fits = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
        if phonenumbers.is_valid_number(number) if guessed_plus else fits:
            return Spoken(bare, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    problem: Literal["too_short", "too_long", "invalid"] = "too_short" if len(bare) < 7 else "invalid"
    try:
        reason = phonenumbers.is_possible_number_with_reason(phonenumbers.parse(digits, country))
        if reason in (phonenumbers.ValidationResult.TOO_SHORT, phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
            problem = "too_short"
        elif reason == phonenumbers.ValidationResult.TOO_LONG:
            problem = "too_long"
    except phonenumbers.NumberParseException:
        problem = "too_long" if len(bare) > 12 else "too_short"
    return Spoken(bare, "", problem)


def in_groups(e164: str, country: str) -> str:
    """A number as it is read back, digit by digit in the groups that people of its country use: "8 5 6, 5 5 5, 0 1 0 0"."""
    try:
        number = phonenumbers.parse(e164, country)
    except phonenumbers.NumberParseException:
        return " ".join(re.sub(r"\D", "", e164))
    at_home = phonenumbers.region_code_for_number(
        number
    ) == country or number.country_code == phonenumbers.country_code_for_region(country)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    written = phonenumbers.format_number(number, style)
    groups = [" ".join(group) for group in re.findall(r"\d+", written)]
    return ("plus " if not at_home else "") + ", ".join(groups)
