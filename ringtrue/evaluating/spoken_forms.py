"""One written form for what can be written in many: "thirty two" and "32", "N L N S" and "NLNS", "June 11th" and "June eleventh".

Applied to both sides before they are compared, so that only hearing is scored and not spelling conventions.
"""

from __future__ import annotations

import re

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {
    **{w: i for i, w in enumerate(["_", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"]) if i},
    "twentieth": 20,
    "thirtieth": 30,
}  # fmt: skip
VALUES = {w: i for i, w in enumerate(_UNITS)} | {w: 10 * i for i, w in enumerate(_TENS) if i > 1} | {"fourty": 40}
_LETTER_NAMES = {"ay": "a", "bee": "b", "cee": "c", "dee": "d", "ef": "f", "gee": "g", "aitch": "h", "jay": "j", "kay": "k", "el": "l",
                 "em": "m", "en": "n", "pee": "p", "cue": "q", "queue": "q", "ar": "r", "ess": "s", "tee": "t", "vee": "v", "ex": "x",
                 "wye": "y", "zee": "z", "zed": "z"}  # fmt: skip
_WRITTEN = {
    "mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint", "vs": "versus", "%": "percent", "&": "and", "okay": "ok",
    "grey": "gray", "colour": "color", "centre": "center",
    "can't": "cannot", "won't": "will not", "i'm": "i am", "it's": "it is", "that's": "that is", "don't": "do not",
}  # fmt: skip


def _tokens(text: str) -> list[str]:
    text = text.lower().replace("’", "'")
    text = re.sub(r"[\[(<][^\])>]*[\])>]", " ", text)  # (laughs), [beep]
    text = re.sub(r"(?<=\d)[,.:](?=\d)", "", text)
    text = re.sub(r"(\d+)(?:st|nd|rd|th)\b", r"\1", text)
    text = re.sub(r"\$ ?(\d+)", r"\1 dollars", text)
    text = re.sub(r"£ ?(\d+)", r"\1 pounds", text)
    text = re.sub(r"([&%])", r" \1 ", text)
    return re.findall(r"[a-z]+(?:'[a-z]+)*|\d+|[&%]", text)


def _numbers(tokens: list[str]) -> list[str]:
    """Number words to digits, as they are said: "twenty three" 23, "four thousand seven hundred" 4700, "one five two" 1 5 2."""
    out: list[str] = []
    i = 0
    while i < len(tokens):
        total = group = None
        start = i
        while i < len(tokens):
            word = tokens[i]
            value = VALUES.get(word, _ORDINALS.get(word))
            if value is not None:
                if group is None or (group == 0 and tokens[i - 1] in ("thousand", "and")):
                    group = value
                elif (0 < value < 10 and group % 100 >= 20 and group % 10 == 0) or (
                    value < 100 and group and group % 100 == 0 and tokens[i - 1] in ("hundred", "and")
                ):
                    group += value
                else:
                    break
                if word in _ORDINALS:
                    i += 1
                    break
            elif word == "hundred" and group is not None and 0 < group < 100:
                group *= 100
            elif word == "thousand" and (group is not None or total is None) and i > start:
                total, group = (total or 0) + (group or 0) * 1000, 0
            elif (
                word == "and"
                and i > start
                and tokens[i - 1] in ("hundred", "thousand")
                and i + 1 < len(tokens)
                and tokens[i + 1] in VALUES
            ):
                pass
            else:
                break
            i += 1
        if i > start and (group is not None or total is not None):
            out.append(str((total or 0) + (group or 0)))
        else:
            i = start
            out.append(tokens[i])
            i += 1
    return out


def words(text: str) -> list[str]:
    """For word error rate of open speech."""
    spread = " ".join(_WRITTEN.get(word, word) for word in _tokens(text)).split()
    out: list[str] = []
    for word in _numbers(["0" if word == "oh" and _by_number(spread, i) else word for i, word in enumerate(spread)]):
        if word.isdigit() and out and out[-1].isdigit():
            out[-1] += word  # "19 67" and "1967", "1 5 2" and "152": how digits are grouped in writing is no hearing
        else:
            out.append(word)
    return out


def _by_number(tokens: list[str], i: int) -> bool:
    near = [tokens[j] for j in (i - 1, i + 1) if 0 <= j < len(tokens)]
    return any(word.isdigit() or word in VALUES or word == "oh" for word in near)


def code(text: str) -> str:
    """For character error rate and exactness of codes: digits and letters without spaces. "oh" beside a number is the digit 0; the
    names of letters ("zee") are letters."""
    tokens = _tokens(text)
    tokens = ["0" if word == "oh" and _by_number(tokens, i) else _LETTER_NAMES.get(word, word) for i, word in enumerate(tokens)]
    return re.sub(r"[^a-z0-9]", "", "".join(_numbers(tokens)))


def is_code(text: str) -> bool:
    """Whether a transcript is mostly digits, number words and single letters."""
    tokens = _tokens(text)
    spelled = [
        word
        for i, word in enumerate(tokens)
        if len(word) == 1
        or word.isdigit()
        or word in VALUES
        or word in _ORDINALS
        or word in ("hundred", "thousand")
        or (word == "oh" and _by_number(tokens, i))
    ]
    return len(tokens) > 0 and len(spelled) >= len(tokens) / 2


def edits(a: list[str] | str, b: list[str] | str) -> int:
    """Levenshtein distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]
