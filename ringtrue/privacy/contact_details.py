"""Telephone numbers, cards, account numbers, codes, e-mail and web addresses, postcodes, in writing and in speech."""

from __future__ import annotations

import ipaddress
import re
from itertools import pairwise

from ringtrue.privacy.checksums import is_card, is_iban, is_ssn
from ringtrue.privacy.person_names import NO_NAME
from ringtrue.privacy.spans import Span, before
from ringtrue.privacy.spoken import Run, Token, code_runs, digit_runs

_CARD = re.compile(r"\b(card|visa|mastercard|amex|debit|credit)\b")
_SSN = re.compile(r"\b(ssn|social|social security|s s n|national insurance)\b")
_POSTCODE = re.compile(r"\b(zip|zip ?code|post ?code|postal( code)?|area code is)\b")
_NUMBERED = re.compile(
    r"\b(account|policy|claim|reference|ref|confirmation|booking|member(ship)?|order|pin|password|pass ?code|security code|cvv|"
    r"licen[sc]e|passport|patient|customer|case|id|routing|sort code|serial|nhs|medicare|insurance|tracking|ticket|invoice)"
    r"\b(?! of)(?=.{0,40}$)"
)
_PASSWORD = re.compile(r"\bpass ?(?:word|code|phrase)(?:\s+is\b|\s*:)?\s+(?=\S)", re.I)
_PHONE = re.compile(r"\b(phone|telephone|mobile|cell|call me|reach me|contact|number|text me|fax|ph|tel|on|at)\b")
_QUANTITY_BEFORE = re.compile(
    r"[$£€]\s*$|\b(room|suite|apartment|apt|flat|unit|highway|route|about|around|over|under|year|in)\s*$"
)
_QUANTITY_AFTER = re.compile(
    r"\s*(%|percent|dollars?|bucks|pounds?|euros?|cents|pence|minutes?|mins?|hours?|days?|weeks?|months?|years?|people|persons|"
    r"of us|times|miles|km|feet|foot|square|a ?m\b|p ?m\b|o'?clock|degrees|grams?|kilos?|lbs?|pm|am)",
    re.I,
)
_ISO_DATE = re.compile(r"\b(19|20)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?")
_DATE_NUMBERS = re.compile(r"\b\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{2}|\d{4})\b")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d\b(?!\.\d)")
_EMAIL = re.compile(r"[\w.+'-]+\s?(?:@|[(\[]\s?at\s?[)\]])\s?[\w-]+(?:\s?(?:\.|[(\[]\s?dot\s?[)\]])\s?[\w-]+)+", re.I)
_SPOKEN_TAIL = re.compile(
    r"\b(?:dot|\.)\s*(?:com|net|org|edu|gov|co|uk|us|io|info|biz|example|me|ca|ie|de|fr|health|law)\b"
    r"(?:\s*(?:dot|\.)\s*(?:uk|com|org|au|nz)\b)?", re.I
)  # fmt: skip
_GLUED = re.compile(
    r"\b[\w.]*(?:gmail|g mail|gmai|gail|hotmail|yahoo|outlook|icloud|rediffmail|rediff|protonmail|aol|mail|ymail|live|msn)"
    r"\s*(?:dot|\.)?\s*com\b", re.I
)  # fmt: skip
_URL = re.compile(r"\b(?:https?://|www\.)\S+", re.I)
_IP = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<![\w:])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?![\w:])")
_IBAN = re.compile(r"\b[A-Za-z]{2}\s?\d{2}(?:\s?[A-Za-z0-9]){11,30}\b")
_UK = re.compile(r"\b(?:[A-Za-z]{1,2}\d[A-Za-z\d]?)\s*\d[A-Za-z]{2}\b")
_MAIL_STOP = frozenset(
    """is it its it's email address mail me my at the a to and on send use for that's that yes yeah sure ok okay name please
    thru through via id so i was with or reach contact""".split()
)
_JOINS = frozenset("dot underscore dash hyphen plus point".split())
_NOT_A_CODE = frozenset("a i o am pm ok no so to on in at it is my me we us he of or by do go if an as be up".split())


def find(text: str, toks: list[Token], country: str = "US") -> list[Span]:
    found = _written(text) + _spoken_mail(text, toks) + _passwords(text, toks)
    taken = [(s.start, s.end) for s in found] + [m.span() for p in (_ISO_DATE, _DATE_NUMBERS, _CLOCK) for m in p.finditer(text)]
    runs = digit_runs(text, toks)
    found += _spoken_addresses(toks, runs)
    for run in runs:
        if not any(a < run.end and run.start < b for a, b in taken):
            span = _of_digits(text, toks, run, country)
            if span is not None:
                found.append(span)
    for run in code_runs(text, toks):
        if not any(a < run.end and run.start < b for a, b in taken):
            span = _of_code(text, toks, run)
            if span is not None:
                found.append(span)
    return found + _letters_then_digits(text, toks, runs) + _loose_codes(text, toks)


def _written(text: str) -> list[Span]:
    found = [Span("EMAIL", *m.span()) for m in _EMAIL.finditer(text)]
    found += [Span("URL", m.start(), m.end()) for m in _URL.finditer(text)]
    found += [Span("POSTCODE", *m.span()) for m in _UK.finditer(text) if m.group().upper() != m.group().lower()]
    for match in _IBAN.finditer(text):
        for end in range(match.end(), match.start() + 14, -1):
            if text[end - 1].isalnum() and is_iban(text[match.start() : end]):
                found.append(Span("IBAN", match.start(), end))
                break
    for match in _IP.finditer(text):
        try:
            ipaddress.ip_address(match.group())
        except ValueError:
            continue
        found.append(Span("IP", *match.span()))
    return found


def _spoken_mail(text: str, toks: list[Token]) -> list[Span]:
    """ "maria dot keller at gmail dot com", "jamesconaway 52 gmailcom"."""
    found = []
    tails = [(m.start(), m.end(), False) for m in _SPOKEN_TAIL.finditer(text)]
    tails += [(m.start(), m.end(), True) for m in _GLUED.finditer(text)]
    for start, end, glued in tails:
        i = sum(1 for t in toks if t.end <= start) - 1
        at_seen = glued and any(t.text == "at" for t in toks[max(0, i) : i + 1])
        first = start
        steps = 0
        while i >= 0 and steps < 14 and toks[i].end <= start:
            word = toks[i].text
            if word == "at" and not at_seen:
                at_seen = True
            elif word in _JOINS or (word == "sign" and i and toks[i - 1].text == "at"):
                pass
            elif (word in _MAIL_STOP and not _joined(toks, i)) or (not at_seen and steps > (1 if glued else 3)):
                break
            first, i, steps = toks[i].start, i - 1, steps + (len(word) > 1)
        if at_seen or glued:
            found.append(Span("EMAIL", first, end))
    return found


def _passwords(text: str, toks: list[Token]) -> list[Span]:
    """ "my password is curran 8799", "password vintage lat": up to three words that end the sentence and are no function words."""
    found = []
    for match in _PASSWORD.finditer(text):
        after = [t for t in toks if t.start >= match.end()]
        if 1 <= len(after) <= 3 and not any(t.text in NO_NAME for t in after):
            found.append(Span("NUMBER", after[0].start, after[-1].end))
    return found


def _joined(toks: list[Token], i: int) -> bool:
    """Whether this word is a piece of something that is put together: beside a "dash", or a letter beside letters."""
    beside = [toks[j].text for j in (i - 1, i + 1) if 0 <= j < len(toks)]
    return any(word in _JOINS or (len(toks[i].text) == 1 and len(word) == 1) for word in beside)


def _spoken_addresses(toks: list[Token], runs: list[Run]) -> list[Span]:
    """ "one nine two dot one six eight dot oh dot one": four numbers up to 255 with "dot" between them."""
    found = []
    for four in zip(runs, runs[1:], runs[2:], runs[3:], strict=False):
        dotted = all(b.first == a.last + 2 and toks[a.last + 1].text in ("dot", "point") for a, b in pairwise(four))
        if dotted and all(int(run.value) <= 255 for run in four):
            found.append(Span("IP", four[0].start, four[3].end))
    return found


def _of_digits(text: str, toks: list[Token], run: Run, country: str) -> Span | None:
    digits, said = run.value, before(text, run.start)
    alone = run.first == 0 and run.last == len(toks) - 1
    if _QUANTITY_AFTER.match(text, run.end) or (_QUANTITY_BEFORE.search(text[: run.start].lower()) and len(digits) < 7):
        return None
    if is_card(digits) or (_CARD.search(said) and len(digits) >= 8):
        return Span("CARD", run.start, run.end, digits)
    if _SSN.search(said) and 3 <= len(digits) <= 9:
        return Span("SSN", run.start, run.end, digits)
    if is_ssn(digits) and re.fullmatch(r"\d{3}[- ]\d{2}[- ]\d{4}", text[run.start : run.end]):
        return Span("SSN", run.start, run.end, digits)
    if _POSTCODE.search(said) and 3 <= len(digits) <= 9:
        return Span("POSTCODE", run.start, run.end, digits)
    numbered = _NUMBERED.search(said)
    if numbered and len(digits) >= 3 and not (len(digits) >= 10 and re.search(r"(phone|mobile|cell|contact)", said)):
        return Span("NUMBER", run.start, run.end, digits)
    if 7 <= len(digits) <= 16:
        return Span("PHONE", run.start, run.end, digits)
    if len(digits) > 16:
        return Span("NUMBER", run.start, run.end, digits)
    if len(digits) in (5, 6):
        return Span("POSTCODE", run.start, run.end, digits)
    if len(digits) == 4 and (alone or re.search(r"\b(last four|ending( in)?|ends( in)?|digits( are)?|number( is)?)$", said)):
        return Span("NUMBER", run.start, run.end, digits)
    if len(digits) >= 3 and re.search(r"\b(phone|mobile|cell|number is|digits)\b", said):
        return Span("PHONE", run.start, run.end, digits)
    if len(digits) == 4 and run.last == len(toks) - 1 and run.first <= 3 and not re.search(r"\b(in|since|year|at)$", said):
        return Span("NUMBER", run.start, run.end, digits)
    return None


def _of_code(text: str, toks: list[Token], run: Run) -> Span | None:
    """Letters and digits mixed, or a word that is spelled."""
    letters = sum(c.isalpha() for c in run.value)
    digits = len(run.value) - letters
    said = before(text, run.start)
    count = run.last - run.first + 1
    if not digits:
        singles = sum(1 for t in toks[run.first : run.last + 1] if len(t.text) == 1)
        if (singles >= 3 or count >= 4) and letters >= 3:
            return Span("PERSON", run.start, run.end, run.value)
        return None
    if not letters:
        return None
    if count == 1 and len(run.value) < 5 and not _NUMBERED.search(said) and not _POSTCODE.search(said):
        return None
    if letters == 1 and digits == 1:
        return None
    if count == 2 and toks[run.first].text in ("a", "i") and not toks[run.last].text.isalpha() and digits < 5:
        return None  # "a 30 minute visit", "I 2"
    if _POSTCODE.search(said):
        return Span("POSTCODE", run.start, run.end, run.value)
    return Span("REFERENCE", run.start, run.end, run.value)


def _loose_codes(text: str, toks: list[Token]) -> list[Span]:
    """ "f 5 gh 62", "ky 8 jj 8": three pieces and more of letters and digits, none of which is a word."""
    found = []
    i = 0
    while i < len(toks):
        j, letters, digits = i, 0, 0
        while j < len(toks) and (j == i or not text[toks[j - 1].end : toks[j].start].strip(" -")):
            word = toks[j].text
            if word.isdecimal() and len(word) <= 9:
                digits += 1
            elif word.isalpha() and word.isascii() and _no_word(word):
                letters += 1
            else:
                break
            j += 1
        if letters and digits and letters + digits >= 3:
            found.append(Span("REFERENCE", toks[i].start, toks[j - 1].end))
        i = max(j, i + 1)
    return found


def _no_word(word: str) -> bool:
    if len(word) == 1:
        return True
    return word not in _NOT_A_CODE and (len(word) == 2 or (len(word) <= 4 and not re.search(r"[aeiouy]", word)))


def _letters_then_digits(text: str, toks: list[Token], runs: list[Run]) -> list[Span]:
    """ "vfb 756", "policy number hex 760318753": two to four letters that are no word of their own, then digits."""
    found = []
    for run in runs:
        if run.first == 0 or len(run.value) < 2:
            continue
        word = toks[run.first - 1]
        if not (2 <= len(word.text) <= 4 and word.raw.isalpha()) or word.text in _NOT_A_CODE:
            continue
        near = text[word.end : run.start].strip(" -") == ""
        said = before(text, word.start)
        odd = not re.search(r"[aeiouy]", word.text) or word.raw.isupper()
        whole = run.first == 1 and run.last == len(toks) - 1 and len(run.value) >= 3 and len(word.text) <= 3
        if near and ((_NUMBERED.search(said) and len(word.text) == 3) or (odd and len(run.value) >= 3) or whole):
            found.append(Span("REFERENCE", word.start, run.end))
    return found
