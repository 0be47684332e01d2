"""What was spelled out when a spelling or a code was asked for: letters as letters, and names as names.

Whisper learned from subtitles, so a spelled "N, N" becomes "and", and a telephone carries nothing above 3.4 kHz, so S and F, or B, D,
P and T, are told apart by chance. A person who spells letters and no digits spells a name nearly always. So among the readings the
recognizer offers, one that is a known name or place goes first, and one that is a known name but for letters that sound alike
is written as that name. Codes with a digit are never touched: nothing is known about them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

_ALIKE = ("bcdegptvz", "fsx", "mn", "ahjk", "iy", "quw", "l", "o", "r")
_GROUP = {letter: group[0] for group in _ALIKE for letter in group}
_GROUPS = tuple(group[0] for group in _ALIKE)
_SHORTEST = 4  # letters: below, half of all words are one letter from another
_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand oh"
).split()  # fmt: skip


def lettered(text: str) -> str:
    """A reading with what stands for letters and digits among letters and digits written as such: "F, U and Y, V" has an N, "5 to 1"
    a 2, "The OUGLAS" begins with D. A text without spelled letters or digits comes back as it is."""
    out = re.sub(r"(?<=\d)( ?)(?:to|too)(?= ?\d)", r"\g<1>2", text, flags=re.I)
    out = re.sub(r"(?<=\d)( ?)for(?= ?\d)", r"\g<1>4", out, flags=re.I)
    out = re.sub(r"^The (?=[A-Z]{2}|[A-Z]\b)", "D ", out)
    out = re.sub(r"^And(?=[.,-]* ?[A-Z][.,-]* ?[A-Z](?![a-z]))", "N", out)
    return re.sub(r"(?<![A-Za-z])([A-Z]+[.,-]* ?)and(?=[.,-]* ?[A-Z](?![a-z]))", r"\1N", out)


def letters(text: str) -> str | None:
    """The letters that a text spells, in lower case, or None when it holds digits or reads like words.

    "F-H-A, RON." -> "fharon"; "Grossman." -> None; "Call me back" -> None.
    """
    if re.search(r"\d", text):
        return None
    parts = re.findall(r"[A-Za-z']+", text)
    if not parts or any("'" in part or part.lower() in _NUMBERS for part in parts):
        return None
    spelled = [part for part in parts if part.isupper()]
    if sum(map(len, spelled)) < 0.7 * sum(map(len, parts)):
        return None
    return "".join(parts).lower()


def _sounds(word: str) -> str:
    """Letters that sound alike made one, doubled ones single."""
    return re.sub(r"(.)\1+", r"\1", "".join(_GROUP[letter] for letter in word))


def cost(said: str, name: str) -> float:
    """How far `said` is from `name`: 1 for a letter that sounds alike, 0.8 for one of a pair lost or added, 2 for anything else."""
    row = [2.0 * j for j in range(len(name) + 1)]
    for i, a in enumerate(said, 1):
        before, row[0] = row[0], 2.0 * i
        for j, b in enumerate(name, 1):
            swap = 0.0 if a == b else 1.0 if _GROUP[a] == _GROUP[b] else 2.0
            best = min(row[j] + _gap(said, i - 1), row[j - 1] + _gap(name, j - 1), before + swap)
            before, row[j] = row[j], best
    return row[-1]


def _gap(word: str, at: int) -> float:
    """What leaving out the letter at `at` costs."""
    return 0.8 if at > 0 and word[at] == word[at - 1] else 2.0


class Lexicon:
    """Names and places by how they sound. About 30 MB and half a second of CPU to make."""

    def __init__(self, words: Iterable[str]) -> None:
        """`words`: lower-case a-z, the commonest first."""
        self._rank: dict[str, int] = {}
        self._by_sound: dict[str, list[str]] = {}
        for word in words:
            if len(word) >= _SHORTEST and word not in self._rank:
                self._rank[word] = len(self._rank)
                self._by_sound.setdefault(_sounds(word), []).append(word)

    def __contains__(self, word: str) -> bool:
        return word in self._rank

    def nearest(self, said: str) -> tuple[str, float] | None:
        """The name that was most likely spelled and how far it is, None when all are further than one letter
        that sounds alike, two from eight letters on."""
        if len(said) < _SHORTEST or not all(letter in _GROUP for letter in said):
            return None
        limit = 0.2 * len(said) + 0.5
        found = [(cost(said, name) + self._rank[name] / 100_000, name) for name in self._candidates(_sounds(said))]
        best = min(found, default=None)
        return (best[1], best[0]) if best and best[0] <= limit else None

    def _candidates(self, key: str) -> set[str]:
        keys = {key}
        for at in range(len(key) + 1):
            keys.add(key[:at] + key[at + 1 :])
            for group in _GROUPS:
                keys.add(key[:at] + group + key[at:])
                keys.add(key[:at] + group + key[at + 1 :])
        return {name for one in keys for name in self._by_sound.get(re.sub(r"(.)\1+", r"\1", one), ())}


@cache
def lexicon() -> Lexicon:
    """Given and family names of the United States (package `names`: Census 1990) and its towns (package `phonenumbers`)."""
    import names
    import phonenumbers

    folder = Path(names.__file__).parent
    files = ("dist.male.first", "dist.female.first", "dist.all.last")
    lists = [[line.split()[0].lower() for line in (folder / file).read_text().splitlines()] for file in files]
    towns: dict[str, int] = {}
    for path in sorted((Path(phonenumbers.__file__).parent / "geodata").glob("data[0-9]*.py")):  # importing them takes 150 MB
        for town in re.findall(r"\n '1\d+':\{'en': u?'([A-Z][A-Za-z. ]+), [A-Z]{2}'", path.read_text()):
            bare = re.sub(r"[^a-z]", "", town.lower())
            towns[bare] = towns.get(bare, 0) + 1
    common = sorted(towns, key=lambda town: -towns[town])
    return Lexicon([*lists[0][:400], *lists[1][:600], *common[:1000], *lists[2][:5000], *common, *lists[0], *lists[1], *lists[2]])


def best_reading(readings: Sequence[tuple[str, float]], known: Lexicon, extra: Iterable[str] = ()) -> tuple[str, int]:
    """The most likely text when a spelling or a code was asked for, and the index of the reading it was made of.

    `readings`: one or more of (text, mean log probability), surest first. `extra`: names that this business knows (its hints).
    """
    mine = {re.sub(r"[^a-z]", "", name.lower()) for name in extra}
    written = [(lettered(text), score) for text, score in readings]
    if letters(written[0][0]) is None:
        return written[0][0], 0
    near: list[tuple[float, int, str]] = []
    for which, (text, score) in enumerate(written):
        said = letters(text)
        if said is None:
            continue
        if said in mine or said in known:
            near.append((2.0 * (written[0][1] - score), which, text))
        elif found := known.nearest(said):
            near.append((2.0 * (written[0][1] - score) + found[1], which, "-".join(found[0].upper()) + "."))
    if not near:
        return written[0][0], 0
    _, which, text = min(near)
    return text, which
