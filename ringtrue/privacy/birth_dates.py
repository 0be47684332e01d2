"""Dates of birth: any date that is asked or told as one, and any date with a year that is too long ago for an appointment."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ringtrue.privacy.spans import Span, before
from ringtrue.privacy.spoken import Token, digit_runs

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec"
)
_ORDINALS = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|"
    "sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|thirty[- ]first|"
    "twenty[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
)
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINALS}|twenty|thirty|ten|eleven|twelve|one|two|three|four|five|six|seven|eight|nine)"
_YEAR = r"(?:(?:19|20)\s?\d\d|'?\d\d\b|(?:nineteen|twenty)(?:[\s-]+\w+){1,3}|two thousand(?:[\s-]+(?:and[\s-]+)?\w+)?)"
_SPOKEN = re.compile(
    rf"\b(?:(?:the\s+)?{_DAY}\s+(?:of\s+)?(?:{_MONTHS})\b(?:[\s,]+(?P<y1>{_YEAR}))?"
    rf"|(?:{_MONTHS})\s+(?:the\s+)?{_DAY}\b(?:[\s,]+(?P<y2>{_YEAR}))?)",
    re.I,
)
_NUMERIC = re.compile(r"\b(\d{1,4})\s?[/.\- ]\s?(\d{1,2})\s?[/.\- ]\s?(\d{4}|\d{2})\b")
_BIRTH = re.compile(r"\b(born|birth|birthday|birth date|birthdate|d\.?o\.?b)\b")
_CALL = re.compile(rf"\b(?:{_MONTHS})\b", re.I)


def find(text: str, toks: list[Token], asked: bool = False) -> list[Span]:
    """`asked`: the person was just asked for a date of birth."""
    found = _answer(text, toks) if asked else []
    this_year = datetime.now(UTC).year
    for match in _SPOKEN.finditer(text):
        told = asked or bool(_BIRTH.search(before(text, match.start())))
        year = _year(match.group("y1") or match.group("y2") or "")
        if told or (year is not None and year < this_year - 1):
            found.append(Span("DATE_OF_BIRTH", *match.span()))
    for match in _NUMERIC.finditer(text):
        a, b, c = match.groups()
        year = _year(c if len(a) < 3 else a)
        plausible = int(b) <= 31 and int(a if len(a) < 3 else c) <= 31
        told = asked or bool(_BIRTH.search(before(text, match.start())))
        if plausible and (told or (year is not None and len(c if len(a) < 3 else a) == 4 and 1900 <= year < this_year - 1)):
            found.append(Span("DATE_OF_BIRTH", *match.span()))
    if asked or _BIRTH.search(text.lower()):
        for run in digit_runs(text, toks):
            if len(run.value) >= 4 and (asked or _BIRTH.search(before(text, run.start))):
                found.append(Span("DATE_OF_BIRTH", run.start, run.end, run.value))
    return found


def _answer(text: str, toks: list[Token]) -> list[Span]:
    """Asked for a date, all from its first number or month on is that date, however it was misheard."""
    if text.rstrip().endswith("?") or len(toks) > 16:
        return []
    runs = digit_runs(text, toks)
    first = min([run.start for run in runs] + [m.start() for m in _CALL.finditer(text)], default=-1)
    return [Span("DATE_OF_BIRTH", first, toks[-1].end)] if first >= 0 else []


def _year(text: str) -> int | None:
    from ringtrue.privacy.spoken import tokens

    packed = text.replace(" ", "").replace("'", "")
    if packed.isdecimal():
        return int(packed) if len(packed) == 4 else 1900 + int(packed) if int(packed) > 30 else 2000 + int(packed)
    words = text.lower().replace("-", " ")
    if words.startswith("two thousand"):
        rest = digit_runs(words[12:], tokens(words[12:]))
        return 2000 + (int(rest[0].value) if rest else 0)
    runs = digit_runs(words, tokens(words))
    if runs and len(runs[0].value) >= 4:
        return int(runs[0].value[:4])
    if runs and words.startswith("nineteen"):
        return 1900
    return None
