"""Numbers and letters as people say them: "four one one, double five", "oh", "twenty twenty", "bee as in Bravo", "5 5 5-0142".

Redaction tools look for digits and find nothing in speech; so every text is read here first. All spans are character offsets.
"""

from __future__ import annotations

import re

import msgspec

DIGIT_WORDS = {
    "zero": "0", "nought": "0", "naught": "0", "null": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "niner": "9",
}  # fmt: skip
_OH = {"oh", "o"}
_TEENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
_TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6", "seventy": "7", "eighty": "8",
    "ninety": "9",
}  # fmt: skip
_TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_BETWEEN = {
    "dash", "hyphen", "minus", "space", "um", "uh", "er", "erm", "uhm", "hmm", "mm", "ah", "then", "and", "plus", "comma", "okay",
    "ok", "yeah", "yes", "so", "like",
}  # fmt: skip
"""What people say between two groups of digits."""
NATO = {
    "alpha": "a", "alfa": "a", "bravo": "b", "charlie": "c", "delta": "d", "echo": "e", "foxtrot": "f", "golf": "g",
    "hotel": "h", "india": "i", "juliet": "j", "juliett": "j", "kilo": "k", "lima": "l", "mike": "m", "november": "n",
    "oscar": "o", "papa": "p", "quebec": "q", "romeo": "r", "sierra": "s", "tango": "t", "uniform": "u", "victor": "v",
    "whiskey": "w", "whisky": "w", "xray": "x", "yankee": "y", "zulu": "z",
}  # fmt: skip
_LETTER_WORDS = {
    **NATO, "zed": "z", "zee": "z", "bee": "b", "cee": "c", "dee": "d", "gee": "g", "jay": "j", "kay": "k", "pee": "p",
    "cue": "q", "queue": "q", "tee": "t", "vee": "v", "ex": "x",
}  # fmt: skip
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_GAP_IN_NUMBER = re.compile(r"[\s\-–—.,()/+:]*")


class Token(msgspec.Struct, frozen=True):
    text: str  # lower case, straight apostrophe
    start: int
    end: int
    raw: str


class Run(msgspec.Struct, frozen=True):
    """Something that was said piece by piece. `value`: digits, letters or both, without what lies between."""

    value: str
    start: int
    end: int
    first: int  # index of its first token
    last: int


def tokens(text: str) -> list[Token]:
    return [Token(m.group().lower().replace("’", "'"), m.start(), m.end(), m.group()) for m in _TOKEN.finditer(text)]


def digit_runs(text: str, toks: list[Token]) -> list[Run]:
    """Every stretch of digits, however it was said. "two hundred" gives 200; "nineteen eighty four" gives 1984."""
    found: list[Run] = []
    i = 0
    while i < len(toks):
        digits, last, j = "", i, i
        while j < len(toks):
            if j > i and not _GAP_IN_NUMBER.fullmatch(text, toks[j - 1].end, toks[j].start):
                break
            said, used = _digits_at(toks, j, inside=bool(digits))
            if said:
                digits, last, j = digits + said, j + used - 1, j + used
            elif digits and toks[j].text in ("hundred", "thousand"):
                digits, last, j = digits + ("00" if toks[j].text == "hundred" else "000"), j, j + 1
            elif digits and toks[j].text in _BETWEEN:
                j += 1
            else:
                break
        if digits:
            found.append(Run(digits, toks[i].start, toks[last].end, i, last))
            i = last + 1
        else:
            i += 1
    return found


def _digits_at(toks: list[Token], i: int, *, inside: bool) -> tuple[str, int]:
    """(digits, tokens used); ("", 0) when no digits start here."""
    word = toks[i].text
    if word.isdecimal() and word.isascii():
        return word, 1
    if word in DIGIT_WORDS:
        return DIGIT_WORDS[word], 1
    if word in _TEENS:
        return _TEENS[word], 1
    if word in _TENS:
        after = DIGIT_WORDS.get(toks[i + 1].text, "0") if i + 1 < len(toks) else "0"
        return (_TENS[word] + after, 2) if after != "0" else (_TENS[word] + "0", 1)
    following = toks[i + 1].text if i + 1 < len(toks) else ""
    if word in _TIMES:
        one = DIGIT_WORDS.get(following) or ("0" if following in _OH else following if following.isdecimal() else "")
        return (one[:1] * _TIMES[word] + one[1:], 2) if one else ("", 0)
    if word in _OH and (inside or following.isdecimal() or following in DIGIT_WORDS or following in _TIMES):
        return "0", 1
    return "", 0


def code_runs(text: str, toks: list[Token]) -> list[Run]:
    """Stretches of single letters, letter words, digits and mixed codes: "w 5 x 1 k 3", "N R 1 5 X T", "B as in Bravo"."""
    found: list[Run] = []
    i = 0
    while i < len(toks):
        value, last, j = "", i - 1, i
        while j < len(toks):
            if j > i and re.search(r"[^\s\-–—.,+]", text[toks[j - 1].end : toks[j].start]):
                break
            word = toks[j].text
            digits, used = _digits_at(toks, j, inside=bool(value))
            if len(word) == 1 and word.isalpha():
                value, last, j = value + word, j, j + 1
            elif digits:
                value, last, j = value + digits, j + used - 1, j + used
            elif word in _LETTER_WORDS:
                value, last, j = value + _LETTER_WORDS[word], j, j + 1
            elif word.isascii() and word.isalnum() and any(c.isdigit() for c in word) and not _ORDINAL.fullmatch(word):
                value, last, j = value + word, j, j + 1
            elif word == "double" and j + 1 < len(toks) and len(toks[j + 1].text) == 1:
                value, last, j = value + toks[j + 1].text * 2, j + 1, j + 2
            elif value and word in ("as", "for", "like") and j > i:
                used = _spelled_example(toks, j)
                if not used:
                    break
                last, j = j + used - 1, j + used
            elif value and word in _BETWEEN:
                j += 1
            else:
                break
        if last >= i:
            found.append(Run(value, toks[i].start, toks[last].end, i, last))
            i = last + 1
        else:
            i += 1
    return found


_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|am|pm|ish|s|x|k)")


def _spelled_example(toks: list[Token], i: int) -> int:
    """Tokens of "as in Bravo", "for Bravo", "like Bravo"."""
    skip = 2 if toks[i].text == "as" and i + 1 < len(toks) and toks[i + 1].text in ("in", "for") else 1
    if i + skip < len(toks) and len(toks[i + skip].text) > 2 and toks[i - 1].text[:1] == toks[i + skip].text[:1]:
        return skip + 1
    return 0


def spoken_digits(number: str) -> str:
    """ "142" -> "one four two": for tests and canaries."""
    words = {digit: word for word, digit in DIGIT_WORDS.items() if word not in ("nought", "naught", "null", "niner")}
    return " ".join(words[c] for c in number if c in words)
