"""Letters as people say them on the phone: "S M I T H", "P as in Peter", "double L", "golf three bravo", "zed"."""

from __future__ import annotations

import re

NATO = {
    "alpha": "a", "alfa": "a", "bravo": "b", "bravos": "b", "charlie": "c", "delta": "d", "echo": "e", "foxtrot": "f", "golf": "g",
    "hotel": "h", "india": "i", "juliet": "j", "juliett": "j", "kilo": "k", "lima": "l", "mike": "m", "november": "n", "oscar": "o",
    "papa": "p", "quebec": "q", "romeo": "r", "sierra": "s", "tango": "t", "uniform": "u", "victor": "v", "whiskey": "w",
    "whisky": "w", "xray": "x", "yankee": "y", "zulu": "z",
}  # fmt: skip
LETTER_NAMES = {
    "ay": "a", "eh": "a", "bee": "b", "be": "b", "see": "c", "sea": "c", "cee": "c", "dee": "d", "ee": "e", "eff": "f", "gee": "g",
    "aitch": "h", "haitch": "h", "age": "h", "eye": "i", "jay": "j", "kay": "k", "cay": "k", "el": "l", "ell": "l", "em": "m",
    "en": "n", "oh": "o", "owe": "o", "pee": "p", "pea": "p", "cue": "q", "queue": "q", "are": "r", "ar": "r", "ess": "s",
    "tea": "t", "tee": "t", "you": "u", "yew": "u", "vee": "v", "ex": "x", "why": "y", "wye": "y", "zed": "z", "zee": "z", "said": "z",
    "head": "z", "bed": "z",
}  # fmt: skip
_AS_IN = re.compile(r"\b([a-z]|[a-z]+)(?:'s)? (?:as in|for|like in|like|is for|is in) ([a-z]+)\b")
_NOT_AS_IN = {"to", "a", "the", "my", "me", "you", "four", "for", "two", "it", "this", "that"}


def explained(text: str) -> str:
    """ "p as in peter" becomes "p"; "x-ray" one word; "double u" the letter w."""
    text = text.lower().replace("’", "'").replace("x-ray", "xray").replace("x ray", "xray")
    text = re.sub(r"\bdouble (?:u|you|yu)\b", "w", text)
    text = re.sub(r"\bi-- ?|(?<=[a-z])--", " ", text)

    def keep(match: re.Match[str]) -> str:
        letter, word = match.group(1), match.group(2)
        if word in _NOT_AS_IN:
            return match.group(0)
        if len(letter) == 1 and (word.startswith(letter) or NATO.get(word) == letter):
            return letter
        if LETTER_NAMES.get(letter) == word[0]:
            return word[0]
        if len(letter) == 1 and " as in " in match.group(0):
            return word[0]  # the letter was misheard; the word was not
        return match.group(0)

    return _AS_IN.sub(keep, text)


def spelled_words(text: str) -> list[str]:
    """Runs of at least two spelled letters ("j o h n" -> "john"); a gap said as "space" or a whole word parts two runs."""
    found: list[str] = []
    run = ""
    times = 1
    for token in [*re.findall(r"[a-z]+|\d+", explained(text).replace("'", "")), ""]:
        letter = token if len(token) == 1 and token.isalpha() else NATO.get(token, "")
        if token in ("double", "triple"):
            times = 2 if token == "double" else 3
        elif letter:
            run += letter * times
            times = 1
        elif token in LETTER_NAMES and run:
            run += LETTER_NAMES[token] * times
            times = 1
        elif token in ("um", "uh", "then", "and") and run:
            continue
        else:
            if len(run) >= 2:
                found.append(run)
            run = ""
    return found
