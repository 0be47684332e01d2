"""A caller's name: after "my name is", as a bare answer, spelled letter by letter."""

from __future__ import annotations

import difflib
import re

from ringtrue.voice.brains.not_names import NOT_NAMES
from ringtrue.voice.brains.spelling import NATO, explained, spelled_words

_LEAD = re.compile(
    r"\b(?:my (?:full |first |last )?name(?:'s| is| was|s)?|the name(?:'s| is|s)|name(?:'s| is)|this is|i am called|i'm called|call me|"
    r"you can call me|it's|its|it is|that's|that is|i'm|im|i am|under|for|i name is|name|yes|yeah|sure|okay|ok|of course|hi|hello|speaking with|to)\s+",
    re.I,
)
_STRONG = re.compile(
    r"\b(?:my (?:full |first )?name(?:'s|s| is| was)|the name(?:'s| is)|i'm called|i am called|call me|you can call me|"
    r"(?:listed |reserved |booked |made )?under(?: the)? name(?: of)?|(?:listed|reserved|booked|booking|reservation|appointment|it'?s) under|on the name(?: of)?|"
    r"under(?= [A-Z])|in the name of|i go by|"
    r"(?:hi|hello|hey|good morning|good afternoon|good evening),? (?:there,? )?(?:this is|it's)|this is)\s+",
    re.I,
)
_FOR = re.compile(
    r"\b(?:reservation|booking|table|appointment|book\w*|reserved?)\b[^.?!]*?\bfor ((?:[A-Z][a-z'\-]+ ){1,2}[A-Z][a-z'\-]+|[A-Z][a-z'\-]+ [A-Z][a-z'\-]+)"
)
_HERE = re.compile(r"^(?:(?:hi|hello|hey|yes)[, ]+)?([a-z'\-]+(?: [a-z'\-]+)?) (?:here|speaking|calling)\b", re.I)
_TITLES = {"mr", "mrs", "ms", "miss", "dr", "doctor", "sir", "mister", "madam", "professor"}
_PARTICLES = {
    "de",
    "van",
    "von",
    "der",
    "da",
    "la",
    "le",
    "al",
    "el",
    "bin",
    "ben",
    "st",
    "mac",
    "mc",
    "o",
    "del",
    "di",
    "dos",
    "den",
}


def name_in(text: str, *, asked: bool = False) -> str:
    """The name in a turn, capitalised, or "". `asked`: the turn answers "what is your name?", so a bare name counts.

    >>> name_in("yeah it's john smith, s m i t h", asked=True)
    'John Smith'
    """
    text = re.sub(r"\s+", " ", text.replace("’", "'").replace("-- ", " ")).strip()
    text = re.sub(r"\b(mrs?|ms|dr|prof|st)\.", r"\1", text, flags=re.I)
    text = re.sub(r",? ?\b(?:um+|uh+|er+|erm|hm+)\b,?(?= )", "", text, flags=re.I).strip()
    strong = list(_STRONG.finditer(text))
    if strong:
        found = _first_words(text[strong[-1].end() :])
        if found and not (strong[-1].group(0).lower().startswith("this is") and not asked and len(found.split()) > 3):
            return _with_spelling(found, text)
    if here := _HERE.match(text):
        found = _first_words(here.group(1))
        if found:
            return _with_spelling(found, text)
    if (booked := _FOR.search(text)) and (found := _first_words(booked.group(1))) and len(found.split()) >= 2:
        return found
    if not asked:
        return ""
    return _bare(text)


def _bare(text: str) -> str:
    spelled = spelled_words(text)
    rest = re.sub(r"^(?:[\s,.]*(?:um+|uh+|er+|oh|so|well|hmm|please)\b[\s,.]*)+", "", text, flags=re.I)
    previous = ""
    while previous != rest:
        previous = rest
        if match := _LEAD.match(rest):
            rest = rest[match.end() :].lstrip(" ,.")
        rest = re.sub(r"^(?:um+|uh+|er+|oh|so|well|please|and)\b[\s,.]*", "", rest, flags=re.I)
    found = _first_words(rest)
    after = re.split(r"[,.;:!?]", rest, maxsplit=1)[0].split()
    # A name is an answer of its own; the first words of a long sentence are not one.
    if found and (len(after) - len(found.split()) <= 4 or spelled):
        return _with_spelling(found, text)
    if spelled:
        return " ".join(word.capitalize() for word in spelled[:3])
    return ""


def _first_words(text: str) -> str:
    """Up to four name-like words from the start."""
    text = re.split(
        r"[,.;:!?]|\b(?:spelled|that's spelled|spelt|last name|surname|first name|and (?:i|my|we|the|it)|but|because|from|i'm|i am|calling|speaking|here)\b",
        text,
        maxsplit=1,
        flags=re.I,
    )[0]
    words: list[str] = []
    for raw in text.split():
        word = raw.strip("'\"()")
        bare = word.lower().replace("'", "")
        if bare in _TITLES and not words:
            continue
        if not re.fullmatch(r"[A-Za-zÀ-ÖØ-öø-ÿ'\-]+", word) or bare in NOT_NAMES:
            break
        if len(bare) == 1 and not (words and len(text.split()) <= 3):
            break  # spelling begins
        words.append(word)
        if len(words) == 4:
            break
    if not words or all(word.lower() in _PARTICLES for word in words):
        return ""
    return " ".join(_capital(word) for word in words)


def _capital(word: str) -> str:
    if word.lower() in _PARTICLES - {"o", "mac", "mc", "st"} and word.islower() and len(word) <= 3:
        return word.lower() if word.lower() in ("de", "van", "von", "der", "da", "di") else word.capitalize()
    word = re.sub(r"'s$", "", word, flags=re.I)
    parts = re.split(r"([-'])", word)
    return "".join(
        part[:1].upper() + (part[1:] if part[1:] != part[1:].upper() or len(part) <= 2 else part[1:].lower()) for part in parts
    )


def _with_spelling(name: str, text: str) -> str:
    """What was spelled wins over what was heard, word by word, when the two are alike."""
    for spelled in spelled_words(text):
        words = name.split()
        if spelled in NATO.values() or len(spelled) < 3:
            continue
        best = max(range(len(words)), key=lambda i: difflib.SequenceMatcher(None, words[i].lower(), spelled).ratio())
        alike = difflib.SequenceMatcher(None, words[best].lower(), spelled).ratio()
        whole = difflib.SequenceMatcher(None, "".join(words).lower(), spelled).ratio()
        if len(words) > 1 and whole > max(alike, 0.6):
            cut = len(words[0])
            name = f"{spelled[:cut].capitalize()} {spelled[cut:].capitalize()}" if spelled.startswith(words[0].lower()) else name
        elif alike >= 0.5 or (alike > 0.3 and words[best][0].lower() == spelled[0]):
            words[best] = spelled.capitalize()
            name = " ".join(words)
        elif len(words) == 1:
            name = f"{name} {spelled.capitalize()}"
    return name


def spell_out(name: str) -> str:
    """A name as it is read back: "Smith, S, M, I, T, H" for its last word."""
    last = re.sub(r"[^A-Za-z]", "", name.split()[-1])
    return ", ".join(last.upper())


def name_of(hearings: list[list[str]]) -> str:
    """The name that several n-best lists agree on, some of them spellings ("j o h n s m i t h"). "" when there is none.

    First and last names vote apart, by rank, since one hearing may have got one and another the other; a pair that was heard
    together counts more, and letters that were spelled favour the words that are most like them.
    """
    firsts: dict[str, float] = {}
    lasts: dict[str, float] = {}
    pairs: dict[str, float] = {}
    spellings: list[str] = []
    for nbest in hearings:
        seen: set[str] = set()
        for rank, text in enumerate(nbest):
            if _is_spelling(text):
                spellings.append(_letters_loose(text))
                continue
            name = name_in(text, asked=True)
            weight = 1.0 / (1 + 0.5 * rank)
            words = name.split()
            for votes, part in (
                (pairs, name),
                (firsts, words[0] if len(words) > 1 else ""),
                (lasts, words[-1] if len(words) > 1 else ""),
            ):
                key = f"{id(votes)}:{part}"
                if part and key not in seen:
                    seen.add(key)
                    votes[part] = votes.get(part, 0.0) + (weight if len(words) > 1 else 0.3 * weight)
    spellings = [letters for letters in spellings if len(letters) >= 4]
    if not pairs:
        return ""
    candidates = dict.fromkeys([*pairs, *(f"{first} {last}" for first in firsts for last in lasts)])

    def score(name: str) -> float:
        words = name.split()
        heard = 1.2 * pairs.get(name, 0.0)
        if len(words) == 2:
            heard += 0.4 * firsts.get(words[0], 0.0) + 0.4 * lasts.get(words[1], 0.0)
        exact = 2.0 if re.sub(r"[^a-z]", "", name.lower()) in spellings else 0.0
        return heard + SPELLED_WEIGHT * _likeness(name, spellings) + exact

    return max(candidates, key=score)


SPELLED_WEIGHT = 6.0


def _likeness(name: str, spellings: list[str]) -> float:
    """0..1: the whole name against the best spelling, or one word of it when only that was spelled."""
    flat = re.sub(r"[^a-z]", "", name.lower())
    words = name.lower().split()
    best = 0.0
    for letters in spellings:
        whole = difflib.SequenceMatcher(None, flat, letters, autojunk=False).ratio()
        if len(letters) < 0.7 * len(flat) and len(words) > 1:  # one word spelled: the other is neither for nor against
            whole = max(whole, max(difflib.SequenceMatcher(None, word, letters, autojunk=False).ratio() for word in words))
        best = max(best, whole)
    return best


def _is_spelling(text: str) -> bool:
    words = re.findall(r"[A-Za-z]+", explained(text))
    short = sum(len(word) <= 2 or word.lower() in NATO for word in words)
    return len(words) >= 4 and short >= 0.6 * len(words)


def _letters_loose(text: str) -> str:
    """Spelling as a recogniser writes it: letters, clumps of letters ("NN", "stew") and code words."""
    out = ""
    for token in re.findall(r"[a-z]+|\d", explained(text).replace("'", "")):
        out += NATO.get(token, {"1": "i", "0": "o", "2": "to", "8": "a"}.get(token, token if len(token) <= 4 else ""))
    return out
